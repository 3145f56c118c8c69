"""Render the study's report page."""

from clseave_core.report.page.rendering import render_report
from clseave_core.report.page.study import PageFiles, PageStudy
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        source = {
            name: value
            for name, value in snakemake.input.items()
            if name not in ("code", "templates", "font")
        }
        render_report(
            snakemake.output.page,
            PageStudy(**snakemake.params.study),
            PageFiles(**source, **snakemake.params.folders),
        )
