"""How words are aligned, as a study's section `alignment` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from clseave_core.words import Cut


@dataclass(frozen=True)
class AlignmentSettings:
    """`layer` (1-based) and `threshold` of awesome-align; how each language is cut into words.

    A language that `words` does not name is cut by `dictionary`.
    """

    layer: int
    threshold: float = 1.0e-3
    extraction: Literal["softmax", "entmax15"] = "softmax"
    words: Mapping[str, Cut] = field(default_factory=dict)
    shards: int = 1
    batch_size: int = 64

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Read the section; its `model` is a matter of the workflow."""
        return cls(**{key: value for key, value in section.items() if key != "model"})

    def cut(self, language: str) -> Cut:
        """How `language` is cut into words."""
        return self.words.get(language, "dictionary")
