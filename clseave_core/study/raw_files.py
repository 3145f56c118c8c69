"""The raw files of a real corpus: where each lies or is to come to, and the ways to it.

An entry is the file's section of the study and beside it `what` it is, its `target` among the
downloads, the `names` under which the user may have put it there, the counts that are `expected`
of it, what numbers among its `labels` stand for and, for a split of SNLI-VE, the parts that it can
be made `from_snli` with.
"""

import copy
import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from clseave_core.corpus.schemas import SPLITS

RawFile = dict[str, Any]
PICTURES = "the pictures"  # no split has such a name
FROM_SNLI = "from_snli"
SNLI_PARTS = {
    "snli": "the archive of SNLI 1.0",
    "train_val": "the list of SNLI-VE's train and dev pictures",
    "test": "the list of SNLI-VE's test pictures",
}
_LARGEST_LIST = 4 << 20
_NO_WAY = "nothing says where it is. Give it a `path`, `urls` or a `hub`."


def raw_files(
    corpus: Mapping[str, Any], splits: Sequence[str], folder: str | Path
) -> dict[str, RawFile]:
    """The entries of `PICTURES` and of each split; downloads lie in `folder`."""
    expected, annotations = corpus.get("expected", {}), corpus["annotations"]
    parts = {
        part: _entry(section, SNLI_PARTS[part], {}, folder)
        for part, section in annotations.get(FROM_SNLI, {}).items()
    }
    images = expected.get("images", {})
    counts: dict[str, int | None] = {"pictures": sum(images.get(split, 0) for split in SPLITS)}
    pictures = _entry(corpus["pictures"], "the archive of pictures", counts, folder)
    entries = {PICTURES: pictures}
    for split in splits:
        counts = {"pairs": expected.get("pairs", {}).get(split)}
        made_from = parts if split in SPLITS else {}
        what = f"the SNLI-VE annotations of {split}"
        entries[split] = _entry(annotations.get(split, {}), what, counts, folder, made_from, split)
        if split in corpus.get("labels", {}):
            entries[split]["labels"] = corpus["labels"][split]
    _keep_clear_names([*entries.values(), *parts.values()])
    return entries


def snli_parts(files: Mapping[str, RawFile]) -> dict[str, RawFile]:
    """What those of the files that can be made from SNLI are made from."""
    return next((file[FROM_SNLI]["parts"] for file in files.values() if FROM_SNLI in file), {})


def check_raw_files(corpus: Mapping[str, Any], testsets: Sequence[str]) -> list[str]:
    """What of a real corpus has no way to it, a line each; empty when all is well."""
    annotations = corpus["annotations"]
    problems = []
    if FROM_SNLI in testsets:
        problems.append(f"  testsets: {FROM_SNLI!r} is a way to annotations, not a test set.")
    for split in dict.fromkeys(["train", "dev", *testsets]):
        made = FROM_SNLI in annotations and split in SPLITS
        if split not in annotations and not made:
            problems.append(f"  corpus.annotations has no file for {split!r}.")
        elif not made and not _has_way(annotations[split]):
            problems.append(f"  corpus.annotations.{split}: {_NO_WAY}")
    if not _has_way(corpus["pictures"]):
        problems.append(f"  corpus.pictures: {_NO_WAY}")
    for part, file in annotations.get(FROM_SNLI, {}).items():
        if not _has_way(file):
            problems.append(f"  corpus.annotations.{FROM_SNLI}.{part}: {_NO_WAY}")
    return problems


def without_inherited_ways(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over`, with null for each way of `base` to a file that `over` has other addresses for.

    Else a study whose own address fails would get the base's data in the place of its own.
    """
    ways = copy.deepcopy(dict(over))
    new, old = _sections(ways), _sections(base)
    moved = [name for name, file in new.items() if file.get("urls") or _names_data_set(file)]
    for name in moved:
        _replace(old.get(name, {}), new[name])
        if _names_data_set(new[name]):
            _replace(old.get(name, {}).get("hub") or {}, new[name]["hub"])
    if FROM_SNLI in old and set(moved) & set(SPLITS):
        ways["corpus"]["annotations"].setdefault(FROM_SNLI, None)
    return ways


def _replace(old: Mapping[str, Any], new: dict[str, Any]) -> None:
    """Give `new` a null for each key that `old` alone has."""
    new.update({key: None for key in old if key not in new})


def _names_data_set(file: Mapping[str, Any]) -> bool:
    return isinstance(file.get("hub"), dict) and "id" in file["hub"]


def _sections(study: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections of the files of a study, as far as they are sections at all."""

    def inside(section: Mapping[str, Any], key: str) -> dict[str, Any]:
        return section[key] if isinstance(section.get(key), dict) else {}

    corpus = inside(study, "corpus")
    annotations = inside(corpus, "annotations")
    parts = {f"{FROM_SNLI}.{part}": file for part, file in inside(annotations, FROM_SNLI).items()}
    found = {PICTURES: corpus.get("pictures"), **annotations, **parts}
    return {name: file for name, file in found.items() if isinstance(file, dict)}


def _has_way(file: Mapping[str, Any]) -> bool:
    return any(file.get(way) for way in ("path", "urls", "hub"))


def _entry(
    section: Mapping[str, Any],
    what: str,
    expected: Mapping[str, int | None],
    folder: str | Path,
    parts: Mapping[str, RawFile] | None = None,
    split: str = "",
) -> RawFile:
    entry = dict(section) | {"what": what, "names": _known_names(section)}
    entry["expected"] = {key: count for key, count in expected.items() if count}
    if parts:
        entry[FROM_SNLI] = {"split": split, "parts": dict(parts)}
    if not entry.get("path"):
        entry["target"] = f"{folder}/{_download_name(section, split, parts or {})}"
    return entry


def _addresses(file: Mapping[str, Any]) -> list[str]:
    hub = file.get("hub")
    on_hub = [f"{hub['id']}/{hub.get('revision', 'main')}/{hub['file']}"] if hub else []
    return [*file.get("urls", []), *on_hub]


def _file_name(address: str) -> str:
    return PurePosixPath(unquote(urlsplit(address).path)).name


def _known_names(file: Mapping[str, Any]) -> list[str]:
    """The names under which a file is known: of its addresses, unpacked too, and its `names`."""
    names = [_file_name(address) for address in _addresses(file)]
    names += [name.removesuffix(".gz") for name in names if name.endswith(".jsonl.gz")]
    usable = (name for name in [*names, *file.get("names", [])] if name not in ("", ".", ".."))
    return list(dict.fromkeys(usable))


def _keep_clear_names(entries: Sequence[RawFile]) -> None:
    """Take away names that two files share: nobody could tell which of them it is."""
    times = Counter(name for entry in entries for name in entry["names"])
    for entry in entries:
        entry["names"] = [name for name in entry["names"] if times[name] == 1]


def _download_name(file: Mapping[str, Any], split: str, parts: Mapping[str, RawFile]) -> str:
    """A name for a file that no other file has: `snli_ve_dev-1a2b3c4d.jsonl.gz`.

    Another address for the same file is its first one's mirror, and the name stays. Files of the
    user's own that a split may be made from decide what it holds, and so its name.
    """
    addresses = _addresses(file) or [f"/snli_ve_{split}.jsonl.gz", *_addresses(parts["snli"])]
    stem, dot, endings = _file_name(addresses[0]).partition(".")
    own = [_own_mark(Path(part["path"])) for part in parts.values() if part.get("path")]
    key = "\n".join([addresses[0], *own])
    return f"{stem}-{hashlib.sha256(key.encode()).hexdigest()[:8]}{dot}{endings}"


def _own_mark(path: Path) -> str:
    """What changes when a file of the user's own is another: a list's content, else the size."""
    if not path.is_file():
        return str(path)
    size = path.stat().st_size
    return f"{path} {size} {zlib.crc32(path.read_bytes()) if size < _LARGEST_LIST else ''}"
