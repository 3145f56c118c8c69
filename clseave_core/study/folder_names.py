"""Names of folders and files with which no job would start, told before anything runs.

Snakemake starts every job by a line for the shell that spells Python's path without quotes and
reads braces in paths as wildcards, and Slurm's plugin wraps that line into two more shells. What
each character does was tried, on this machine and through Slurm (tests/study/test_folder_names.py).

The installation reads this before any package is there: no import but of Python's own.
"""

import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path, PurePath
from typing import Any

IN_FOLDERS = frozenset(" \"'&(){}[]*?$;|<>`\\:%")
"""What a shell, a wildcard, PATH (`:`) or Slurm's names of logs (`%`) takes for something else."""
IN_PATHS = frozenset("{}<>$`\\")
"""The same where a path stands between quotes: the user's own files."""
ALLOWED = "letters of any script, digits and - _ . + = , @ # ~ ! ^"


def refuse_folders(*places: str | Path) -> None:
    """Refuse places, as absolute paths, whose folders have names that jobs could not start in.

    Raises ValueError that names the place, the folder and its characters.
    """
    for place in places:
        for part in PurePath(place).parts[1:]:
            found = _found(part, IN_FOLDERS)
            if found:
                raise ValueError(
                    f'{_printable(str(place))}: the folder "{_printable(part)}" has {found} in its '
                    "name, which the shell, Snakemake or Slurm reads as something else: no job "
                    "would start. Rename it, or put the project where folders are named with "
                    f"{ALLOWED} alone; a link to the folder does not help."
                )


def refuse_paths(paths: Mapping[str, str]) -> None:
    """Raise ValueError for the first of the paths, by their keys, that a job could not be given."""
    for problem in path_problems(paths):
        raise ValueError(problem.strip())


def path_problems(paths: Mapping[str, str]) -> list[str]:
    """What is wrong with the names of a user's own files, by their keys, a line each."""
    return [
        f'  {key}: "{_printable(path)}" has {found} in its name, which Snakemake or Slurm reads as '
        "something else. Rename the file or folder, or give the path of a link to it."
        for key, path in paths.items()
        if (found := _found(path, IN_PATHS))
    ]


def own_paths(study: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a study's own files by their keys, without what a file's name is made of."""
    corpus, translation = study["corpus"], study["translation"]
    annotations = dict(corpus.get("annotations", {}))
    parts = annotations.pop("from_snli", {})
    files = {f"corpus.annotations.{key}": file for key, file in annotations.items()}
    files |= {f"corpus.annotations.from_snli.{key}": file for key, file in parts.items()}
    files |= {f"models.{name}": model for name, model in study["models"].items()}
    files["corpus.pictures"] = corpus.get("pictures", {})
    paths = {f"{key}.path": file["path"] for key, file in files.items() if file.get("path")}
    if translation.get("file"):
        paths["translation.file"] = (
            translation["file"].replace("{lang}", "").replace("{generated}", "")
        )
    for kind in ("references", "back_translations"):
        for code, path in translation.get(kind, {}).items():
            paths[f"translation.{kind}.{code}"] = path
    return paths


def _found(name: str, refused: Collection[str]) -> str:
    """The characters of a name that are refused, in words; what no terminal shows is, too."""
    return ", ".join(
        _word(character)
        for character in dict.fromkeys(name)
        if character in refused or not character.isprintable()
    )


def _word(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    if character == " ":
        return "a space"
    if not character.isprintable():
        return f"{character!a} ({name})" if name else f"the character {character!a}"
    return f"{character} ({name})"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
