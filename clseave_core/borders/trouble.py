"""What is said of an error at a border: its cause and its remedy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """A clause that tells the cause, without a full stop, and sentences that say what to do.

    `passing` tells whether the same request may succeed a little later.
    """

    cause: str
    remedy: str
    passing: bool = False

    def __str__(self) -> str:
        return f"{self.cause}. {self.remedy}"
