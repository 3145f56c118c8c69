"""The pretrained models: whether they are there, whole, and what their users can load."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.loading import Study
from clseave_core.study.sources import Sources


def check_models(sources: Sources) -> Iterator[Check]:
    for name, model in sources.study["models"].items():
        what, folder = f"model {name}", Path(sources.model(name))
        if "package" in model:
            yield attempt(what, partial(_package, model["package"]))
        elif "generate" in model:
            yield Check(what, True, "will be generated")
        elif "path" in model or folder.exists():
            yield attempt(what, partial(_whole_model, folder, name, sources.study))
        else:
            revision = model.get("revision", "main")
            yield Check(what, True, f"will be fetched from the hub: {model['id']} ({revision})")


def _package(name: str) -> str:
    if find_spec(name) is None:
        raise ValueError(f"the package {name} is not installed. Run: pip install -e .")
    return f"comes with the package {name}"


def _whole_model(folder: Path, name: str, study: Study) -> str:
    """Load the model as each of its users will; one that nobody uses is looked at only."""
    check_model_folder(folder)
    said = [look() for look in _users(folder, name, study)]
    return f"{folder} is complete" + "".join(f"; {text}" for text in dict.fromkeys(said))


def _users(folder: Path, name: str, study: Study) -> Iterator[Callable[[], str]]:
    from clseave_core.models.trial import try_aligner, try_student, try_teacher

    if any(teacher["model"] == name for teacher in study["teachers"].values()):
        yield lambda: try_teacher(folder)
    norms = {
        student.get("layer_norm", True) and "hidden" not in student
        for student in study["students"].values()
        if student["model"] == name
    }
    if norms or any(entry["model"] == name for entry in study.get("autoencoders", {}).values()):
        yield lambda: try_student(folder, layer_norm=any(norms))
    if study.get("alignment", {}).get("model") == name:
        yield lambda: try_aligner(folder, study["alignment"]["layer"])
