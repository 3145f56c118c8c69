"""Names of folders in which no job would start, told before anything runs.

Snakemake starts every job by a line for the shell that spells Python's path without quotes, reads
braces in paths as wildcards, and Slurm's plugin wraps that line into two more shells.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath

READ_OTHERWISE = frozenset(" \"'&(){}[]*?$;|<>`\\:%")
"""What a shell, a wildcard, PATH (`:`) or Slurm's names of logs (`%`) takes for something else."""
ALLOWED = "letters of any script, digits and - _ . + = , @ # ~ ! ^"


def refuse_folders(*places: str | Path) -> None:
    """Refuse places whose folders have names that jobs could not be started in.

    Raises ValueError that names the place, the folder and its characters.
    """
    for place in places:
        for part in PurePath(place).parts[1:]:
            found = [_name(character) for character in dict.fromkeys(part) if _is_refused(character)]
            if found:
                raise ValueError(
                    f"{printable(str(place))}: the folder {printable(part)} has "
                    f"{', '.join(found)} in its name, which the shell, Snakemake or Slurm reads as "
                    "something else, so that no job would start. Rename the folder, or put the "
                    f"project where the names have {ALLOWED} alone."
                )


def _is_refused(character: str) -> bool:
    return character in READ_OTHERWISE or not character.isprintable()


def _name(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    if character == " " or not character.isprintable():
        return name or f"the character {character!a}"
    return f"{character} ({name})"


def printable(text: str) -> str:
    """The text, with escapes for what no terminal shows."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
