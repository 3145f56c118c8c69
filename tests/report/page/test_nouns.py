"""The page's section about nouns, of two tables made by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from clseave_core.report.page.nouns import NounAnswers, noun_answers
from clseave_core.report.page.numbers import read_shown
from tests.report.page.made_report import STUDY, make_report
from tests.report.page.test_rendering import rendered, words

NOUNS = """\
testset,method,language,seed,group,n,nouns,accuracy,ci_low,ci_high,noun_critical_n,noun_auc,auc_low,\
auc_high,two_way_accuracy
test,clip_ve,en,0,held_out_nouns,9,2,82.00,80.00,84.00,4,97.00,95.00,99.00,90.00
test,clip_ve,en,1,held_out_nouns,9,2,84.00,80.00,88.00,4,97.00,95.00,99.00,90.00
test,clip_ve,en,mean,held_out_nouns,9,2,83.00,80.00,86.00,4,97.00,95.00,99.00,90.00
test,clseave,de,0,held_out_nouns,9,2,60.00,58.00,62.00,4,60.00,50.00,70.00,50.00
test,clseave,ja,0,held_out_nouns,9,2,64.00,62.00,66.00,4,60.00,50.00,70.00,50.00
test,clseave,de,mean,held_out_nouns,9,2,60.00,58.00,62.00,4,60.00,50.00,70.00,50.00
test,clseave,mean,mean,held_out_nouns,9,2,62.00,61.00,63.00,4,60.00,50.00,70.00,50.00
test,clteave_direct,de,0,held_out_nouns,9,2,70.00,68.00,72.00,,,,,
test,hypothesis_only,en,0,held_out_nouns,9,2,61.00,59.00,63.00,4,50.00,40.00,60.00,50.00
other,clip_ve,en,0,held_out_nouns,9,2,11.00,10.00,12.00,4,97.00,95.00,99.00,90.00
"""
QUESTIONS = """\
testset,question,from_method,to_method,group,language,n,from_accuracy,to_accuracy,difference,\
difference_low,difference_high,from_auc,to_auc,auc_difference,auc_difference_low,\
auc_difference_high
test,wording,clseave,clteave_direct,with_a_noun,de,9,50.00,60.00,10.00,8.00,12.00,55.00,65.00,10.00,5.00,15.00
test,wording,clseave,clteave_direct,with_a_noun,mean,9,50.00,60.00,10.00,9.00,11.00,55.00,65.00,10.00,6.00,14.00
test,words,clteave_direct,clip_ve,with_a_noun,mean,9,60.00,72.00,12.00,10.50,13.50,65.00,70.00,5.00,-1.00,9.00
test,words,clteave_direct,clip_ve,held_out_nouns,mean,9,60.00,66.00,6.00,4.00,8.00,65.00,70.00,5.00,-1.00,9.00
test,text_encoder,clseave,clteave_direct,held_out_nouns,mean,9,62.00,63.00,1.00,-1.00,3.00,60.00,61.00,1.00,-9.00,9.00
test,to_the_teacher,clip_ve,clseave,held_out_nouns,mean,9,82.00,62.00,-20.00,-22.00,-18.00,97.00,60.00,-37.00,-40.00,-30.00
test,to_the_teacher,clip_ve,clteave_direct,held_out_nouns,mean,9,82.00,70.00,-12.00,-14.00,-10.00,,,,,
test,beyond_the_blind,hypothesis_only,clseave,held_out_nouns,mean,9,61.00,62.00,1.00,-1.00,3.00,50.00,60.00,10.00,2.00,18.00
test,beyond_the_blind,hypothesis_only,clteave_direct,held_out_nouns,mean,9,61.00,70.00,9.00,7.00,11.00,,,,,
test,nearest,clteave_direct,clseave,held_out_nouns,mean,9,70.00,62.00,-8.00,-9.00,-7.00,,,,,
"""


@pytest.fixture
def answers(tmp_path: Path) -> NounAnswers:
    for name, content in (("nouns", NOUNS), ("noun_questions", QUESTIONS)):
        (tmp_path / f"{name}.csv").write_text(content)
    found = noun_answers(STUDY, [read_shown(path) for path in sorted(tmp_path.glob("*.csv"))])
    assert found is not None
    return found


def test_a_method_of_several_seeds_or_languages_has_their_mean(answers: NounAnswers) -> None:
    accuracy = {name: of["held_out_nouns"]["accuracy"] for name, of in answers.levels.items()}
    assert accuracy == {
        "clip_ve": "83.00", "clseave": "62.00", "clteave_direct": "70.00",
        "hypothesis_only": "61.00",
    }  # fmt: skip


def test_an_interval_beside_zero_decides(answers: NounAnswers) -> None:
    (wording,) = answers.of("wording")
    assert (wording.value, wording.decided, wording.of_auc) == (10.0, "more", "more")
    (words_,) = answers.of("words", "held_out_nouns")
    assert (words_.decided, words_.of_auc) == ("more", "")
    (encoder,) = answers.of("text_encoder")
    assert encoder.decided == ""
    behind = answers.of("to_the_teacher")[0]
    assert (behind.decided, behind.of_auc) == ("less", "less")
    assert [one.row["language"] for one in answers.of("wording", each=True)] == ["de"]


def test_the_nearest_the_blind_and_who_cannot_be_told_apart(answers: NounAnswers) -> None:
    assert answers.nearest == "clteave_direct"
    assert answers.blind == "hypothesis_only"
    assert answers.as_near == []
    close = [
        row | ({"difference_high": "0.50"} if row["question"] == "nearest" else {})
        for row in answers.rows
    ]
    assert NounAnswers(answers.levels, close).as_near == ["clseave"]


def test_a_study_without_nouns_has_no_such_section(tmp_path: Path) -> None:
    assert noun_answers(STUDY, []) is None
    page = rendered(tmp_path, make_report(tmp_path))
    assert 'id="nouns"' not in page and "#nouns" not in page
    assert "one coloured shape" in words(page, "limits")


def test_the_section_says_what_the_intervals_carry(tmp_path: Path) -> None:
    study, files = make_report(tmp_path)
    for name, content in (("nouns", NOUNS), ("noun_questions", QUESTIONS)):
        (tmp_path / f"{name}.csv").write_text(content)
    tables = [tmp_path / "nouns.csv", tmp_path / "noun_questions.csv", *files.tables]
    page = rendered(tmp_path, (study, replace(files, tables=tables)))
    said = words(page, "nouns")
    assert "hypothesis_only , which reads “thing” for every noun, scores 61.00 [59.00" in said
    assert "clseave 50.00 % → clteave_direct 60.00 % : +10.00 points [9.00, 11.00]" in said
    assert "Which of the two steps adds more cannot be told" in said
    assert "better known, the AUC does not show" in said
    assert "+1.00 points [-1.00, 3.00] , not to be told from zero" in said
    assert "image tower beside one from scratch was not measured" in said
    assert "12.00 [10.00, 14.00] +9.00 [7.00, 11.00]" in said
    assert "More than who knows no noun, by its interval, scores clteave_direct ." in said
    assert "by the noun AUC clseave does" in said
    questions = words(page, "questions")
    assert "Among them are sentences with nouns that stand in no translation" in questions
    assert "Other ways from English to a language stand beside it" in questions
    assert "one design of each thing" in words(page, "limits")
    assert "coloured shape" not in page.split("<nav")[0] + words(page, "limits")
