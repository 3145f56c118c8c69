"""Published results: one data file for each source, named in a study as `published: <name>`.

They stand beside results on the published corpus alone, and a corpus is that one if its counts are.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import yaml

Published = dict[str, Any]
"""The content of a data file; empty for a study that names none."""

FOLDER = Path("clseave_core/report/published")
"""Where the data files lie in a checkout, relative to its root."""
_SPLITS = ("train", "dev", "test")
_SCHEMA = "published.schema.yaml"


def data_files(name: str | None, root: str | Path = ".") -> list[str]:
    """The data file of `published: name`, relative to `root`; no file for None.

    Raises ValueError that lists the known names when there is no such file.
    """
    if name is None:
        return []
    path = FOLDER / f"{name}.yaml"
    if not (Path(root) / path).exists():
        found = sorted(file.name for file in (Path(root) / FOLDER).glob("*.yaml"))
        known = [file.removesuffix(".yaml") for file in found if file != _SCHEMA]
        raise ValueError(
            f"published is {name!r}, but there is no {path}. Known: {', '.join(known)}. Name one "
            "of them, or leave the key out."
        )
    return [str(path)]


def load_published(files: Sequence[str | Path]) -> Published:
    """Read the one data file of `files`; an empty mapping where there is none.

    Raises ValueError that names the file and every key that is missing, unknown or out of range.
    """
    if not files:
        return {}
    (path,) = files
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    schema = yaml.safe_load(Path(__file__).with_name(_SCHEMA).read_text(encoding="utf-8"))
    errors = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(content),
        key=lambda error: error.json_path,
    )
    if errors:
        lines = "\n".join(f"  {_place(error)}: {error.message}" for error in errors)
        raise ValueError(f"{path} is not valid; correct it:\n{lines}")
    return dict(content)


def differing_counts(published: Published, report: Mapping[str, Any]) -> list[str]:
    """In which counts a corpus is not the published one: `train has 3 pairs, not 529,527`.

    `report` is the corpus's `report.json`. Pairs, pictures and labels of train, dev and test count;
    further test sets do not. Empty for the published corpus, and where nothing is published.
    """
    if not published:
        return []
    pairs, facts = published["corpus_sizes"]["snli_ve"], published["corpus_facts"]
    said = []
    for split in _SPLITS:
        found = report["splits"].get(split, {})
        labels = found.get("labels", {})
        for what, ours, theirs in (
            ("pairs", found.get("rows", 0), pairs[split]),
            ("pictures", found.get("images", 0), facts["images"][split]),
            *(
                (f"pairs of {label}", labels.get(label, 0), number)
                for label, number in facts["labels"][split].items()
            ),
        ):
            if ours != theirs:
                said.append(f"{split} has {ours:,} {what}, not {theirs:,}")
    return said


def values_beside(files: Sequence[str | Path], report: Mapping[str, Any]) -> Published:
    """The published values that may stand beside results on the corpus that `report` counts.

    They are those of the one data file of `files` where the corpus is the published one. Else
    there are none, as for a study that names no file.
    """
    published = load_published(files)
    return {} if differing_counts(published, report) else published


def why_none(files: Sequence[str | Path], report: Mapping[str, Any]) -> str:
    """Why a study that names published values has none of them; empty where it has them."""
    differing = differing_counts(load_published(files), report)
    if not differing:
        return ""
    more = f"; {len(differing)} of its counts differ" if len(differing) > 1 else ""
    return (
        "No published value stands beside these results, since the corpus is not the published "
        f"one: {differing[0]}{more}."
    )


def _place(error: jsonschema.ValidationError) -> str:
    return error.json_path.removeprefix("$").removeprefix(".") or "the file"


def accuracies(published: Published) -> dict[str, dict[str, Mapping[str, float]]]:
    """Method -> language -> {loss in nats, accuracy in percent}, without means and references."""
    return {
        method: {key: value for key, value in entry.items() if key not in ("reference", "mean")}
        for method, entry in published.get("accuracy", {}).items()
    }


def where(reference: Mapping[str, Any]) -> str:
    """A reference in words: `Table 4.1, p. 26`, or the other source it names."""
    if "source" in reference:
        return str(reference["source"])
    kind = next(kind for kind in ("table", "figure", "section", "chapter") if kind in reference)
    return f"{kind.capitalize()} {reference[kind]}, p. {reference['page']}"
