"""Model checking in Kleene's three-valued logic: what a scene says about a hypothesis.

A covered cell may be empty or hold any object. A formula is TRUE when it holds however the covered
cells are filled, FALSE when it fails however they are filled, else UNKNOWN. Kleene's connectives
can answer UNKNOWN where all fillings agree ("p or not p"); the formulas here are shaped so that
this never happens, which the tests hold against all fillings:

* counts compare the certain and the possible number of a thing, not a disjunction over cells;
* a relation pairs distinct cells, so that its two halves can be filled independently;
* `Both` joins only bounds on the number of one and the same thing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.pocket.scenes import COVERED, Scenes

Truth = npt.NDArray[np.int8]
FALSE, UNKNOWN, TRUE = 0, 1, 2
LABEL_OF_TRUTH: tuple[str, str, str] = ("contradiction", "neutral", "entailment")


@dataclass(frozen=True)
class AtLeast:
    """At least `count` of `cells` hold an object of `values`."""

    count: int
    values: tuple[int, ...]
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """Some (first, second) of `cells` holds an object of `first` and one of `second`."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Formula"


@dataclass(frozen=True)
class Both:
    """Both parts hold."""

    left: "Formula"
    right: "Formula"


Formula = AtLeast | Pair | Not | Both


def cell_truth(values: tuple[int, ...], scenes: Scenes) -> Truth:
    """Whether each cell holds an object of `values`: [scenes, cells]."""
    truth = np.where(np.isin(scenes, values), TRUE, FALSE)
    return np.where(scenes == COVERED, UNKNOWN, truth).astype(np.int8)


def evaluate(formula: Formula, scenes: Scenes) -> Truth:
    """The formula's truth in each scene: int8 [scenes], each FALSE, UNKNOWN or TRUE."""
    match formula:
        case AtLeast(count, values, cells):
            # The count-th largest truth value: certain when that many cells are certain,
            # excluded when fewer are possible.
            truth: Truth = np.sort(cell_truth(values, scenes[:, list(cells)]), axis=1)
            return truth[:, -count]
        case Pair(first, second, cells):
            left = cell_truth(first, scenes)[:, [cell for cell, _ in cells]]
            right = cell_truth(second, scenes)[:, [cell for _, cell in cells]]
            some: Truth = np.minimum(left, right).max(axis=1)
            return some
        case Not(part):
            return TRUE - evaluate(part, scenes)
        case Both(left_part, right_part):
            return np.minimum(evaluate(left_part, scenes), evaluate(right_part, scenes))
