"""Published results: one data file for each source, named in a study as `published: <name>`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import yaml

Published = dict[str, Any]
"""The content of a data file; empty for a study that names none."""

FOLDER = Path("clseave_core/report/published")
"""Where the data files lie in a checkout, relative to its root."""
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
