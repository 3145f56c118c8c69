"""Draw every figure of the study, as SVG and as PNG."""

from pathlib import Path

from clseave_core.report.figures.files import StudyFiles
from clseave_core.report.figures.pictured import Pictured
from clseave_core.report.figures.study_figures import draw_figure
from clseave_core.report.figures.style import project_style, save_figure
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake), project_style():
        source, params = snakemake.input, snakemake.params
        files = StudyFiles(
            params.study,
            params.testset,
            Pictured(**params.pictured),
            source.report,
            source.hypotheses,
            source.table,
            source.teacher_histories,
            source.student_histories,
            source.scores,
            source.predictions,
            source.pictures,
            dict(zip(params.languages, source.translations, strict=True)),
            params.credit,
            source.distances,
            source.published,
        )
        for svg, png in zip(snakemake.output.svg, snakemake.output.png, strict=True):
            save_figure(draw_figure(Path(svg).stem, files), svg, png)
