"""Each rule on numbers made by hand, and what a verdict says of which corpus."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from clseave_core.report.page.claims import RULES, judge
from clseave_core.report.page.evidence import Evidence
from clseave_core.report.page.headline import Gap, Result
from clseave_core.report.page.numbers import Difference
from tests.report.page.made_report import ROOT, STUDY


def result(language: str, low: float, high: float, gap: Gap | None = None) -> Result:
    row = {
        "test_accuracy": f"{(low + high) / 2:.2f}",
        "ci_low": f"{low:.2f}",
        "ci_high": f"{high:.2f}",
    }
    return Result(language, language, row, gap, None)


def evidence(
    results: Mapping[tuple[str, str], Result] | None = None,
    differences: list[Difference] | None = None,
    **more: Any,
) -> Evidence:
    return Evidence(STUDY, results or {}, differences or [], more.get("errors", {}), {
        "dev_mse": {"dimensions": 100, "clseave": {"de": [3.0, 1.5], "nl": [3.0, 1.6]}},
        "claims": more.get("claims", []),
    }, more.get("same_corpus", False), more.get("leaked", False))  # fmt: skip


REACHES = {"kind": "reaches", "method": "clip_ve", "language": "en", "accuracy": 73.0}
EXCEEDS = {
    "kind": "exceeds", "method": "clip_ve", "language": "en", "accuracies": {"A": 70.0, "B": 72.0},
}  # fmt: skip
CHANCE = {"kind": "at_chance", "methods": ["clteave_direct"]}
BEHIND = {"kind": "behind", "methods": ["clteave_direct"], "reference": "clseave"}
SAME = BEHIND | {"kind": "same"}
AHEAD = {"kind": "ahead_of_english", "method": "clseave", "language": "de"}
WITHIN = {"kind": "within", "method": "clseave", "languages": ["de", "ja"], "points": 5}
ORDER = {"kind": "order", "method": "clseave", "groups": [["de"], ["ja"]]}


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict"),
    [
        (REACHES, 72.0, 74.0, "confirmed"),
        (REACHES, 74.0, 75.0, "refuted"),
        (EXCEEDS, 72.5, 74.0, "confirmed"),
        (EXCEEDS, 71.0, 74.0, "cannot be told"),
        (EXCEEDS, 65.0, 69.0, "refuted"),
    ],
)
def test_accuracies_beside_published_ones(
    rule: dict[str, Any], low: float, high: float, verdict: str
) -> None:
    found = RULES[rule["kind"]](rule, evidence({("clip_ve", "en"): result("en", low, high)}))

    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(33.0, 34.0, "confirmed"), (34.0, 36.0, "refuted")]
)
def test_a_guess(low: float, high: float, verdict: str) -> None:
    found = RULES["at_chance"](
        CHANCE, evidence({("clteave_direct", "de"): result("de", low, high)})
    )

    assert found.verdict == verdict
    assert (
        found.numbers[0] == f"clteave_direct, de: {(low + high) / 2:.2f} % [{low:.2f}, {high:.2f}]"
    )


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict"),
    [
        (BEHIND, -3.0, -1.0, "confirmed"),
        (BEHIND, -3.0, 1.0, "cannot be told"),
        (BEHIND, 1.0, 3.0, "refuted"),
        (SAME, -3.0, -1.0, "refuted"),
        (SAME, -1.0, 1.0, "cannot be told"),
    ],
)
def test_differences_of_methods(
    rule: dict[str, Any], low: float, high: float, verdict: str
) -> None:
    apart = Difference("clteave_direct", "clseave", "de", (low + high) / 2, low, high)
    has = {("clteave_direct", "de"): result("de", 40.0, 41.0)}

    assert RULES[rule["kind"]](rule, evidence(has, [apart])).verdict == verdict


@pytest.mark.parametrize(
    ("rule", "german", "japanese", "verdict"),
    [
        (AHEAD, Gap(-1, -2, -0.5), Gap(0, 0, 0), "confirmed"),
        (AHEAD, Gap(-1, -2, 0.5), Gap(0, 0, 0), "cannot be told"),
        (AHEAD, Gap(1, 0.5, 2), Gap(0, 0, 0), "refuted"),
        (AHEAD, Gap(-1), Gap(0), "cannot be told"),
        (WITHIN, Gap(1, 0, 2), Gap(3, 2, 4.9), "confirmed"),
        (WITHIN, Gap(1, 0, 2), Gap(5, 4, 6), "cannot be told"),
        (WITHIN, Gap(1, 0, 2), Gap(7, 6, 8), "refuted"),
        (WITHIN | {"languages": ["de", "ja", "zh"]}, Gap(1, 0, 2), Gap(1, 0, 2), "cannot be told"),
        (WITHIN | {"languages": ["zh"]}, Gap(1, 0, 2), Gap(1, 0, 2), "not measured"),
        (ORDER, Gap(1, 0, 2), Gap(4, 3, 5), "confirmed"),
        (ORDER, Gap(1, 0, 3.5), Gap(4, 3, 5), "cannot be told"),
        (ORDER, Gap(4, 3, 5), Gap(1, 0, 2), "refuted"),
    ],
)
def test_gaps_to_english(rule: dict[str, Any], german: Gap, japanese: Gap, verdict: str) -> None:
    has = {
        ("clseave", "de"): result("de", 70, 71, german),
        ("clseave", "ja"): result("ja", 70, 71, japanese),
    }

    assert RULES[rule["kind"]](rule, evidence(has)).verdict == verdict


@pytest.mark.parametrize("rule", [REACHES, EXCEEDS, CHANCE, BEHIND, SAME, AHEAD, WITHIN, ORDER])
def test_what_a_study_lacks_is_not_measured(rule: dict[str, Any]) -> None:
    assert RULES[rule["kind"]](rule, evidence()).verdict == "not measured"


def test_a_sum_over_dimensions_is_divided() -> None:
    rule = {"kind": "summed", "method": "clseave", "train": [0.0130, 0.0140]}

    errors = {("clseave", "de"): (0.02, 0.025)}
    found = RULES["summed"](rule, evidence(errors=errors, same_corpus=True))

    assert found.verdict == "refuted"
    assert "0.0150 to 0.0160" in found.numbers[0]
    assert found.numbers[1].endswith("train 0.02, dev 0.025")
    elsewhere = RULES["summed"](rule, evidence(errors=errors))
    assert (elsewhere.verdict, len(elsewhere.numbers)) == ("refuted", 1)


CLAIM = {"text": "It is ahead.", "reference": {"table": "1", "page": 2}, "rule": AHEAD}
HAS = {("clseave", "de"): result("de", 70, 71, Gap(-1, -2, -0.5))}


def test_a_generated_world_gives_no_verdict_on_real_languages() -> None:
    (judged,) = judge(evidence(HAS, claims=[CLAIM]))

    assert (judged.verdict, judged.here) == ("cannot be told", "confirmed")
    assert judged.where == "Table 1, p. 2"


def test_the_published_corpus_gives_one() -> None:
    study = replace(STUDY, generated=False)
    found = replace(evidence(HAS, claims=[CLAIM], same_corpus=True), study=study)

    (judged,) = judge(found)

    assert (judged.verdict, judged.here) == ("confirmed", None)
    assert "The protocol is not in every point the published one." in judged.limits


def test_a_users_own_corpus_gives_no_verdict_on_the_published_one() -> None:
    claims = [CLAIM, CLAIM | {"rule": REACHES}]
    has = HAS | {("clip_ve", "en"): result("en", 72, 74)}

    gap, number = judge(
        replace(evidence(has, claims=claims), study=replace(STUDY, generated=False))
    )

    assert (gap.verdict, gap.here) == ("cannot be told", "confirmed")
    assert (number.verdict, number.here, number.numbers) == ("cannot be told", None, [])


def test_a_leaked_test_set_gives_no_verdict() -> None:
    (judged,) = judge(evidence(HAS, claims=[CLAIM], same_corpus=True, leaked=True))

    assert (judged.verdict, judged.here, judged.numbers) == ("cannot be told", None, [])
    assert "shares pictures or pairs with train" in judged.limits[-1]


def test_a_number_of_snli_ve_has_no_counterpart_elsewhere() -> None:
    claim = CLAIM | {"rule": REACHES}

    (judged,) = judge(evidence({("clip_ve", "en"): result("en", 72, 74)}, claims=[claim]))

    assert (judged.verdict, judged.here, judged.numbers) == ("cannot be told", None, [])


def test_every_rule_of_the_schema_exists() -> None:
    path = ROOT / "clseave_core/report/published/published.schema.yaml"
    kinds = yaml.safe_load(path.read_text())["$defs"]["rule"]["properties"]["kind"]["enum"]

    assert set(kinds) == set(RULES)
