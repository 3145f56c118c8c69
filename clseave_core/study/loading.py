"""Read a study: its YAML, what it is based on, the overrides, and whether it all fits together."""

import copy
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from jsonschema.protocols import Validator

from clseave_core.borders.files import check_readable
from clseave_core.study.folder_names import own_paths, path_problems
from clseave_core.study.messages import explain, meant, nearest, shown
from clseave_core.study.raw_files import without_inherited_ways
from clseave_core.study.references import check_references
from clseave_core.study.study_languages import leave_out, without_inherited_languages

Study = dict[str, Any]
NOT_OF_A_STUDY = ("study", "resources", "translation_cache")
"""Keys of config.yaml that are the user's own and not part of a study."""


def load_study(name: str, overrides: Mapping[str, Any], root: str | Path = ".") -> Study:
    """The complete study `name` of `root/studies`, with `overrides` laid over it.

    Entries have what they are `like` and their preset filled in, and each run of a sweep is a
    method; what is in none of the study's languages is left out. Raises FileNotFoundError for an
    unknown study and ValueError that lists everything the schema, `check_references` or
    `path_problems` finds wrong.
    """
    root = Path(root)
    where = f"studies/{name}.yaml (with the overrides of config.yaml and --config)"
    study = _lay(_read_with_base(name, root, ()), overrides)
    validator = jsonschema.Draft202012Validator(_read_schema(root / "schemas/study.schema.yaml"))
    _retype(study, overrides, validator)
    study = _fill_likes(study, where)
    _check_schema(study, validator, where)
    study = _fill_presets(study, where)
    _expand_sweeps(study, where)
    problems = [*check_references(study), *path_problems(own_paths(study))]
    if problems:
        raise ValueError(f"{where} does not fit together:\n" + "\n".join(problems))
    leave_out(study)
    return study


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `over` on `base`: mappings merge, everything else is replaced, null takes a key away."""
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merge(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def _lay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return merge(base, without_inherited_languages(base, without_inherited_ways(base, over)))


def _read_schema(path: Path) -> Any:
    """By libyaml where there is one: nine times as fast.

    Not for a user's file: of a mistake it says less, and it dies of nested brackets.
    """
    text = path.read_text(encoding="utf-8")
    if yaml.__with_libyaml__:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    return yaml.safe_load(text)


def _read_with_base(name: str, root: Path, above: tuple[str, ...]) -> dict[str, Any]:
    path = root / "studies" / f"{name}.yaml"
    if name in above:
        raise ValueError(f"studies are based on each other in a circle: {' -> '.join(above)}.")
    if not path.exists():
        known = sorted(found.stem for found in path.parent.glob("*.yaml"))
        asked = f"studies/{above[-1]}.yaml is based on {name!r}, but " if above else ""
        raise FileNotFoundError(
            f"{asked}there is no {path}. Studies there: {', '.join(known)}.{nearest(name, known)}"
        )
    check_readable(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{path} is not YAML: {error}. Correct it there.") from error
    except ValueError as error:  # bytes that are no UTF-8; a date that there is not
        raise ValueError(f"{path} cannot be read: {error}. Correct it, as UTF-8 text.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} must be a mapping of keys, got {type(content).__name__}.")
    base = content.pop("based_on", None)
    return content if base is None else _lay(_read_with_base(base, root, (*above, name)), content)


def _retype(study: Study, overrides: Mapping[str, Any], validator: Validator) -> None:
    """Read overrides that are text as YAML where the schema wants no text.

    Snakemake's `--config 'methods={clseave: {training: {epochs: 3}}}'` gives '3', a text, and null
    within braces is one too; it takes the key away all the same.
    """
    for error in list(validator.iter_errors(study)):
        path, text = list(error.absolute_path), error.instance
        if error.validator == "type" and isinstance(text, str) and _inside(overrides, path) == text:
            above, key, value = _inside(study, path[:-1]), path[-1], _as_yaml(text)
            if value is None and isinstance(above, dict):
                del above[key]
            else:
                above[key] = value


def _as_yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return text  # the schema says what is wrong with it


def _inside(tree: Any, path: Iterable[str | int]) -> Any:
    """The value at `path` of nested mappings and lists; None where there is none."""
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _check_schema(study: Study, validator: Validator, where: str) -> None:
    errors = list(validator.iter_errors(study))
    if _take_away_nulls(study, errors):
        errors = list(validator.iter_errors(study))
    # No bound of a schema holds NaN, which is neither smaller nor larger than anything.
    problems = [*explain(errors), *_not_finite(study)]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise ValueError(f"{where} is not valid:\n{lines}")


def _take_away_nulls(study: Study, errors: Iterable[jsonschema.ValidationError]) -> bool:
    """Take away keys whose null the schema refuses: null does so where no base has the key, too."""
    found = False
    for error in errors:
        path = list(error.absolute_path)
        above = _inside(study, path[:-1])
        if error.instance is None and path and isinstance(above, dict) and path[-1] in above:
            del above[path[-1]]
            found = True
    return found


def _not_finite(tree: Any, place: str = "") -> Iterator[str]:
    if isinstance(tree, float) and not math.isfinite(tree):
        yield f"{place}: {tree} is no finite number."
    for key, value in _items(tree):
        yield from _not_finite(value, f"{place}.{key}".removeprefix("."))


def _items(tree: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(tree, Mapping):
        return tree.items()
    return enumerate(tree) if isinstance(tree, list) else ()


def _fill_likes(study: Study, where: str) -> Study:
    """Lay every teacher, student and method that is `like` another one over that one."""
    study = copy.deepcopy(study)
    for kind in ("teachers", "students", "methods"):
        entries = study.get(kind)
        if not isinstance(entries, dict):
            continue  # the schema says what is wrong

        def resolved(
            name: str, above: tuple[str, ...], kind: str = kind, entries: Study = entries
        ) -> Any:
            entry = entries[name]
            if not isinstance(entry, dict) or "like" not in entry:
                return entry
            other = entry["like"]
            if not isinstance(other, str) or other not in entries:
                raise ValueError(
                    f"{where}: {kind}.{name}.like is {shown(other)}, which is none of the study's "
                    f"{kind}. {meant(other, map(str, entries))}"
                )
            if other in (*above, name):
                raise ValueError(
                    f"{where}: {kind}.{name}.like is {other!r}, which is like it in turn."
                )
            own = {key: value for key, value in entry.items() if key != "like"}
            whole = resolved(other, (*above, name))
            return merge(whole, own) if isinstance(whole, dict) else whole

        study[kind] = {name: resolved(name, ()) for name in entries}
    return study


def _expand_sweeps(study: Study, where: str) -> None:
    """Make each run of a sweep a method of its own, named in the sweep's `methods`."""
    trained = [name for name, method in study["methods"].items() if "training" in method]
    for name, sweep in study.get("sweep", {}).items():
        base = study["methods"].get(sweep["method"])
        if base is None or "training" not in base:
            raise ValueError(
                f"{where}: sweep.{name}.method is {sweep['method']!r}, which is no method of the "
                f"study with a training of its own. {meant(sweep['method'], trained)}"
            )
        sweep["methods"] = [f"{name}_{number}" for number in range(1, len(sweep["runs"]) + 1)]
        for method, run in zip(sweep["methods"], sweep["runs"], strict=True):
            changes = {"training": run, "languages": sweep["languages"]}
            study["methods"][method] = merge(base, changes)


def _fill_presets(study: Study, where: str) -> Study:
    study = copy.deepcopy(study)
    presets = study.pop("presets", {})
    for kind in ("teachers", "methods", "autoencoders"):
        for name, entry in study.get(kind, {}).items():
            training = entry.get("training")
            if training is None or "preset" not in training:
                continue
            preset = training.pop("preset")
            if preset not in presets:
                raise ValueError(
                    f"{where}: {kind}.{name}.training.preset is {preset!r}, which is none of the "
                    f"study's presets. {meant(preset, presets)}"
                )
            entry["training"] = presets[preset] | training
    return study


def deciding(training: Mapping[str, Any]) -> dict[str, Any]:
    """Training settings without those that change no number."""
    idle = ("save_every_seconds", "tensorboard")
    return {key: value for key, value in training.items() if key not in idle}
