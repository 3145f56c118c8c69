"""Embed all translations with a trained student that is read in another way."""

from pathlib import Path

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.run import start
from clseave_core.students.retrieval import Memory, Retrieval
from clseave_core.students.teaching import never_taught, read_out
from clseave_core.training.device import Compute
from clseave_core.translation.texts import read_texts

if __name__ == "__main__":
    with start(snakemake):
        source, params = snakemake.input, snakemake.params
        autoencoder = source.get("autoencoder")
        memory = None
        if params.retrieval:
            hypotheses = read_table(source.hypotheses, HYPOTHESES, ["text", "held_out"])
            seed = int(snakemake.wildcards.seed)
            memory = Memory.read(
                Embeddings.open(source.english),
                Embeddings.open(source.targets),
                Pairs.read(source.train),
                never_taught(hypotheses, source.naming, params.objective, seed),
            )
        read_out(
            model_folder=Path(source.model),
            sentences=Embeddings.open(source.sentences)
            if source.get("sentences")
            else read_texts(source.translation),
            readout=params.readout,
            autoencoder_folder=Path(autoencoder) if autoencoder else None,
            teacher_folder=Path(source.teacher),
            pooling=params.pooling,
            compute=Compute("fp32", params.threads),
            hypotheses_file=Path(snakemake.output.hypotheses),
            memory=memory,
            retrieval=Retrieval(**params.retrieval) if params.retrieval else None,
        )
