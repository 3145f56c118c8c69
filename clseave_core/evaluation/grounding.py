"""How much of what the picture gives the English model its student keeps."""

from clseave_core.evaluation.checking import finite


def grounded_gain_kept(
    student: float, english: float | None, hypothesis_only: float | None
) -> float | None:
    """(student - hypothesis only) / (English - hypothesis only), of three accuracies.

    1 = all that the picture adds to the text, 0 = nothing. None where one is missing or where
    the English model gains nothing from the picture (denominator <= 0). Raises ValueError for NaN.
    """
    for name, value in (
        ("student", student), ("english", english), ("hypothesis_only", hypothesis_only)
    ):  # fmt: skip
        if value is not None:
            finite(name, [value], "[1]")
    if english is None or hypothesis_only is None or english <= hypothesis_only:
        return None
    return (student - hypothesis_only) / (english - hypothesis_only)
