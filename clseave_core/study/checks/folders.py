"""The folders that are written to, and the room on their disks."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from math import isnan
from pathlib import Path

from clseave_core.corpus.snli_ve import Annotations
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.forecast import GIGABYTE, forecast, gigabytes
from clseave_core.study.progress_so_far import corpus_size
from clseave_core.study.sources import Sources


def check_folders(
    sources: Sources, cache: Path, read: Mapping[str, Annotations]
) -> Iterator[Check]:
    """Look at the folders; `read` are the annotations that are here."""
    results, resources = Path("results"), Path(sources.resources)
    for what, folder in (
        ("folder results", results),
        ("folder resources", resources),
        ("translation cache", cache.parent),
    ):
        yield attempt(what, partial(_writable, folder))
    yield attempt("disk", lambda: _room(sources, read, results, resources))


def _existing(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _writable(folder: Path) -> str:
    there = _existing(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"{there} is no folder that you can write to. Choose another place.")
    return f"{folder} can be written"


def _room(sources: Sources, read: Mapping[str, Annotations], results: Path, resources: Path) -> str:
    """Compare what is still to come, as far as it is known, with what is free, on each disk."""
    figures = forecast(sources, corpus_size(sources, read=read), {})
    fetched = [sources.pictures, *map(sources.annotations, sources.splits)]
    fetched += [sources.model(name) for name in sources.study["models"] if sources.model(name)]
    here = {
        results: gigabytes(figures, "below results/") - _held([results / sources.name]),
        resources: gigabytes(figures, "below resources/") - _held(map(Path, fetched)),
    }
    places = {folder: _existing(folder) for folder in here}
    if places[results].stat().st_dev == places[resources].stat().st_dev:
        here = {results: sum(here.values())}
    said = []
    for folder, needed in here.items():
        free = shutil.disk_usage(places[folder]).free / GIGABYTE
        if free < needed:
            raise ValueError(
                f"{places[folder]} has {free:.1f} GB free, {needed:.1f} GB are to come. Make room, "
                "or give another `resources` in config.yaml."
            )
        said.append(f"{max(needed, 0):.1f} GB to come, {free:.0f} GB free")
    unknown = [figure.what for figure in figures if figure.unit == "GB" and isnan(figure.amount)]
    if unknown:
        said.append(f"not known before the annotations are here: {', '.join(unknown)}")
    return "; ".join(said)


def _held(paths: Iterable[Path]) -> float:
    """Gigabytes of files and folders that are there already."""
    files = (file for path in paths for file in (path, *path.rglob("*")) if file.is_file())
    return sum(file.stat().st_size for file in files) / GIGABYTE
