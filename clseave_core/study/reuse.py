"""Whether the files of another study that a study reuses are what it would have made itself."""

import hashlib
from pathlib import Path
from typing import Any

from clseave_core.files import read_json
from clseave_core.study.loading import Study, load_study

RULES = {
    "translation": ("gather_translations",),
    "teacher": ("embed_images", "train_teacher"),
}
"""The rules that make the reused files of a stage."""
SECTIONS = {
    "translation": ("corpus", "translation"),
    "teacher": ("corpus", "models", "teachers", "seeds"),
}
"""The sections of a study that decide a stage."""


def check_reuse(name: str, study: Study, root: str | Path = ".") -> None:
    """Check every stage in `reuse:` against the named study's settings and the code of today.

    Raises ValueError saying which settings or which code differ, and FileNotFoundError where the
    named study has not been run.
    """
    for stage, other_name in study.get("reuse", {}).items():
        other = load_study(other_name, {}, root)
        place = f"studies/{name}.yaml reuse.{stage}: {other_name}"
        for section in SECTIONS[stage]:
            if not _covers(other[section], study[section]):
                raise ValueError(
                    f"{place}: the two studies differ in `{section}`, so the files would not be "
                    "what this study asks for. Make them equal, or do not reuse the stage."
                )
        _check_code(place, Path(root) / "results" / other_name / "logs", stage, Path(root))


def _covers(other: Any, mine: Any) -> bool:
    """Whether `other` has all that `mine` asks for, e.g. every seed and every teacher of it."""
    if isinstance(mine, dict) and isinstance(other, dict):
        return all(key in other and _covers(other[key], value) for key, value in mine.items())
    if isinstance(mine, list) and isinstance(other, list):
        return all(value in other for value in mine)
    return bool(other == mine)


def _check_code(place: str, logs: Path, stage: str, root: Path) -> None:
    for rule in RULES[stage]:
        records = sorted((logs / rule).rglob("*.json"))
        if not records:
            raise FileNotFoundError(
                f"{place}: there is no record of {rule} in {logs}. Run that study first."
            )
        for record in records:
            for path, digest in read_json(record)["code"].items():
                module = root / path
                if not module.exists() or _digest(module) != digest:
                    raise ValueError(
                        f"{place}: {path} has changed since {record} was written. Run that study "
                        "again, so that its files are those of today's code."
                    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
