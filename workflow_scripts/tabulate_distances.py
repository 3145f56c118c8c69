"""Put today's linguistic distances beside those that the thesis prints."""

from pathlib import Path

from clseave_core.report.formats import write_formats
from clseave_core.report.published import load_published
from clseave_core.report.recomputed_distances import recomputed_distances, uriel
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        published = load_published(snakemake.input.distances)
        table = recomputed_distances(snakemake.params.languages, published, uriel())
        write_formats(Path(snakemake.output.csv).parent, table)
