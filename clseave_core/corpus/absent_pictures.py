"""Whether each picture that a pair names is there, and what to do where not."""

import logging
from collections.abc import Iterable, Mapping, Set

from clseave_core.corpus.pictures import PictureSource
from clseave_core.corpus.snli_ve import Annotations

logger = logging.getLogger(__name__)

SHOWN = 5
"""How many of the absent pictures a message shows."""
EXAMPLES = 2
"""How many names of each side it shows where the two have other names."""


def absent_pictures(read: Mapping[str, Annotations], known: Set[str]) -> dict[str, str]:
    """The pictures that pairs name and that are not among `known`, each with its first place."""
    absent: dict[str, str] = {}
    for part in read.values():
        for row, image_id in enumerate(part.image_ids):
            if image_id not in known and image_id not in absent:
                absent[image_id] = part.place(row)
    return absent


def check_pictures(read: Mapping[str, Annotations], pictures: PictureSource | Set[str]) -> None:
    """Raise ValueError that counts and shows the pictures that pairs name and that are absent.

    What the source did not read is warned of.
    """
    if isinstance(pictures, PictureSource):
        where, known = f" in {pictures.path}", pictures.ids()
        for note in pictures.notes:
            logger.warning("%s", note)
    else:
        where, known = "", frozenset(pictures)
    absent = absent_pictures(read, known)
    if absent:
        wanted = {image for part in read.values() for image in part.image_ids}
        raise ValueError(absent_message(absent, wanted, known, where))


def absent_message(
    absent: Mapping[str, str], wanted: Set[str], known: Set[str], where: str = ""
) -> str:
    """What to say of `absent` pictures (of `absent_pictures`) among the `wanted` ones."""
    first = [f"{image!r} ({place})" for image, place in list(absent.items())[:SHOWN]]
    more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
    message = (
        f"{len(absent):,} pictures that pairs name are not among the {len(known):,} "
        f"pictures{where}: {', '.join(first)}{more}."
    )
    unused = known - wanted
    if 2 * len(absent) > len(wanted) and unused:
        return (
            f"{message} The names seem to be written in another form: pairs name {_some(absent)}, "
            f"the pictures are called {_some(sorted(unused))}. Write both alike, without "
            "folder and ending, or give the archive that belongs to these annotations."
        )
    return f"{message} Get the whole archive, or delete these lines."


def _some(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in list(names)[:EXAMPLES])
