"""Embed the sentences of one language with a frozen encoder, for all students that read it."""

from pathlib import Path

from clseave_core.run import start
from clseave_core.students.sentence_embeddings import embed_with_model, embed_with_package
from clseave_core.translation.texts import read_texts

if __name__ == "__main__":
    with start(snakemake):
        source, lang = snakemake.input, snakemake.wildcards.lang
        texts, target = read_texts(source.sentences), Path(snakemake.output.embeddings)
        if source.get("model"):
            embed_with_model(texts, Path(source.model), snakemake.params.threads, target)
        else:
            embed_with_package(texts, lang, target)
