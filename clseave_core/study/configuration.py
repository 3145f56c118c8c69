"""The study as a command sees it: its file, with the keys of config.yaml laid over it."""

import sys
from pathlib import Path
from typing import Any

import yaml

from clseave_core.borders.files import check_readable
from clseave_core.study.folder_names import refuse_folders, refuse_paths
from clseave_core.study.loading import NOT_OF_A_STUDY, Study, load_study
from clseave_core.study.sources import Sources


def configured_study(name: str | None, root: str | Path = ".") -> tuple[str, Sources]:
    """The name and the sources of the study `name`, or of the one that config.yaml names.

    Raises FileNotFoundError and ValueError as `load_study` does, and for a config.yaml that is
    no mapping and a folder that `refuse_folders` refuses.
    """
    refuse_folders(Path(root).absolute(), sys.executable)
    config = _read(Path(root) / "config.yaml")
    refuse_paths({"config.yaml, resources": str(config["resources"])})
    name = name or str(config["study"])
    study = load_study(name, _overrides(config), root)
    return name, Sources(name, study, str(config["resources"]))


def overrides_of_config(root: str | Path = ".") -> Study:
    """The keys of config.yaml that are laid over every study."""
    return _overrides(_read(Path(root) / "config.yaml"))


def translation_cache(root: str | Path = ".") -> Path:
    """Where config.yaml puts the cache of translations."""
    return Path(str(_read(Path(root) / "config.yaml")["translation_cache"]))


def _read(path: Path) -> dict[str, Any]:
    check_readable(path)
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is not YAML: {error}") from error
    missing = [key for key in NOT_OF_A_STUDY if key not in (config or {})]
    if not isinstance(config, dict) or missing:
        raise ValueError(f"{path} must be a mapping; missing keys: {', '.join(missing) or 'none'}.")
    return config


def _overrides(config: dict[str, Any]) -> Study:
    return {key: value for key, value in config.items() if key not in NOT_OF_A_STUDY}
