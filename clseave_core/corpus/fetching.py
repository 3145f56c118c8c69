"""A raw file of the corpus from the first of the ways to it that leads there.

What the user has put among the downloads comes first, under a name that the file is known by. Then
SNLI-VE is made from SNLI where that is the user's own; then come the addresses, the hub's data set
and SNLI from its own addresses. Each way's file must have the counts that the study expects. The
entries are those of `clseave_core/study/raw_files.py`.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.from_snli import SnliFiles, make_split
from clseave_core.corpus.hub_files import OFFLINE, data_set_address, data_set_page, is_offline
from clseave_core.corpus.partial import part_path
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.corpus.wanted import Address
from clseave_core.redaction import without_secrets

logger = logging.getLogger(__name__)
SNLI_VE_FROM_SNLI = "made from SNLI"


def at_hand(file: Mapping[str, Any]) -> Path | None:
    """Where a file is already: its `path`, its target, or a name that it is known by."""
    if not file.get("path") and Path(file["target"]).is_file():
        return Path(file["target"])
    return _own(file)


def _own(file: Mapping[str, Any]) -> Path | None:
    """The user's own file: its `path`, or a name that it is known by among the downloads."""
    if file.get("path"):
        path = Path(file["path"])
        return path if path.exists() else None
    places = (Path(file["target"]).with_name(name) for name in file["names"])
    return next((place for place in places if place.is_file()), None)


def fetch_file(file: Mapping[str, Any]) -> Path:
    """Make the target of `file` hold it, and return where it is.

    A file of the user's own among the downloads becomes the target by a link. Raises DownloadError
    that names every way with its reason, and says what to put where, when none leads to the file;
    ValueError when a file of the user's own is damaged or has other counts than are expected.
    """
    there = at_hand(file)
    if file.get("path"):
        if there is None:
            raise ValueError(f"{file['path']} does not exist. Correct the path in the study.")
        return there
    target = Path(file["target"])
    if there is not None:
        if there != target:
            _take(there, target, file)
        return target
    parts = file.get("from_snli", {}).get("parts", {})
    if parts and all(_own(part) for part in parts.values()):
        _make(file, target)
        return target
    reasons = _download(file, target)
    if reasons and parts:
        try:
            _make(file, target)
        except (DownloadError, ValueError) as error:
            if isinstance(error, DownloadError) and not error.failures:
                raise
            reasons[SNLI_VE_FROM_SNLI] = str(error)
        else:
            logger.warning("%s: %s, since no address gave it", file["what"], SNLI_VE_FROM_SNLI)
            return target
    if reasons:
        raise DownloadError(_advice(file, target, reasons), reasons)
    return target


def _take(there: Path, target: Path, file: Mapping[str, Any]) -> None:
    """Link a file of the user's own, which stands beside the target, as the target."""
    try:
        _check_counts(file, there)
    except ValueError as error:
        raise ValueError(
            f"{there} was taken for {file['what']}: {error} Put the right file in its place, or "
            "take it away to have the file downloaded."
        ) from error
    logger.info("%s: %s is taken", file["what"], there)
    if target.is_symlink():  # to a file that is gone
        target.unlink()
    with suppress(FileExistsError):  # another process was faster
        target.symlink_to(there.name)


def _download(file: Mapping[str, Any], target: Path) -> dict[str, str]:
    """Try the addresses and the hub; return why each did not give the file, or nothing."""
    addresses = [Address(url, file.get("size"), file.get("sha256")) for url in file.get("urls", [])]
    hub = data_set_address(file["hub"]) if "hub" in file else None
    if hub is not None and not is_offline():
        addresses.append(hub)
    check = partial(_check_counts, file) if file["expected"] else None
    reasons = {}
    try:
        if addresses:
            download(addresses, target, what=file["what"], check=check)
            return {}
    except DownloadError as error:
        if not error.failures:
            raise
        reasons = error.failures
    if hub is not None and hub not in addresses:
        reasons[hub.url] = f"{OFFLINE}=1 forbids to ask the hub"
    elif hub is not None and reasons[hub.url].startswith(("401", "403")):
        reasons[hub.url] += (
            f". Accept its terms at {data_set_page(file['hub'])} and log in with `hf auth login` "
            "or HF_TOKEN; a token that is no longer valid must be taken away."
        )
    return reasons or {"its addresses": "the study names none"}


def _make(file: Mapping[str, Any], target: Path) -> None:
    """Make a split of SNLI-VE from SNLI and the lists, which are fetched where they are not."""
    made = file["from_snli"]
    files = SnliFiles(**{name: fetch_file(part) for name, part in made["parts"].items()})
    count = make_split(files, made["split"], target, file["expected"].get("pairs"))
    logger.info("%s: %s, %d pairs", file["what"], SNLI_VE_FROM_SNLI, count)


def _check_counts(file: Mapping[str, Any], path: Path) -> None:
    """Raise ValueError where what is at `path` cannot be read or has other counts than expected."""
    expected = file["expected"]
    advice = "Where another file is meant, correct corpus: expected: in the study."
    if "pairs" in expected:
        found = len(read_annotations(path, file.get("labels")))
        if found != expected["pairs"]:
            raise ValueError(f"it has {found:,} pairs, expected {expected['pairs']:,}. {advice}")
    if "pictures" in expected:
        found = len(open_pictures(path).ids())
        if found < expected["pictures"]:
            least = f"{expected['pictures']:,}"
            raise ValueError(f"it has {found:,} pictures, expected {least} or more. {advice}")


def whereto(file: Mapping[str, Any]) -> str:
    """What to get by hand, where from, and under which name to put it where."""
    target = Path(file["target"])
    names = " or ".join(file["names"] or [target.name])
    parts = file.get("from_snli", {}).get("parts", {}).values()
    made_from = ", ".join(name for part in parts for name in part["names"][:1])
    instead = f" (or what it is made from: {made_from})" if made_from else ""
    advice = (
        f"Put {file['what']} into {target.parent.absolute()} as {names}{instead}, or name your own "
        "copy as `path` in the study."
    )
    return f"{file['by_hand'].strip()} {advice}" if file.get("by_hand") else advice


def _advice(file: Mapping[str, Any], target: Path, reasons: Mapping[str, str]) -> str:
    lines = [f"{file['what']} could not be had:"]
    for way, reason in reasons.items():
        lines += [f"  {way}", *(f"    {line}" for line in reason.splitlines())]
    part = part_path(target)
    if part.exists():
        size = part.stat().st_size
        lines.append(f"The {size:,} bytes that came are kept: a new run goes on from them.")
    return without_secrets("\n".join([*lines, whereto(file)]))
