"""Embed all sentences of one language with a frozen multilingual encoder, once for all students.

Either the Universal Sentence Encoder, whose weights come with its package, or any sentence encoder
in the Hugging Face layout: the mean of its token states, as sentence-transformers pools by default
(Reimers and Gurevych 2019).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clseave_core.embeddings import Matrix, write_embeddings
from clseave_core.progress import Progress
from clseave_core.translation.encoder import UniversalSentenceEncoder

SENTENCES_PER_CALL = 1000


def embed_with_package(sentences: Sequence[str], lang: str, target: Path) -> None:
    """Write the Universal Sentence Encoder's embeddings, of length one, by `hypothesis_id`.

    Raises ValueError for a language that it was not made for.
    """
    encoder = UniversalSentenceEncoder()
    if lang not in encoder.languages:
        raise ValueError(
            f"the Universal Sentence Encoder was not made for {lang!r}, only for "
            f"{', '.join(sorted(encoder.languages))}. Give the student another model, or its "
            "methods other languages."
        )
    write_embeddings(target, "hypothesis_id", _batches(encoder, sentences), encoder.width)


def _batches(
    encoder: UniversalSentenceEncoder, sentences: Sequence[str]
) -> Iterator[tuple[npt.NDArray[np.int32], Matrix]]:
    with Progress("embed sentences", len(sentences), "sentences") as bar:
        for start in range(0, len(sentences), SENTENCES_PER_CALL):
            part = sentences[start : start + SENTENCES_PER_CALL]
            yield np.arange(start, start + len(part), dtype=np.int32), encoder.encode(part)
            bar.advance(len(part))


def embed_with_model(sentences: Sequence[str], folder: Path, threads: int, target: Path) -> None:
    """Write the mean of the last token states of the model in `folder`, by `hypothesis_id`.

    On the CPU, as the package computes: the rule of both asks for no GPU.
    """
    from clseave_core.models.encoder import write_sentences
    from clseave_core.models.mean_encoder import MeanEncoder
    from clseave_core.models.tokens import load_tokenizer, tokenize
    from clseave_core.training.device import Compute

    compute = Compute("fp32", threads, "cpu")
    encoder = MeanEncoder(folder).to(compute.device).eval()
    compute.multiply_for(encoder.width)
    tokens = tokenize(load_tokenizer(folder), sentences, encoder.max_length)
    write_sentences(encoder, tokens, target, compute)
