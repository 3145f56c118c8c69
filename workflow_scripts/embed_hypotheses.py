"""Embed all translations with a trained student that is read in another way."""

from pathlib import Path

from clseave_core.files import read_table
from clseave_core.run import start
from clseave_core.students.teaching import read_out
from clseave_core.training.device import Compute
from clseave_core.translation.schemas import TRANSLATIONS

if __name__ == "__main__":
    with start(snakemake):
        source, params = snakemake.input, snakemake.params
        autoencoder = source.get("autoencoder")
        read_out(
            model_folder=Path(source.model),
            translations=read_table(source.translation, TRANSLATIONS, ["text"])["text"].tolist(),
            readout=params.readout,
            autoencoder_folder=Path(autoencoder) if autoencoder else None,
            teacher_folder=Path(source.teacher),
            pooling=params.pooling,
            compute=Compute("fp32", params.threads),
            hypotheses_file=Path(snakemake.output.hypotheses),
        )
