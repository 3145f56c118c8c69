"""What a method knows of nouns: accuracy by what is held out, and telling one thing from another.

Of a natural world only. Accuracy alone says little: who sees the covers and the sentence's form is
often right without any noun. So claims about one cell in which a thing is seen are looked at by
themselves: there the label hangs on the noun alone. The score of such a pair is its logit of
entailment minus that of contradiction, for a denied claim the other way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clseave_core.corpus.pocket.drawing import NAMELESS
from clseave_core.corpus.pocket.lexicon import CELLS
from clseave_core.evaluation.checking import finite, named
from clseave_core.evaluation.noun_questions import GROUPS
from clseave_core.evaluation.prediction_tables import Predictions
from clseave_core.labels import LABEL_INDEX

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SIGN = {"exists_at": 1.0, "absent_at": -1.0}
_NOUNS, _IMAGES = 21, 22
"""What a random stream is for, beside its seed."""


@dataclass(frozen=True)
class Group:
    """The pairs of one group [n], the same for every run; `critical` names nouns and pictures."""

    pairs: pd.DataFrame
    critical: Mask
    shows: Mask
    weights: Floats | None

    @property
    def nouns(self) -> int:
        """How many nouns its sentences name."""
        return len({noun for nouns in self.pairs["nouns"] for noun in nouns})

    @property
    def subjects(self) -> list[str]:
        """What each pair's sentence is about [n]: its first noun; itself where it names none."""
        rows = zip(self.pairs["nouns"], self.pairs["hypothesis_id"], strict=True)
        return [nouns[0] if len(nouns) else f"sentence {number}" for nouns, number in rows]


@dataclass(frozen=True)
class Measured:
    """How right a run, or the mean of several, is on a group's pairs [n].

    `areas` is its noun AUC, first as it is and then in each resample; `two_way` the share of
    noun-critical pairs that it tells by the score's sign. Both are None where there are none.
    """

    right: Floats
    areas: Floats | None
    two_way: float | None


def chosen_pairs(pairs: pd.DataFrame) -> dict[str, Mask]:
    """The pairs of each group that has any."""
    held_out = (pairs["held_out"] != "none").to_numpy()
    by_noun = pairs["held_out_noun"].to_numpy(dtype=bool)
    with_a_noun = (pairs["nouns"].map(len) > 0).to_numpy()
    parts = (~held_out, held_out & ~by_noun, held_out & by_noun, with_a_noun)
    return {name: part for name, part in zip(GROUPS, parts, strict=True) if part.any()}


def group_of(pairs: pd.DataFrame, critical: Mask, resamples: int, seed: int) -> Group:
    """A group of `pairs` [n], of which `critical` ones hang on the noun alone."""
    told = pairs[critical]
    sign = told["template"].map(SIGN)
    shows = ((told["label"] == "entailment") == (sign > 0)).to_numpy(dtype=bool)
    weights = None
    if shows.any() and not shows.all():
        drawn = _weights(told["nouns"].str[0], told["image_id"], resamples=resamples, seed=seed)
        weights = np.concatenate([np.ones((1, len(told))), drawn])
    return Group(pairs, critical, shows, weights)


def measure(group: Group, right: Floats, scores: Floats) -> Measured:
    """A run that is `right` [n] on a group's pairs and gives them noun `scores` [n]."""
    told = scores[group.critical]
    if group.weights is None or np.isnan(told).any():  # a run without logits
        return Measured(right, None, None)
    areas = weighted_auc(told, group.shows, group.weights)
    return Measured(right, areas, float(((told > 0) == group.shows).mean()))


def mean_of(runs: Sequence[Measured]) -> Measured:
    """The mean of runs on the same pairs."""
    areas = [one.areas for one in runs if one.areas is not None]
    two_way = [one.two_way for one in runs if one.two_way is not None]
    return Measured(
        np.mean([one.right for one in runs], axis=0),
        np.mean(areas, axis=0) if len(areas) == len(runs) else None,
        float(np.mean(two_way)) if len(two_way) == len(runs) else None,
    )


def noun_scores(read: Predictions, pairs: pd.DataFrame, shown: "pd.Series[list[str]]") -> Floats:
    """How far a method says that the cell shows the noun: [n], NaN where the label tells otherwise.

    `pairs` has template, nouns and place; `shown` the cells' names by image.
    """
    scores = np.full(len(pairs), np.nan)
    if read.logits is None:
        return scores
    logits = read.logits.mean(axis=0)
    difference = logits[:, LABEL_INDEX["entailment"]] - logits[:, LABEL_INDEX["contradiction"]]
    rows = zip(pairs["template"], pairs["nouns"], pairs["place"], pairs["image_id"], strict=True)
    for row, (template, nouns, place, image) in enumerate(rows):
        if template not in SIGN or len(nouns) != 1 or place not in CELLS:
            continue
        if shown[image][CELLS.index(place)] not in NAMELESS:
            scores[row] = SIGN[template] * difference[row]
    return scores


def weighted_auc(scores: Floats, shows: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """The area under the curve of `scores` [n] for each row of `weights` [r, n]: [r].

    That is the share of (showing, not showing) pairs in which the showing one scores higher, ties
    counting half; NaN where a row gives one of the two sorts no weight. Raises ValueError where
    lengths differ or a number is not finite.
    """
    scores = finite("scores", scores, "[pairs]")
    weights = finite("weights", weights, "[resamples, pairs]")
    shows = named("shows", shows, len(scores)).astype(bool)
    if weights.shape[1] != len(scores):
        raise ValueError(
            f"weights must have {len(scores)} columns, one a score, got {weights.shape[1]}."
        )
    _, level = np.unique(scores, return_inverse=True)
    columns = (np.arange(len(scores)), level)
    of_level = sparse.csr_array((np.ones(len(scores)), columns))
    above = np.asarray((weights * shows) @ of_level, dtype=np.float64)
    below = np.asarray((weights * ~shows) @ of_level, dtype=np.float64)
    lower = np.cumsum(below, axis=1) - below
    wins: Floats = (above * (lower + below / 2)).sum(axis=1)
    total: Floats = above.sum(axis=1) * below.sum(axis=1)
    areas = np.full(len(weights), np.nan)
    np.divide(wins, total, out=areas, where=total > 0)
    return areas


def _weights(nouns: Iterable[str], images: Iterable[str], *, resamples: int, seed: int) -> Floats:
    """Weights [resamples, n]: how often a pair's noun was drawn times how often its picture was."""
    weights = np.ones((resamples, len(pd.Index(nouns))))
    for clusters, purpose in ((nouns, _NOUNS), (images, _IMAGES)):
        codes = pd.factorize(np.asarray(clusters))[0]
        count = int(codes.max()) + 1
        generator = np.random.default_rng([seed, purpose])
        drawn = generator.multinomial(count, np.full(count, 1 / count), resamples)
        weights *= drawn[:, codes]
    return weights
