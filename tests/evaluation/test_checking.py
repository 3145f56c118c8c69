"""Arguments that cannot be right end in one sentence that names them, not in an error of numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clseave_core.evaluation.controls import exchange_images
from clseave_core.evaluation.differences import holm, mcnemar_p_value, seed_differences
from clseave_core.evaluation.equivalence import equivalence
from clseave_core.evaluation.grounding import grounded_gain_kept
from clseave_core.evaluation.intervals import (
    clustered_intervals,
    pigeonhole_resamples,
    two_way_standard_error,
    wilson_interval,
)
from clseave_core.evaluation.nouns import weighted_auc
from clseave_core.evaluation.permutation import permutation_p_value
from clseave_core.evaluation.picture_pairs import picture_pairs
from clseave_core.evaluation.scores import macro_f1

N = 6
VALUES = np.array([1.0, 0, 1, 1, 0, 1])
NAMES = np.array(list("aabbcc"))
PAIRS = pd.DataFrame(
    {"image_id": list("abcdef"), "hypothesis_id": [0, 0, 1, 1, 2, 2], "label": list("xyxyxy")}
)
SHOWN = picture_pairs(PAIRS)

CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "clustered_intervals": (
        clustered_intervals,
        {"numerators": VALUES[None], "images": NAMES, "sentences": NAMES, "denominator": VALUES},
    ),
    "pigeonhole_resamples": (
        pigeonhole_resamples,
        {"numerators": VALUES[None], "images": NAMES, "sentences": NAMES, "denominator": VALUES},
    ),
    "two_way_standard_error": (
        two_way_standard_error, {"residuals": VALUES, "images": NAMES, "sentences": NAMES},
    ),
    "equivalence": (
        equivalence, {"differences": VALUES, "images": NAMES, "sentences": NAMES, "margin": 0.1},
    ),
    "permutation_p_value": (
        permutation_p_value, {"differences": VALUES, "images": NAMES, "sentences": NAMES},
    ),
    "seed_differences": (
        seed_differences, {"right": VALUES[None], "other_right": VALUES[None]},
    ),
    "mcnemar_p_value": (mcnemar_p_value, {"right": VALUES[None], "other_right": VALUES[None]}),
    "holm": (holm, {"p_values": VALUES / 2}),
    "macro_f1": (macro_f1, {"confusion": np.eye(3)}),
    "weighted_auc": (
        weighted_auc, {"scores": VALUES, "shows": VALUES > 0, "weights": np.ones((2, N))},
    ),
    "picture_pairs.mean": (SHOWN.mean, {"values": VALUES[: len(SHOWN)]}),
    "picture_pairs.interval": (SHOWN.interval, {"values": VALUES[: len(SHOWN)]}),
    "exchange_images": (exchange_images, {"image_ids": list("abcabc"), "seed": 0, "draw": 0}),
}  # fmt: skip
ARRAYS = [
    (call, name)
    for call, (_, arguments) in CALLS.items()
    for name, value in arguments.items()
    if isinstance(value, np.ndarray)
]
WRONG = st.one_of(
    st.just(np.float64(1)),
    st.just(np.array([])),
    st.just(np.ones((2, 3, 4))),
    st.just(np.array([1.0, np.nan, 0, 0, 0, 0])),
    st.just(np.array([[1.0, np.inf, 0, 0, 0, 0]])),
    st.just(np.array([None, "a", "b", "c", "d", "e"], dtype=object)),
    st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=12)
    .filter(lambda values: len(values) != N)
    .map(np.array),
    st.just([[1.0], [1.0, 2.0]]),
)


@pytest.mark.parametrize("call", CALLS)
def test_the_arguments_of_this_test_are_right(call: str) -> None:
    function, arguments = CALLS[call]
    function(**arguments)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ARRAYS), WRONG)
def test_a_wrong_array_is_named_with_what_is_expected(place: tuple[str, str], wrong: Any) -> None:
    call, name = place
    function, arguments = CALLS[call]
    try:
        function(**arguments | {name: wrong})
    except ValueError as error:
        said = str(error)
        named = [*arguments, "the methods were measured"]
        assert any(said.startswith(known) for known in named), said
        assert "broadcast" not in said
        assert "operands" not in said


@pytest.mark.parametrize(
    ("call", "change", "message"),
    [
        ("clustered_intervals", {"images": NAMES[:4]}, r"images must be one name a pair, \[6\]"),
        ("clustered_intervals", {"numerators": VALUES}, r"numerators must be an array \[stat"),
        ("clustered_intervals", {"denominator": np.zeros(N)}, "denominator must have 6 numbers"),
        ("clustered_intervals", {"confidence": 95}, "confidence must lie between 0 and 1, got 95"),
        ("clustered_intervals", {"resamples": 0}, "resamples must be 1 or more, got 0"),
        ("equivalence", {"differences": [0.0, np.nan] * 3}, "finite numbers, got nan at 1"),
        ("equivalence", {"margin": np.nan}, "margin must be above 0, got nan"),
        ("permutation_p_value", {"sentences": [*"abcde", None]}, "sentences has no name at 5"),
        ("permutation_p_value", {"permutations": 0}, "permutations must be 1 or more"),
        ("seed_differences", {"other_right": np.ones((2, N))}, "measured on 1 x 6 and 2 x 6"),
        ("mcnemar_p_value", {"right": VALUES}, r"right must be an array \[seeds, pairs\]"),
        ("holm", {"p_values": [0.5, 1.5]}, "p_values must lie in 0 to 1, got 0.5 to 1.5"),
        ("macro_f1", {"confusion": np.ones((2, 3))}, r"square and count .* \(2, 3\)"),
        ("weighted_auc", {"weights": np.ones((2, 5))}, "weights must have 6 columns"),
        ("picture_pairs.interval", {"values": [1.0]}, "values must be 3, one a picture pair"),
        ("exchange_images", {"image_ids": ["a", None, "b"]}, "image_ids has no name at 1"),
    ],
)
def test_what_is_wrong_is_said(call: str, change: dict[str, Any], message: str) -> None:
    function, arguments = CALLS[call]
    with pytest.raises(ValueError, match=message):
        function(**arguments | change)


def test_numbers_that_are_none_are_refused_alone_too() -> None:
    with pytest.raises(ValueError, match="0 <= right <= n and n > 0, got nan of 3"):
        wilson_interval(float("nan"), 3)
    with pytest.raises(ValueError, match="english must hold finite numbers"):
        grounded_gain_kept(0.5, float("nan"), 0.3)
    with pytest.raises(ValueError, match="pairs has no column label"):
        picture_pairs(PAIRS.drop(columns="label"))
    assert holm([]) == []
