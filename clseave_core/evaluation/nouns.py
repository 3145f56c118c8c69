"""What a method knows of nouns: accuracy by what is held out, and telling one thing from another.

Of a natural world only. Accuracy alone says little: who sees the covers and the sentence's form is
often right without any noun. So claims about one cell in which a thing is seen are looked at by
themselves: there the label hangs on the noun alone. The score of such a pair is its logit of
entailment minus that of contradiction, for a denied claim the other way round.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clseave_core.corpus.natural.tables import SCENE_CELLS, SENTENCE_NOUNS
from clseave_core.corpus.pocket.drawing import NAMELESS
from clseave_core.corpus.pocket.lexicon import CELLS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.intervals import CONFIDENCE, clustered_intervals
from clseave_core.evaluation.prediction_tables import Predictions, read_predictions
from clseave_core.evaluation.runs import run_of
from clseave_core.files import read_table
from clseave_core.labels import LABEL_INDEX

Floats = npt.NDArray[np.float64]
GROUPS: tuple[str, ...] = ("seen", "held_out_sentences", "held_out_nouns", "with_a_noun")
"""The last is every sentence that names a noun: all of them new to who learnt templates only."""
COLUMNS: tuple[str, ...] = (
    "testset", "method", "language", "seed", "group", "n", "nouns", "accuracy", "ci_low", "ci_high",
    "noun_critical_n", "noun_auc", "auc_low", "auc_high", "two_way_accuracy",
)  # fmt: skip
SIGN = {"exists_at": 1.0, "absent_at": -1.0}
_NOUNS, _IMAGES = 21, 22
"""What a random stream is for, beside its seed."""


def tabulate_nouns(
    predictions: Iterable[str | Path], hypotheses: str | Path, world: str | Path, *,
    resamples: int, seed: int,
) -> pd.DataFrame:  # fmt: skip
    """A row for each prediction file and group of sentences, percent where it says accuracy.

    `world` is the generated folder. Intervals are bootstraps over pictures and sentences for the
    accuracy, and over pictures and nouns for `noun_auc` (50 where nouns are not used). Empty where
    a group has no such pair.
    """
    said = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "text", "template", "held_out"])
    named = read_table(Path(world) / "sentence_nouns.parquet", SENTENCE_NOUNS)
    said = said.merge(named, on="text", validate="one_to_one").set_index("hypothesis_id")
    cells = read_table(Path(world) / "scenes.parquet", SCENE_CELLS)
    shown = cells.set_index("image_id")["cells"]
    rows = []
    for path in predictions:
        read = read_predictions(path)
        pairs = read.pairs.join(said, on="hypothesis_id").assign(right=read.right)
        pairs["group"] = np.where(
            pairs["held_out"] == "none", GROUPS[0],
            np.where(pairs["held_out_noun"], GROUPS[2], GROUPS[1]),
        )  # fmt: skip
        pairs["score"] = noun_scores(read, pairs, shown)
        named_any = pairs["nouns"].map(len) > 0
        for group in GROUPS:
            part = pairs[named_any if group == GROUPS[-1] else pairs["group"] == group]
            if len(part):
                rows.append({**run_of(path)._asdict(), "group": group, **_figures(
                    part, resamples=resamples, seed=seed)})  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


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


def _figures(part: pd.DataFrame, *, resamples: int, seed: int) -> dict[str, float]:
    (interval,) = clustered_intervals(
        part["right"].to_numpy(dtype=np.float64)[None],
        part["image_id"], part["hypothesis_id"], resamples=resamples, seed=seed,
    )  # fmt: skip
    figures = {
        "n": len(part),
        "nouns": len({noun for nouns in part["nouns"] for noun in nouns}),
        "accuracy": 100 * float(part["right"].mean()),
        "ci_low": 100 * interval.low,
        "ci_high": 100 * interval.high,
    }
    critical = part[part["score"].notna()]
    sign = critical["template"].map(SIGN)
    shows = ((critical["label"] == "entailment") == (sign > 0)).to_numpy()
    if shows.any() and not shows.all():
        scores = critical["score"].to_numpy()
        ones = np.ones((1, len(scores)))
        drawn = _weights(
            critical["nouns"].str[0], critical["image_id"], resamples=resamples, seed=seed
        )
        values = weighted_auc(scores, shows, drawn)
        tail = (1 - CONFIDENCE) / 2
        low, high = np.nanquantile(values, [tail, 1 - tail])
        figures |= {
            "noun_critical_n": len(critical),
            "noun_auc": 100 * float(weighted_auc(scores, shows, ones)[0]),
            "auc_low": 100 * float(low),
            "auc_high": 100 * float(high),
            "two_way_accuracy": 100 * float(((scores > 0) == shows).mean()),
        }
    return figures


def weighted_auc(scores: Floats, shows: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """The area under the curve of `scores` [n] for each row of `weights` [r, n]: [r].

    That is the share of (showing, not showing) pairs in which the showing one scores higher, ties
    counting half; NaN where a row gives one of the two sorts no weight.
    """
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
