"""Verdicts on published claims: each claim names a rule, and the study's tables decide it.

A rule looks at 95 % intervals alone. It says `confirmed` or `refuted` where they leave no doubt,
`cannot be told` where they do, and `not measured` where the study lacks what it needs. What a
generated world or another corpus says is shown as what it is, and never taken for a verdict on the
languages and pictures that the claim is about.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from clseave_core.report.page.evidence import Evidence
from clseave_core.report.page.headline import CHANCE, Result
from clseave_core.report.page.numbers import Difference, between
from clseave_core.report.page.study import language_name
from clseave_core.report.published import where

Verdict = Literal["confirmed", "refuted", "cannot be told", "not measured"]
Rule = Mapping[str, Any]

INDEPENDENT = ("summed", "undecidable")
"""Rules whose verdict does not depend on which corpus was measured."""
_NUMBER_OF_THE_CORPUS = ("reaches", "exceeds")
"""Rules that compare with a number of the published corpus."""


@dataclass(frozen=True)
class Finding:
    """What the study's numbers say, and which numbers: one line each."""

    verdict: Verdict
    numbers: Sequence[str] = ()


@dataclass(frozen=True)
class Judged:
    """A claim with the verdict on it.

    `here` is what this study alone says, None where it is the verdict itself. `numbers` are lines
    of text, `limits` what the verdict leaves open.
    """

    text: str
    where: str
    verdict: Verdict
    here: Verdict | None
    numbers: Sequence[str]
    limits: Sequence[str]


def judge(evidence: Evidence) -> list[Judged]:
    """Every claim of the published file, in its order."""
    return [_judge(claim, evidence) for claim in evidence.published.get("claims", [])]


def _judge(claim: Mapping[str, Any], evidence: Evidence) -> Judged:
    rule, study = claim["rule"], evidence.study
    same_corpus = evidence.same_corpus
    limits = [claim["limits"]] if "limits" in claim else []
    kind = rule["kind"]
    untold = ""
    if evidence.leaked and kind not in INDEPENDENT:
        untold = "The study's first test set shares pictures or pairs with train: no evidence."
    elif kind in _NUMBER_OF_THE_CORPUS and not same_corpus:
        untold = "The number is one of SNLI-VE; on another corpus nothing corresponds to it."
    if untold:
        limits.append(untold)
        return Judged(claim["text"], where(claim["reference"]), "cannot be told", None, [], limits)
    found = RULES[kind](rule, evidence)
    if same_corpus and kind not in INDEPENDENT:
        limits.append("The translations are not the published files.")
        if study.name != evidence.published.get("protocol"):
            limits.append("The protocol is not in every point the published one.")
    if same_corpus or kind in INDEPENDENT or found.verdict == "not measured":
        verdict, here = found.verdict, None
    else:
        verdict, here = "cannot be told", found.verdict
    return Judged(claim["text"], where(claim["reference"]), verdict, here, found.numbers, limits)


def _reaches(rule: Rule, evidence: Evidence) -> Finding:
    """The published accuracy lies in our interval."""
    result = evidence.results.get((rule["method"], rule["language"]))
    if result is None:
        return Finding("not measured")
    numbers = [_accuracy(rule["method"], result)]
    if not result.has_interval:
        return Finding("cannot be told", numbers)
    inside = result.low <= rule["accuracy"] <= result.high
    return Finding("confirmed" if inside else "refuted", numbers)


def _exceeds(rule: Rule, evidence: Evidence) -> Finding:
    """Our interval lies above every other system's accuracy."""
    result = evidence.results.get((rule["method"], rule["language"]))
    if result is None:
        return Finding("not measured")
    others = rule["accuracies"]
    numbers = [_accuracy(rule["method"], result)]
    numbers += [f"{name}: {value:.2f} % (published)" for name, value in others.items()]
    if not result.has_interval:
        return Finding("cannot be told", numbers)
    return Finding(
        _all_or_none([_sign(result.low - value, result.high - value) for value in others.values()]),
        numbers,
    )


def _at_chance(rule: Rule, evidence: Evidence) -> Finding:
    """Every interval holds the accuracy of a guess."""
    found = [
        (method, result)
        for method in rule["methods"]
        for language in evidence.languages(method)
        if (result := evidence.results[method, language])
    ]
    if not found:
        return Finding("not measured")
    inside = [result.low <= CHANCE <= result.high for _, result in found]
    numbers = [_accuracy(method, result) for method, result in found]
    numbers.append(f"a guess: {CHANCE:.2f} %")
    if not all(result.has_interval for _, result in found):
        return Finding("cannot be told", numbers)
    return Finding("confirmed" if all(inside) else "refuted", numbers)


def _behind(rule: Rule, evidence: Evidence) -> Finding:
    """Every method scores less than the reference in every language."""
    found = _against_reference(rule, evidence)
    if not found:
        return Finding("not measured")
    signs = [_sign(-one.high, -one.low) for one in found]
    return Finding(_all_or_none(signs), [_difference(one) for one in found])


def _same(rule: Rule, evidence: Evidence) -> Finding:
    """No method differs from the reference; a difference refutes it, its absence proves nothing."""
    found = _against_reference(rule, evidence)
    if not found:
        return Finding("not measured")
    apart = any(_sign(one.low, one.high) for one in found)
    return Finding("refuted" if apart else "cannot be told", [_difference(one) for one in found])


def _ahead_of_english(rule: Rule, evidence: Evidence) -> Finding:
    """The gap to English is negative."""
    result = evidence.results.get((rule["method"], rule["language"]))
    if result is None or result.gap is None:
        return Finding("not measured")
    low, high = result.gap.low, result.gap.high
    if low is None or high is None:
        return Finding("cannot be told", [_gap(result)])
    return Finding(_all_or_none([_sign(-high, -low)]), [_gap(result)])


def _within(rule: Rule, evidence: Evidence) -> Finding:
    """Every gap to English is smaller than so many points, in all the languages of the claim."""
    wanted = rule["languages"]
    results = [one for one in _with_gaps(rule["method"], evidence) if one.language in wanted]
    if not results:
        return Finding("not measured")
    numbers = [_gap(result) for result in results]
    gaps = [result.gap for result in results if result.gap]
    if any(gap.low is None or gap.high is None for gap in gaps):
        return Finding("cannot be told", numbers)
    points = rule["points"]
    signs = [_sign(points - (gap.high or 0.0), points - (gap.low or 0.0)) for gap in gaps]
    if -1 in signs:
        return Finding("refuted", numbers)
    whole = len(results) == len(wanted)
    return Finding(_all_or_none(signs) if whole else "cannot be told", numbers)


def _order(rule: Rule, evidence: Evidence) -> Finding:
    """Each group's gaps to English lie below those of the next group.

    Intervals of gaps to one English model are compared with each other, so that touching ones are
    left undecided: careful, as the languages share their pairs.
    """
    results = {result.language: result for result in _with_gaps(rule["method"], evidence)}
    groups = [[results[code] for code in group if code in results] for group in rule["groups"]]
    if not all(groups):
        return Finding("not measured")
    numbers = [_gap(result) for group in groups for result in group]
    signs = []
    for first, second in pairwise(groups):
        for near in first:
            for far in second:
                if near.gap is None or far.gap is None:
                    continue
                ends = (near.gap.low, near.gap.high, far.gap.low, far.gap.high)
                if any(end is None for end in ends):
                    return Finding("cannot be told", numbers)
                near_low, near_high, far_low, far_high = (end or 0.0 for end in ends)
                signs.append(_sign(far_low - near_high, far_high - near_low))
    return Finding("refuted" if -1 in signs else _all_or_none(signs), numbers)


def _summed(rule: Rule, evidence: Evidence) -> Finding:
    """The published dev error is a sum over dimensions: per dimension it is near the train error.

    Refuted where every published dev error, divided, is less than half as much again as the
    smaller train error; ours on the same corpus stand beside it, measured alike.
    """
    table = evidence.published["dev_mse"]
    size, method = table["dimensions"], rule["method"]
    divided = {code: values[-1] / size for code, values in table[method].items()}
    low, high = min(divided.values()), max(divided.values())
    train_low, train_high = rule["train"]
    numbers = [
        f"published dev MSE divided by {size} dimensions: {low:.4f} to {high:.4f}, beside a train "
        f"MSE of {train_low:g} to {train_high:g}"
    ]
    for code in evidence.study.languages:
        if evidence.same_corpus and (method, code) in evidence.errors:
            train, dev = evidence.errors[method, code]
            numbers.append(
                f"{method}, {language_name(code)}, per dimension and without dropout: train "
                f"{train:.4g}, dev {dev:.4g}"
            )
    return Finding("refuted" if high < 1.5 * train_low else "cannot be told", numbers)


def _undecidable(rule: Rule, evidence: Evidence) -> Finding:
    """A claim that no study of this design can decide, with the reason."""
    return Finding("cannot be told", [rule["reason"]])


RULES: dict[str, Callable[[Rule, Evidence], Finding]] = {
    "reaches": _reaches,
    "exceeds": _exceeds,
    "at_chance": _at_chance,
    "behind": _behind,
    "same": _same,
    "ahead_of_english": _ahead_of_english,
    "within": _within,
    "order": _order,
    "summed": _summed,
    "undecidable": _undecidable,
}
"""Every rule that a claim may name; the schema of published values lists them too."""


def _sign(low: float, high: float) -> int:
    """1 for an interval above zero, -1 for one below, 0 for one that holds it."""
    return 1 if low > 0 else -1 if high < 0 else 0


def _all_or_none(signs: Iterable[int]) -> Verdict:
    """Confirmed if all are 1, refuted if all are -1 or some are and none is 1, else open."""
    found = set(signs)
    if found == {1}:
        return "confirmed"
    return "refuted" if -1 in found and 1 not in found else "cannot be told"


def _against_reference(rule: Rule, evidence: Evidence) -> list[Difference]:
    reference = rule["reference"]
    return [
        found
        for method in rule["methods"]
        for language in evidence.languages(method)
        if (found := between(evidence.differences, method, reference, language))
    ]


def _with_gaps(method: str, evidence: Evidence) -> list[Result]:
    results = [evidence.results[method, code] for code in evidence.languages(method)]
    return [result for result in results if result.gap is not None]


def _accuracy(method: str, result: Result) -> str:
    row = result.row
    interval = f" [{row['ci_low']}, {row['ci_high']}]" if row["ci_low"] else ""
    return f"{method}, {result.name}: {row['test_accuracy']} %{interval}"


def _difference(one: Difference) -> str:
    return (
        f"{one.method} against {one.reference}, {language_name(one.language)}: {one.value:+.2f} "
        f"points [{one.low:.2f}, {one.high:.2f}]"
    )


def _gap(result: Result) -> str:
    gap = result.gap
    if gap is None:
        return f"{result.name}: no gap"
    interval = "" if gap.low is None else f" [{gap.low:.2f}, {gap.high:.2f}]"
    return f"{result.name}: {gap.value:.2f} points behind English{interval}"
