"""Tell whole packages of an environment from those that an interrupted pip left.

pip takes a package for installed as soon as a part of its metadata is there. But it writes
RECORD, with INSTALLER among the files that it lists, after everything else.
"""

import csv
import os
import shutil
from pathlib import Path


def remove_broken_packages(environment: Path) -> list[str]:
    """Take away what is left of packages that are not whole, so that pip installs them anew.

    Returns the names of their metadata's folders, `pip-23.2.1.dist-info`.
    """
    broken = []
    for site in sorted(environment.glob("lib/python3*/site-packages")):
        for set_aside in site.glob("~*"):  # by an update, until it has ended
            shutil.rmtree(set_aside)
        for metadata in sorted(site.glob("*.dist-info")):
            files = _record(metadata)
            if not any(file.name == "INSTALLER" for file, _ in files) or _lacks(files):
                _remove(metadata, [file for file, _ in files], environment)
                broken.append(metadata.name)
    return broken


def _record(metadata: Path) -> list[tuple[Path, int | None]]:
    """The files that RECORD lists, each with its size where it is to be checked; none without it.

    Programs have none: a project that has moved rewrites them (`relocate_environment`).
    """
    record = metadata / "RECORD"
    if not record.exists():
        return []
    site = metadata.parent
    with record.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return [
        (site / row[0], int(row[2]) if row[2:] and row[2] and ".." not in row[0] else None)
        for row in rows
        if not row[0].endswith(".pyc")
    ]


def _lacks(files: list[tuple[Path, int | None]]) -> bool:
    return any(
        not file.exists() or (size is not None and file.stat().st_size != size)
        for file, size in files
    )


def _remove(metadata: Path, files: list[Path], environment: Path) -> None:
    """The metadata last: a kill before leaves what is seen to be broken."""
    for file in files:
        inside = Path(os.path.normpath(file)).is_relative_to(environment)
        if inside and file.parent != metadata:
            file.unlink(missing_ok=True)
    shutil.rmtree(metadata)
