"""Whether a method of a study fits: its setting, objective, student and teacher go together."""

from collections.abc import Mapping
from typing import Any

from clseave_core.study.parts import check_name, check_padding, check_training, if_inherited
from clseave_core.study.study_languages import languages_of

Study = Mapping[str, Any]


def check_method(name: str, method: Mapping[str, Any], study: Study) -> list[str]:
    """What does not go together in a method, a line each."""
    place = f"methods.{name}"
    problems = check_name(f"{place}.teacher", method["teacher"], "teachers", study)
    teacher = study["teachers"].get(method["teacher"], {})
    if "student" in method and teacher.get("hypothesis") == "constant":
        problems.append(
            f"  {place}.teacher: {method['teacher']!r} is a control that sees no sentence; a "
            "student can learn nothing from it."
        )
    if method.get("objective") == "token_mse":
        problems += _check_token_method(place, method, study)
    elif "autoencoder" in method or method.get("readout", "direct") != "direct":
        problems.append(f"  {place}: autoencoder and readout go with token_mse only.")
    if "noise_in_training" in method or "noise_at_test" in method:
        problems += _check_noise(place, method, study)
    if "trained_as" in method:
        problems += check_name(f"{place}.trained_as", method["trained_as"], "methods", study)
        problems += _check_trained_as(name, method, study)
    if "student" not in method:
        return problems + _check_method_without_student(place, method, study)
    problems += check_name(f"{place}.student", method["student"], "students", study)
    problems += _check_student_method(place, method, study)
    problems += check_training(f"{place}.training", method["training"])
    return problems + check_padding(f"{place}.training", method["training"])


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
            f"  {place}: only the pocket world can be translated with known errors. "
            f"{if_inherited(place)}"
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
