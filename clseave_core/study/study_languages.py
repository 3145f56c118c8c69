"""The languages of a study, and what takes no part without them.

A study changes the languages of its base in one line; what the base has for other languages alone
(a method for German, a file of Dutch references) need not be taken away by hand.
"""

import copy
from collections.abc import Mapping
from typing import Any

from clseave_core.corpus.worlds import SPOKEN
from clseave_core.languages import LANGUAGES
from clseave_core.study.messages import listed

Study = dict[str, Any]
ENGLISH = "en"
LEFT_OUT = "left_out"
"""The key of a loaded study that names what takes no part in it."""
BY_LANGUAGE = ("references", "back_translations")
"""The keys of `translation` that name a file for each language."""


def without_inherited_languages(base: Mapping[str, Any], over: Mapping[str, Any]) -> Study:
    """`over`, with null for what `base` alone says of languages that `over` has not.

    That are files by language, sweeps and the control language.
    """
    result, languages = copy.deepcopy(dict(over)), over.get("languages")
    if not isinstance(languages, list):
        return result
    control = base.get("control_language")
    if control is not None and control not in languages:
        result.setdefault("control_language", None)
    inherited = _section(base, "translation")
    own = _section(result, "translation")
    for kind in BY_LANGUAGE:
        foreign = {code: None for code in _section(inherited, kind) if code not in languages}
        if foreign and isinstance(own.get(kind, {}), dict):
            own[kind] = foreign | own.get(kind, {})
    sweeps = _section(result, "sweep")
    for name, sweep in _section(base, "sweep").items():
        mine = sweeps.get(name, {})
        if isinstance(sweep, dict) and isinstance(mine, dict) and "languages" not in mine:
            kept = [code for code in sweep.get("languages", []) if code in languages]
            sweeps[name] = mine | {"languages": kept} if kept else None
    for key, section in (("translation", own), ("sweep", sweeps)):
        if section and isinstance(result.get(key, {}), dict):
            result[key] = section
    return result


def _section(tree: Mapping[str, Any], key: str) -> Study:
    """A section of a study that nobody has checked; empty where it is none."""
    section = tree.get(key)
    return section if isinstance(section, dict) else {}


def languages_of(method: Mapping[str, Any], study: Mapping[str, Any]) -> list[str]:
    """The languages a method is evaluated in: English for an English one, else the study's.

    Of the languages that a method names only those of the study count.
    """
    if method["setting"] == "english":
        return [ENGLISH]
    wanted = method.get("languages", study["languages"])
    return [code for code in study["languages"] if code in wanted]


def leave_out(study: Study) -> None:
    """Take the methods without a language from a study, and comparisons without a method.

    What was taken is listed under `LEFT_OUT`.
    """
    methods, left_out = study["methods"], []
    for name in [name for name, method in methods.items() if not languages_of(method, study)]:
        del methods[name]
        left_out.append(f"methods.{name}")
    comparisons = study.get("comparisons", {})
    for name, comparison in list(comparisons.items()):
        comparison["methods"] = [method for method in comparison["methods"] if method in methods]
        if not comparison["methods"]:
            del comparisons[name]
            left_out.append(f"comparisons.{name}")
    if left_out:
        study[LEFT_OUT] = left_out


def check_languages(study: Mapping[str, Any]) -> list[str]:
    """What is wrong with the languages of a study, wherever they stand; a line each."""
    problems = []
    world, languages = study["corpus"].get("world"), study["languages"]
    if ENGLISH in languages:
        problems.append("  languages: 'en' is the teacher's language, not one to transfer to.")
    if world is not None:
        spoken = SPOKEN[world.get("vocabulary", "pocket")]
        foreign = [code for code in languages if code in LANGUAGES and code not in spoken]
        if foreign:
            problems.append(
                f"  languages: this study's generated world does not speak {listed(foreign)}, only "
                f"{', '.join(spoken[1:])}. For another language base the study on thesis."
            )
    else:
        problems += [
            f"  languages: {code!r} is invented; only a world speaks it."
            for code in languages
            if code in LANGUAGES and LANGUAGES[code].is_invented
        ]
    problems += _unknown(study)
    control = study.get("control_language")
    if control is not None and control not in languages:
        problems.append(
            f"  control_language: {control!r} is not among the study's languages "
            f"({listed(languages)}). Write another one, or null."
        )
    places = {f"translation.{kind}": study["translation"].get(kind, {}) for kind in BY_LANGUAGE}
    for name, sweep in study.get("sweep", {}).items():
        places[f"sweep.{name}.languages"] = sweep["languages"]
    problems += [
        f"  {place}: {code!r} is not in the study's languages ({listed(languages)})."
        for place, codes in places.items()
        for code in codes
        if code not in languages
    ]
    return problems


def _unknown(study: Mapping[str, Any]) -> list[str]:
    """Codes that are no language's, each with the places that name it."""
    named = {"languages": study["languages"]}
    for name, method in study["methods"].items():
        named[f"methods.{name}.languages"] = method.get("languages", [])
    unknown: dict[str, list[str]] = {}
    for place, codes in named.items():
        for code in codes:
            if code not in LANGUAGES:
                unknown.setdefault(code, []).append(place)
    return [
        f"  {listed(places)}: language {code!r} is not known. Known codes: "
        f"{', '.join(sorted(LANGUAGES))}. A new one is a line in clseave_core/languages.py."
        for code, places in unknown.items()
    ]
