"""Whether the parts of a study fit together: names resolve, settings go with each other."""

from collections.abc import Mapping
from typing import Any

from clseave_core.study.messages import MIXED_CORPUS, meant
from clseave_core.study.raw_files import check_raw_files
from clseave_core.study.study_languages import check_languages, languages_of

Study = Mapping[str, Any]


def check_references(study: Study) -> list[str]:
    """What does not resolve among the names of a study, a line each; empty when all is well."""
    problems = check_languages(study)

    def refer(place: str, name: str, kind: str) -> None:
        if name not in study[kind]:
            problems.append(
                f"  {place}: {name!r} is none of the study's {kind}. {meant(name, study[kind])} "
                f"What the base has goes with null: {_null(place)}."
            )
        elif "package" in study[kind][name] and not place.startswith("students."):
            problems.append(f"  {place}: {name!r} is for students with a frozen encoder only.")

    if study["translation"].get("by_people") and study["translation"]["provider"] != "file":
        problems.append("  translation.by_people: a service's translations are not; use file.")
    for name, teacher in study["teachers"].items():
        refer(f"teachers.{name}.model", teacher["model"], "models")
        problems += _check_training(f"teachers.{name}.training", teacher["training"])
        if teacher["training"].get("validation_dropout"):
            problems.append(
                f"  teachers.{name}.training.validation_dropout: only students have it."
            )
    for name, student in study["students"].items():
        refer(f"students.{name}.model", student["model"], "models")
        if "package" in study["models"].get(student["model"], {}) and "hidden" not in student:
            problems.append(
                f"  students.{name}.hidden: {student['model']!r} is a frozen encoder; say how many "
                "hidden units the head over it has."
            )
        if student.get("trim_vocabulary") and "hidden" in student:
            problems.append(f"  students.{name}.trim_vocabulary: a frozen encoder stays as it is.")
    if "alignment" in study:
        refer("alignment.model", study["alignment"]["model"], "models")
    for name, autoencoder in study.get("autoencoders", {}).items():
        refer(f"autoencoders.{name}.model", autoencoder["model"], "models")
        problems += _check_training(f"autoencoders.{name}.training", autoencoder["training"])
        problems += _check_padding(f"autoencoders.{name}.training", autoencoder["training"])
    for name, comparison in study.get("comparisons", {}).items():
        for method in (comparison["reference"], *comparison["methods"]):
            refer(f"comparisons.{name}", method, "methods")
        problems += _check_comparison(name, comparison, study)
    for name, sweep in study.get("sweep", {}).items():
        if study["methods"].get(sweep["method"], {}).get("joint"):
            problems.append(
                f"  sweep.{name}.method: a joint student is not swept. Sweep single ones."
            )
    for name, method in study["methods"].items():
        refer(f"methods.{name}.teacher", method["teacher"], "teachers")
        teacher = study["teachers"].get(method["teacher"], {})
        if "student" in method and teacher.get("hypothesis") == "constant":
            problems.append(
                f"  methods.{name}.teacher: {method['teacher']!r} is a control that sees no "
                "sentence; a student can learn nothing from it."
            )
        if method.get("objective") == "token_mse":
            problems += _check_token_method(f"methods.{name}", method, study)
        elif "autoencoder" in method or method.get("readout", "direct") != "direct":
            problems.append(f"  methods.{name}: autoencoder and readout go with token_mse only.")
        if "noise_in_training" in method or "noise_at_test" in method:
            problems += _check_noise(f"methods.{name}", method, study)
        if "trained_as" in method:
            refer(f"methods.{name}.trained_as", method["trained_as"], "methods")
            problems += _check_trained_as(name, method, study)
        if "student" in method:
            refer(f"methods.{name}.student", method["student"], "students")
            problems += _check_student_method(f"methods.{name}", method, study)
            problems += _check_training(f"methods.{name}.training", method["training"])
            problems += _check_padding(f"methods.{name}.training", method["training"])
        else:
            problems += _check_method_without_student(f"methods.{name}", method, study)
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
    kinds = [model["generate"] for model in study["models"].values() if "generate" in model]
    problems += [
        f"  models: two of them generate a {kind}; a world can have several CLIPs alone."
        for kind in dict.fromkeys(kinds)
        if kind != "clip" and kinds.count(kind) > 1
    ]
    if "aligner" in kinds and "bert" not in kinds:
        problems.append("  models: an aligner is generated from the generated bert; there is none.")
    generated = [name for name, model in study["models"].items() if "generate" in model]
    if generated and "world" not in corpus:
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


def _null(place: str) -> str:
    """How to take away the entry of a study that has `place`: `methods: {image_only: null}`."""
    kind, *rest = place.split(".")
    return f"{kind}: {{{rest[0]}: null}}" if rest else f"{kind}: null"


def _check_student_method(place: str, method: Mapping[str, Any], study: Study) -> list[str]:
    """What the setting, the objective and the student's encoder ask of each other."""
    problems = []
    setting, objective = method["setting"], method["objective"]
    if setting == "zero_shot":
        other = study["methods"].get(method.get("trained_as"), {})
        if other.get("setting") != "english" or "student" not in other:
            problems.append(
                f"  {place}: the setting zero_shot reads a student of English sentences. Name it "
                "in trained_as: a method with a student and the setting english."
            )
    elif setting != "english" and (objective == "cross_entropy") != (setting == "translate_train"):
        problems.append(
            f"  {place}.setting: {setting} does not go with the objective {objective}. A student "
            "of labelled translations is translate_train, one of the teacher's embeddings "
            "translate_train_unlabelled."
        )
    if "nouns" in method and study["corpus"].get("world", {}).get("vocabulary") != "natural":
        problems.append(f"  {place}.nouns: only the natural world knows which nouns are named.")
    if method.get("with_english"):
        frozen = "hidden" in study["students"].get(method["student"], {})
        if not frozen or (setting, objective) != ("translate_train_unlabelled", "sentence_mse"):
            problems.append(
                f"  {place}.with_english: only for a student with a frozen encoder, the setting "
                "translate_train_unlabelled and the objective sentence_mse."
            )
    if "retrieval" in method and not (method.get("with_english") and "trained_as" in method):
        problems.append(
            f"  {place}.retrieval: it reads a student that was taught with_english; name the "
            "method that trains it in trained_as."
        )
    if method.get("joint"):
        frozen = "hidden" in study["students"].get(method["student"], {})
        if frozen or (setting, objective) != ("translate_train_unlabelled", "sentence_mse"):
            problems.append(
                f"  {place}.joint: only for a student whose encoder is trained, the setting "
                "translate_train_unlabelled and the objective sentence_mse."
            )
    if objective == "cross_entropy" and method["training"].get("weight") == "distinct":
        problems.append(f"  {place}.training.weight: cross_entropy learns pairs, not sentences.")
    if "hidden" in study["students"].get(method["student"], {}):
        for key in ("readout", "pooling_at_test", "noise_in_training", "noise_at_test"):
            if key in method:
                problems.append(f"  {place}.{key}: a student with a frozen encoder has none.")
        if objective == "token_mse":
            problems.append(f"  {place}.objective: a frozen encoder has no tokens to align.")
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


def _check_method_without_student(place: str, method: Mapping[str, Any], study: Study) -> list[str]:
    """The English model reads English, or translations that were translated back into it.

    What comes back of a clean machine translation has never left English: an upper bound, not what
    a reader of another language would get. So only what people have translated, or translations
    with errors, may be called translate-test.
    """
    setting, noise = method["setting"], method.get("noise_at_test")
    by_people = study["translation"].get("by_people", False)
    if setting == "translate_test" and not noise and not by_people:
        return [
            f"  {place}.setting: back-translations of clean machine translations are no "
            "translate_test. Call it round_trip, say noise_at_test in a generated world, or "
            "translation.by_people where people have translated."
        ]
    if setting == "round_trip" and by_people:
        return [f"  {place}.setting: what people have translated makes a translate_test."]
    if setting == "round_trip" or (setting == "translate_test" and not noise):
        known = study["translation"].get("back_translations", {})
        missing = [code for code in languages_of(method, study) if code not in known]
        if missing or noise:
            return [
                f"  {place}.setting: {setting} needs translation.back_translations of "
                f"{', '.join(missing) or 'its languages'}, and no noise_at_test."
            ]
    elif setting not in ("english", "translate_test"):
        return [
            f"  {place}: without a student its setting must be english, translate_test or "
            "round_trip."
        ]
    return []


def _check_token_method(place: str, method: Mapping[str, Any], study: Study) -> list[str]:
    problems = []
    if method.get("autoencoder") not in study.get("autoencoders", {}):
        known = ", ".join(study.get("autoencoders", {})) or "none"
        name = method.get("autoencoder")
        problems.append(f"  {place}.autoencoder: {name!r} is none of the study's ({known}).")
    if "alignment" not in study:
        problems.append(f"  {place}: token_mse needs the section `alignment`.")
    if method.get("alignment") == "gold" and "world" not in study["corpus"]:
        problems.append(f"  {place}.alignment: only a generated world knows its gold alignments.")
    return problems


def _check_noise(place: str, method: Mapping[str, Any], study: Study) -> list[str]:
    """Noise is made by the pocket world's grammars, for methods that learn sentences."""
    problems = []
    world = study["corpus"].get("world")
    if world is None or world.get("vocabulary", "pocket") != "pocket":
        problems.append(
            f"  {place}: only the pocket world can be translated with known errors. What the base "
            f"has goes with null: {_null(place)}."
        )
    if method.get("objective", "sentence_mse") != "sentence_mse":
        problems.append(f"  {place}: noise goes with the objective sentence_mse only.")
    training, test = (method.get(f"noise_{when}") for when in ("in_training", "at_test"))
    if "student" in method and "trained_as" not in method and training != test:
        problems.append(
            f"  {place}: noise_in_training is {training}, noise_at_test {test}. A student is read "
            "with the translations it is trained on; say trained_as in a method of its own to "
            "read it with others."
        )
    return problems


def _check_trained_as(name: str, method: Mapping[str, Any], study: Study) -> list[str]:
    """A method that is read out of another's training must be that method in all it learns."""
    other = study["methods"].get(method["trained_as"], {})
    free = (
        "trained_as", "readout", "pooling_at_test", "batch_norm", "noise_at_test", "languages",
        "setting", "premise", "draws", "retrieval",
    )  # fmt: skip
    mine, theirs = ({k: v for k, v in m.items() if k not in free} for m in (method, other))
    problems = []
    if "trained_as" in other or mine != theirs:
        problems.append(
            f"  methods.{name}.trained_as: {method['trained_as']!r} is not the same training "
            f"(they may differ in {', '.join(free[1:])})."
        )
    if method["setting"] == "zero_shot":
        return problems  # of one student of English, for every language
    known = languages_of(other, study) if other else []
    missing = [code for code in languages_of(method, study) if code not in known]
    if missing:
        problems.append(
            f"  methods.{name}.languages: {method['trained_as']!r} has no {', '.join(missing)}."
        )
    return problems


def _check_training(place: str, training: Mapping[str, Any]) -> list[str]:
    missing = [key for key in ("epochs", "batch_size", "learning_rate") if key not in training]
    return [f"  {place}: {', '.join(missing)} must be given."] if missing else []


def _check_padding(place: str, training: Mapping[str, Any]) -> list[str]:
    if training.get("length_groups") != "packed":
        return []
    return [
        f"  {place}.length_groups: only teachers, CLIP's text tower, can be packed. Give a number."
    ]
