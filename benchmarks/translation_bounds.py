"""What the meaning check of packed translations lets pass, and what it refuses wrongly.

    python -m benchmarks.translation_bounds

prints the table of docs/translation.md (about two minutes on one core), from the samples beside the
checkout or else from the project's own small parallel text. Judged by the very code that judges
packed answers, with the study's default threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clseave_core.translation.encoder import Encoder, UniversalSentenceEncoder, Vectors
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.settings import TranslationSettings
from tests.rehearsal.parallel_text import sentence_pairs

LANGUAGES = ("de", "ja", "ko", "zh", "fr")
PACK = 100


class Remembered:
    """An encoder that encodes each sentence once."""

    def __init__(self, encoder: Encoder, sentences: Sequence[str]) -> None:
        self.languages = encoder.languages
        self._vectors = dict(zip(sentences, encoder.encode(sentences), strict=True))

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Look the embeddings up: float32 [len(sentences), width]."""
        return np.stack([self._vectors[sentence] for sentence in sentences])


@dataclass(frozen=True)
class Bounds:
    """What was measured for one language; from `packs` on as counts of (refused, accepted)."""

    lang: str
    sentences: int
    least: float
    low: float
    """0.1 % of true lines have a smaller cosine."""
    wrong: float
    """Mean cosine of a line with the source of the next one."""
    packs: tuple[int, int]
    """True packs of up to `PACK` consecutive lines."""
    next_exchanged: tuple[int, int]
    """Two neighbouring lines exchanged."""
    nearest_exchanged: tuple[int, int]
    """Each line exchanged with that of the most similar other source."""
    below_alone: tuple[int, int]
    """Two neighbouring lines exchanged, judged by the threshold alone."""
    alone: tuple[int, int]
    """True lines, each as the answer to a sentence sent alone."""
    halved: tuple[int, int]
    """The first halves of true lines, each alone, of sources that end with a mark."""


def measure(lang: str, encoder: Encoder, rows: int | None = None) -> Bounds:
    """Measure one language on its first `rows` sentences."""
    sources, lines = zip(*sentence_pairs(lang)[:rows], strict=True)
    known = Remembered(encoder, list(dict.fromkeys([*sources, *lines])))
    threshold = TranslationSettings("google").min_similarity
    assert threshold is not None
    judge = Plausibility("en", lang, known, threshold)
    english, translated = known.encode(sources), known.encode(lines)
    cosines = english @ translated.T
    own = cosines.diagonal()
    similar = english @ english.T
    np.fill_diagonal(similar, -1.0)
    nearest = similar.argmax(axis=1)
    everyone = range(len(sources))

    def exchanged(one: int, other: int) -> bool:
        reason = judge.of_pack([sources[one], sources[other]], [lines[other], lines[one]])
        return reason is not None

    # Exchanging two equal translations changes nothing.
    neighbours = [exchanged(i, i + 1) for i in everyone[:-1] if lines[i] != lines[i + 1]]
    nearest_ones = [
        exchanged(i, int(j))
        for i, j in zip(everyone, nearest, strict=True)
        if lines[i] != lines[int(j)]
    ]
    starts = range(0, len(sources), PACK)
    packs = [
        judge.of_pack(sources[start : start + PACK], lines[start : start + PACK]) is not None
        for start in starts
    ]
    lower = np.minimum(cosines.diagonal(1), cosines.diagonal(-1)) < threshold
    return Bounds(
        lang,
        len(sources),
        float(own.min()),
        float(np.quantile(own, 0.001)),
        float(cosines.diagonal(1).mean()),
        _count(packs),
        _count(neighbours),
        _count(nearest_ones),
        _count(lower.tolist()),
        _count([reason is not None for reason in judge.doubts(sources, lines)]),
        _count([reason is not None for reason in _halved(sources, lines, lang, encoder)]),
    )


def _halved(
    sources: Sequence[str], lines: Sequence[str], lang: str, encoder: Encoder
) -> list[str | None]:
    """What is said of the first halves of lines whose source ends with a mark."""
    pairs = [
        (source, line[: (len(line) + 1) // 2])
        for source, line in zip(sources, lines, strict=True)
        if source.rstrip()[-1] in ".!?"
    ]
    threshold = TranslationSettings("google").min_similarity
    return Plausibility("en", lang, encoder, threshold).doubts(*map(list, zip(*pairs, strict=True)))


def _count(refused: Sequence[bool]) -> tuple[int, int]:
    return sum(refused), len(refused) - sum(refused)


def main() -> None:
    """Print the table."""
    encoder = UniversalSentenceEncoder()
    print(
        "| language | sentences | least cosine | 0.1 % | wrong lines | true packs refused "
        "| neighbours exchanged, accepted | most similar exchanged, accepted "
        "| neighbours exchanged, accepted by the threshold alone | true lines doubtful alone "
        "| halves accepted |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for lang in LANGUAGES:
        found = measure(lang, encoder)
        print(
            f"| {lang} | {found.sentences:,} | {found.least:.2f} | {found.low:.2f} "
            f"| {found.wrong:.2f} | {found.packs[0]} of {sum(found.packs)} "
            f"| {found.next_exchanged[1]} of {sum(found.next_exchanged)} "
            f"| {found.nearest_exchanged[1]} of {sum(found.nearest_exchanged)} "
            f"| {found.below_alone[1]} of {sum(found.below_alone)} "
            f"| {found.alone[0]} of {sum(found.alone)} "
            f"| {found.halved[1]} of {sum(found.halved)} |"
        )


if __name__ == "__main__":
    main()
