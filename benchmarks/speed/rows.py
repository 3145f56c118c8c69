"""The rows of the benchmark: what is held against what, and how far ahead it must be."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.speed.measuring import Spread


@dataclass(frozen=True)
class Row:
    """One comparison.

    `measured` is a ratio (times faster), or a quantity in `unit` with a bound: at least `target`,
    or below it where `below`. None means not applicable, for the reason `note`.
    """

    stage: str
    contender: str
    measured: Spread | None
    target: float
    unit: str = "x"
    below: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where it does not apply."""
        if self.measured is None:
            return None
        value = self.measured.median
        return value < self.target if self.below else value >= self.target

    @property
    def verdict(self) -> str:
        """The word that the table shows."""
        return {True: "met", False: "SHORT", None: "not applicable"}[self.met]

    def line(self) -> str:
        """The row as it is printed."""
        return " | ".join(self.cells())

    def cells(self) -> tuple[str, ...]:
        """Stage, contender, measured, range, repeats, target, verdict."""
        sign = "<" if self.below else ">="
        aim = f"{sign} {self.target:g} {self.unit}"
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


@dataclass
class Found:
    """What a stage found: its rows, and further numbers under names (seconds, peaks, sizes)."""

    rows: list[Row]
    numbers: dict[str, float]
