"""The pretrained models: whether they are there and whole."""

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.sources import Sources


def check_models(sources: Sources) -> Iterator[Check]:
    for name, model in sources.study["models"].items():
        what, folder = f"model {name}", Path(sources.model(name))
        if "package" in model:
            yield attempt(what, partial(_package, model["package"]))
        elif "generate" in model:
            yield Check(what, True, "will be generated")
        elif "path" in model or folder.exists():
            yield attempt(what, partial(_whole_model, folder))
        else:
            revision = model.get("revision", "main")
            yield Check(what, True, f"will be fetched from the hub: {model['id']} ({revision})")


def _package(name: str) -> str:
    if find_spec(name) is None:
        raise ValueError(f"the package {name} is not installed. Run: pip install -e .")
    return f"comes with the package {name}"


def _whole_model(folder: Path) -> str:
    check_model_folder(folder)
    return f"{folder} is complete"
