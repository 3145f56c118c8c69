"""Picture pairs: one sentence, two pictures with different labels, right only if both are right.

A model that answers from the sentence alone says the same of both pictures and has none right; one
that guesses has 1/3 x 1/3 = 1/9 of them, and one that guesses but knows that the two labels differ
has one of the 3 x 2 ordered pairs of labels, 1/6. (The idea of a balanced pair: Goyal et al. 2017,
"Making the V in VQA matter", CVPR.)
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from clseave_core.evaluation.checking import between_0_and_1, finite, named
from clseave_core.evaluation.intervals import (
    CONFIDENCE,
    Codes,
    Floats,
    Interval,
    too_few_clusters,
)
from clseave_core.evaluation.prediction_tables import Predictions

CHANCE = 1 / 9


@dataclass(frozen=True)
class PicturePairs:
    """m picture pairs of a test set.

    `first` and `second` [m] are rows of the test set; `weights` [m] add up to 1 and give every
    sentence the same weight, however many pictures it has; `images` [m, 2] and `sentences` [m]
    number the clusters.
    """

    first: Codes
    second: Codes
    weights: Floats
    images: Codes
    sentences: Codes

    def __len__(self) -> int:
        return len(self.first)

    def both_right(self, said: Predictions) -> Floats:
        """For each picture pair the share of draws in which both pictures are right: [m]."""
        right = said.predicted == said.labels
        shares: Floats = (right[:, self.first] & right[:, self.second]).mean(axis=0)
        return shares

    def mean(self, values: Floats) -> float:
        """The weighted mean of `values` [m]; NaN without picture pairs."""
        return float(self.weights @ self._checked(values)) if len(self) else float("nan")

    def interval(self, values: Floats, confidence: float = CONFIDENCE) -> Interval:
        """Interval of the mean of `values` [m] under its cluster-robust standard error.

        Two picture pairs depend on each other where they share a sentence or a picture. Variance =
        by sentence + by picture - by picture and sentence (Cameron, Gelbach and Miller 2011; a
        picture pair counts for both of its pictures), and never less than by sentence; Student's t
        with one degree of freedom less than there are sentences. Raises ValueError where there
        are not as many values as picture pairs, or one is not finite.
        """
        between_0_and_1("confidence", confidence)
        values = self._checked(values)
        estimate = self.mean(values)
        residuals = self.weights * (values - estimate)
        each = np.concatenate([residuals, residuals])
        images = self.images.T.ravel()
        sentences = np.concatenate([self.sentences, self.sentences])
        cells = pd.factorize(images * (int(sentences.max()) + 1) + sentences)[0]
        by_sentence = _squares(self.sentences, residuals)
        variance = by_sentence + _squares(images, each) - _squares(cells, each)
        clusters = len(np.unique(self.sentences))
        if clusters < 2:
            return Interval(float("-inf"), float("inf"))
        half = (
            float(stdtrit(clusters - 1, (1 + confidence) / 2)) * max(variance, by_sentence) ** 0.5
        )
        return Interval(estimate - half, estimate + half)

    def _checked(self, values: Floats) -> Floats:
        values = finite("values", values, "[picture pairs]")
        if len(values) != len(self):
            raise ValueError(f"values must be {len(self)}, one a picture pair, got {len(values)}.")
        return values

    def reported_interval(self, values: Floats) -> Interval:
        """The interval of the mean of `values` [m]; NaN with too few pictures or sentences."""
        if too_few_clusters(self.images.ravel(), self.sentences):
            return Interval(float("nan"), float("nan"))
        return self.interval(values)


def picture_pairs(pairs: pd.DataFrame) -> PicturePairs:
    """All picture pairs among the rows of a test set, in the order of its sentences and rows.

    `pairs` has image_id, hypothesis_id and label. The same picture twice is no picture pair. Raises
    ValueError for a missing column or value.
    """
    for column in ("image_id", "hypothesis_id", "label"):
        if column not in pairs:
            raise ValueError(f"pairs has no column {column}, only {', '.join(map(str, pairs))}.")
        named(f"pairs.{column}", pairs[column], len(pairs))
    images = pd.factorize(pairs["image_id"])[0]
    labels = pd.factorize(pairs["label"])[0]
    groups = pd.Series(np.arange(len(pairs))).groupby(pairs["hypothesis_id"].to_numpy(), sort=True)
    found: list[tuple[int, int]] = []
    weights: list[float] = []
    for rows in groups.indices.values():
        of_sentence = [
            (int(one), int(other))
            for one, other in combinations(rows, 2)
            if labels[one] != labels[other] and images[one] != images[other]
        ]
        found += of_sentence
        weights += [1 / len(of_sentence) for _ in of_sentence]
    first, second = np.array(found, dtype=np.intp).reshape(-1, 2).T
    shares = np.array(weights)
    return PicturePairs(
        first,
        second,
        shares / shares.sum() if len(shares) else shares,
        images[np.stack([first, second], axis=1)],
        pd.factorize(pairs["hypothesis_id"].to_numpy()[first])[0],
    )


def _squares(clusters: npt.NDArray[np.intp], values: Floats) -> float:
    return float((np.bincount(clusters, values) ** 2).sum())
