"""Whether the parts of a study fit together: names resolve, settings go with each other."""

from collections.abc import Mapping
from typing import Any

from clseave_core.study.messages import MIXED_CORPUS
from clseave_core.study.method_checks import check_method
from clseave_core.study.parts import check_name, check_padding, check_training
from clseave_core.study.raw_files import check_raw_files
from clseave_core.study.study_languages import check_languages, languages_of

Study = Mapping[str, Any]


def check_references(study: Study) -> list[str]:
    """What does not resolve among the names of a study, a line each; empty when all is well."""
    problems = check_languages(study)
    if study["translation"].get("by_people") and study["translation"]["provider"] != "file":
        problems.append("  translation.by_people: a service's translations are not; use file.")
    problems += [*_check_teachers(study), *_check_students(study), *_check_autoencoders(study)]
    problems += [*_check_comparisons(study), *_check_sweeps(study)]
    for name, method in study["methods"].items():
        problems += check_method(name, method, study)
    return [*problems, *_check_corpus(study), *_check_models(study)]


def _check_teachers(study: Study) -> list[str]:
    problems = []
    for name, teacher in study["teachers"].items():
        problems += check_name(f"teachers.{name}.model", teacher["model"], "models", study)
        problems += check_training(f"teachers.{name}.training", teacher["training"])
        if teacher["training"].get("validation_dropout"):
            problems.append(
                f"  teachers.{name}.training.validation_dropout: only students have it."
            )
    return problems


def _check_students(study: Study) -> list[str]:
    problems = []
    for name, student in study["students"].items():
        problems += check_name(f"students.{name}.model", student["model"], "models", study)
        if "package" in study["models"].get(student["model"], {}) and "hidden" not in student:
            problems.append(
                f"  students.{name}.hidden: {student['model']!r} is a frozen encoder; say how many "
                "hidden units the head over it has."
            )
        if student.get("trim_vocabulary") and "hidden" in student:
            problems.append(f"  students.{name}.trim_vocabulary: a frozen encoder stays as it is.")
    return problems


def _check_autoencoders(study: Study) -> list[str]:
    """The autoencoders of token methods, and the alignment that these have, too."""
    problems = []
    if "alignment" in study:
        problems += check_name("alignment.model", study["alignment"]["model"], "models", study)
    for name, autoencoder in study.get("autoencoders", {}).items():
        place = f"autoencoders.{name}"
        problems += check_name(f"{place}.model", autoencoder["model"], "models", study)
        problems += check_training(f"{place}.training", autoencoder["training"])
        problems += check_padding(f"{place}.training", autoencoder["training"])
    return problems


def _check_comparisons(study: Study) -> list[str]:
    problems = []
    for name, comparison in study.get("comparisons", {}).items():
        for method in dict.fromkeys((comparison["reference"], *comparison["methods"])):
            problems += check_name(f"comparisons.{name}", method, "methods", study)
        problems += _check_comparison(name, comparison, study)
    return problems


def _check_comparison(name: str, comparison: Mapping[str, Any], study: Study) -> list[str]:
    """A comparison's reference must speak every language of its methods."""

    methods = study["methods"]
    if comparison["reference"] not in methods:
        return []

    def languages(method: str) -> list[str]:
        entry = methods.get(method, {"setting": "english"})
        return [] if entry["setting"] == "english" else languages_of(entry, study)

    known = languages(comparison["reference"])
    return [
        f"  comparisons.{name}: {method!r} is in {', '.join(missing)}, where the reference "
        f"{comparison['reference']!r} is not."
        for method in comparison["methods"]
        if (missing := [code for code in languages(method) if code not in known])
    ]


def _check_sweeps(study: Study) -> list[str]:
    return [
        f"  sweep.{name}.method: a joint student is not swept. Sweep single ones."
        for name, sweep in study.get("sweep", {}).items()
        if study["methods"][sweep["method"]].get("joint")
    ]


def _check_corpus(study: Study) -> list[str]:
    problems = []
    corpus = study["corpus"]
    if "world" in corpus and corpus.keys() & {"pictures", "annotations"}:
        problems.append(f"  corpus: {MIXED_CORPUS}")
    for name in corpus.get("labels", {}):
        if name not in corpus.get("annotations", {}):
            problems.append(f"  corpus.labels: corpus.annotations has no file for {name!r}.")
    if "test" not in study["testsets"]:
        problems.append("  testsets: 'test' must be among them; others may stand beside it.")
    if "annotations" in corpus:
        problems += check_raw_files(corpus, study["testsets"])
    for name in study["testsets"]:
        if name in ("train", "dev"):
            problems.append(
                f"  testsets: {name!r} is no test set: trainings learn from train and are chosen "
                "by dev, so that a score on either says nothing of new pairs. Take it out."
            )
        elif "world" in corpus and name != "test":
            problems.append(
                f"  testsets: a generated world has only the test set 'test', not {name!r}."
            )
    return problems


def _check_models(study: Study) -> list[str]:
    """Which models a world can generate."""
    kinds = [model["generate"] for model in study["models"].values() if "generate" in model]
    problems = [
        f"  models: two of them generate a {kind}; a world can have several CLIPs alone."
        for kind in dict.fromkeys(kinds)
        if kind != "clip" and kinds.count(kind) > 1
    ]
    if "aligner" in kinds and "bert" not in kinds:
        problems.append("  models: an aligner is generated from the generated bert; there is none.")
    generated = [name for name, model in study["models"].items() if "generate" in model]
    if generated and "world" not in study["corpus"]:
        problems.append(
            f"  models: only a study with corpus.world can generate {', '.join(generated)}. Base a "
            "study with data of its own on `thesis`, or write e.g. "
            f"{generated[0]}: {{generate: null, settings: null, path: ...}}."
        )
    for name, model in study["models"].items():
        if model.get("generate") == "clip" and name in {*kinds} - {"clip"}:
            problems.append(
                f"  models.{name}: a CLIP of this name would lie in the folder of the generated "
                f"{name}. Give it another name."
            )
    return problems
