"""The world's vocabulary, which settings, scenes, logic and all grammars share."""

COLOURS: tuple[str, ...] = ("red", "green", "blue", "yellow")
SHAPES: tuple[str, ...] = ("circle", "square", "triangle", "star")

PLACES: dict[str, tuple[int, ...]] = {
    "top left": (0,),
    "top right": (1,),
    "bottom left": (2,),
    "bottom right": (3,),
    "top row": (0, 1),
    "bottom row": (2, 3),
    "left column": (0, 2),
    "right column": (1, 3),
}
"""Places and their cells. Cells are numbered in reading order: 0 1 over 2 3."""
CELLS: tuple[str, ...] = tuple(place for place, cells in PLACES.items() if len(cells) == 1)
LINES: tuple[str, ...] = tuple(place for place, cells in PLACES.items() if len(cells) == 2)

RELATIONS: dict[str, tuple[str, str]] = {
    "above": ("top row", "bottom row"),
    "below": ("bottom row", "top row"),
    "left of": ("left column", "right column"),
    "right of": ("right column", "left column"),
}
"""A relation holds between a thing in its first line and a thing in its second one; the two need
not be in one column (or row)."""

TEMPLATES: tuple[str, ...] = (
    "exists",
    "absent",
    "exists_at",
    "absent_at",
    "at_least",
    "at_most",
    "exactly_at",
    "related",
    "unrelated",
    "either_at",
    "both",
)
"""The forms of a hypothesis; `clseave_core.corpus.pocket.sentences` says what they mean."""
