"""Arguments of the functions of `evaluation/`, checked: shapes, lengths and numbers that are none.

Each function raises ValueError that names the argument, says what it is and what is expected.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


def finite(name: str, values: Any, form: str) -> Floats:
    """`values` as finite numbers of the `form`, such as "[seeds, pairs]", with at least one."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers {form}: {error}.") from error
    dimensions = form.count(",") + 1
    if array.ndim != dimensions or not array.size:
        raise ValueError(
            f"{name} must be an array {form} with at least one number, got the shape {array.shape}."
        )
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        shown = place[0] if dimensions == 1 else place
        raise ValueError(
            f"{name} must hold finite numbers, got {array[place]} at {shown} "
            f"({int(wrong.sum())} in all). Leave out what was not measured."
        )
    return array


def named(name: str, names: npt.ArrayLike, n: int) -> npt.NDArray[Any]:
    """`names` as one name a pair [n], none of them missing."""
    try:
        array = np.asarray(names)
    except ValueError as error:
        raise ValueError(f"{name} must be one name a pair [{n}]: {error}.") from error
    if array.shape != (n,):
        raise ValueError(
            f"{name} must be one name a pair, [{n}] as the other arguments have it, got the shape "
            f"{array.shape}."
        )
    missing = np.asarray(pd.isna(array))
    if missing.any():
        raise ValueError(f"{name} has no name at {int(missing.argmax())}. Every pair needs one.")
    return array


def at_least(name: str, value: float, least: float) -> None:
    """Refuse a number below `least`, or none at all."""
    if not value >= least:
        raise ValueError(f"{name} must be {least} or more, got {value}.")


def between_0_and_1(name: str, value: float) -> None:
    """Refuse what does not lie between 0 and 1, ends left out."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {value}.")
