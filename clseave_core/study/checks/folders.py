"""The folders that are written to, and the room on their disks."""

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.forecast import GIGABYTE, forecast, gigabytes
from clseave_core.study.progress_so_far import corpus_size
from clseave_core.study.sources import Sources


def check_folders(sources: Sources, cache: Path) -> Iterator[Check]:
    results, resources = Path("results"), Path(sources.resources)
    for what, folder in (
        ("folder results", results),
        ("folder resources", resources),
        ("translation cache", cache.parent),
    ):
        yield attempt(what, partial(_writable, folder))
    yield attempt("disk", lambda: _room(sources, results, resources))


def _existing(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _writable(folder: Path) -> str:
    there = _existing(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"{there} is no folder that you can write to. Choose another place.")
    return f"{folder} can be written"


def _room(sources: Sources, results: Path, resources: Path) -> str:
    """Compare what is still to come with what is free, on each disk."""
    size = corpus_size(sources)
    if size is None:
        free = shutil.disk_usage(_existing(results)).free / GIGABYTE
        return f"{free:.0f} GB free; how much is to come is not known before the corpus is here"
    figures = forecast(sources, size, {})
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
    return "; ".join(said)


def _held(paths: Iterable[Path]) -> float:
    """Gigabytes of files and folders that are there already."""
    files = (file for path in paths for file in (path, *path.rglob("*")) if file.is_file())
    return sum(file.stat().st_size for file in files) / GIGABYTE
