"""Whether the files of another study that a study reuses are what it would have made itself."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clseave_core.files import read_json
from clseave_core.study.loading import Study, deciding, load_study

SECTIONS = {
    "translation": ("corpus", "translation"),
    "teacher": ("corpus", "models", "teachers", "seeds"),
}
"""The sections of a study that decide a stage."""


def check_reuse(
    name: str, study: Study, overrides: Mapping[str, Any], root: str | Path = "."
) -> None:
    """Check every stage in `reuse:` against the named study's settings and the code of today.

    `overrides` are laid over the named study too. Raises ValueError saying which settings or which
    code differ, and FileNotFoundError where the named study has not made what is reused.
    """
    for stage, other_name in study.get("reuse", {}).items():
        other = load_study(other_name, overrides, root)
        place = f"studies/{name}.yaml reuse.{stage}: {other_name}"
        for section in SECTIONS[stage]:
            if not _covers(other[section], study[section]):
                raise ValueError(
                    f"{place}: the two studies differ in `{section}`, so the files would not be "
                    "what this study asks for. Make them equal, or do not reuse the stage."
                )
        logs = Path(root) / "results" / other_name / "logs"
        for record, training in _records(stage, study).items():
            _check_record(place, logs / record, training, Path(root))


def _records(stage: str, study: Study) -> dict[str, dict[str, Any] | None]:
    """The records of the jobs whose files are reused, with the training each must show."""
    if stage == "translation":
        return {f"gather_translations/{lang}.json": None for lang in study["languages"]}
    used = dict.fromkeys(method["teacher"] for method in study["methods"].values())
    return {
        f"train_teacher/{teacher}/seed{seed}.json": deciding(study["teachers"][teacher]["training"])
        for teacher in used
        for seed in study["seeds"]
    }


def _covers(other: Any, mine: Any) -> bool:
    """Whether `other` has all that `mine` asks for, e.g. every seed and every teacher of it."""
    if isinstance(mine, dict) and isinstance(other, dict):
        return all(key in other and _covers(other[key], value) for key, value in mine.items())
    if isinstance(mine, list) and isinstance(other, list):
        return all(value in other for value in mine)
    return bool(other == mine)


def _check_record(place: str, record: Path, training: dict[str, Any] | None, root: Path) -> None:
    """Check what a job's provenance says of its settings and code."""
    if not record.exists():
        raise FileNotFoundError(f"{place}: there is no {record}. Run that study first.")
    content = read_json(record)
    if training is not None and content["params"].get("training") != training:
        raise ValueError(
            f"{place}: {record} was made with the training {content['params'].get('training')}, "
            f"this study asks for {training}. Run that study again."
        )
    for path, digest in content["code"].items():
        module = root / path
        if not module.exists() or _digest(module) != digest:
            raise ValueError(
                f"{place}: {path} has changed since {record} was written. Run that study "
                "again, so that its files are those of today's code."
            )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
