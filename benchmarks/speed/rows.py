"""The rows of the benchmark: what is held against what, and how far ahead it must be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.speed.measuring import Spread, ratio

NO_BF16 = "this CPU does not compute bf16 in hardware"


@dataclass(frozen=True)
class Row:
    """One comparison.

    `measured` is a ratio (times faster), or a quantity in `unit` with a bound: at least `target`,
    or below it where `below`. None means not applicable, for the reason `note`. Without a `target`
    it is only shown.
    """

    stage: str
    contender: str
    measured: Spread | None
    target: float | None
    unit: str = "x"
    below: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where it does not apply or there is none."""
        if self.measured is None or self.target is None:
            return None
        value = self.measured.median
        return value < self.target if self.below else value >= self.target

    @property
    def verdict(self) -> str:
        """The word that the table shows."""
        if self.measured and self.target is None:
            return ""
        return {True: "met", False: "SHORT", None: "not applicable"}[self.met]

    def line(self) -> str:
        """The row as it is printed."""
        return " | ".join(self.cells())

    def cells(self) -> tuple[str, ...]:
        """Stage, contender, measured, range, repeats, target, verdict."""
        sign = "<" if self.below else ">="
        aim = "" if self.target is None else f"{sign} {self.target:g} {self.unit}"
        if self.measured is None:
            return self.stage, self.contender, self.note, "", "", aim, self.verdict
        found = self.measured
        return (
            self.stage, self.contender, f"{found.median:.3g} {self.unit}",
            f"{found.low:.3g} to {found.high:.3g}", str(found.repeats), aim, self.verdict,
        )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return {**asdict(self), "met": self.met}

    @classmethod
    def read(cls, content: dict[str, Any]) -> "Row":
        """A row of a results file."""
        spread = content["measured"]
        return cls(**{
            **{key: value for key, value in content.items() if key != "met"},
            "measured": Spread(**spread) if spread else None,
        })  # fmt: skip


def against(
    stage: str, contender: str, seconds: Mapping[str, list[float]], precision: str, target: float
) -> Row:
    """How many times faster this project is in a precision; without bf16 it does not apply."""
    if precision not in seconds or contender not in seconds:
        return Row(stage, contender, None, target, note=NO_BF16)
    return Row(stage, contender, ratio(seconds[contender], seconds[precision]), target)


@dataclass
class Found:
    """What a stage found: its rows, and further numbers under names (seconds, peaks, sizes)."""

    rows: list[Row]
    numbers: dict[str, float]
