"""The page as text: whole, escaped, the same again, and honest about what a study lacks."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clseave_core.files import write_json
from clseave_core.report.figures.names import FIGURES
from clseave_core.report.page.captions import FIGURE_CAPTIONS
from clseave_core.report.page.rendering import render_report
from clseave_core.report.page.study import PageFiles, PageStudy
from clseave_core.report.page.template_files import template_files
from tests.report.page.made_report import CLTEAVE, ROOT, STUDY, make_report
from tests.report.published_corpus import published_report

ATTACK = "<script>alert(1)</script></script><!--<b>& \u2028"


def rendered(folder: Path, made: tuple[PageStudy, PageFiles]) -> str:
    render_report(folder / "report.html", *made)
    return (folder / "report.html").read_text(encoding="utf-8")


def words(page: str, section: str) -> str:
    """What a section says, without tags."""
    found = re.search(rf'<section id="{section}">(.*?)</section>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).replace("&nbsp;", " ").split())


def test_the_first_screen_says_the_result_and_its_limits(tmp_path: Path) -> None:
    page = rendered(tmp_path, make_report(tmp_path))
    first = " ".join(page.split("<nav")[0].split())

    assert "12 pairs of 12 unseen pictures" in first
    assert "78.00 to 79.75" in first and "[78.00, 82.00]" in first
    assert re.search(r"largest gap is .*2\.00.*\[0\.50, 3\.50\].*in German", first)
    assert "a gap within 1.0 points is shown for Japanese; not shown is not" in first
    assert "Nothing about real languages" in first


def test_a_real_corpus_has_limits_of_its_own(tmp_path: Path) -> None:
    study, files = make_report(tmp_path, study=replace(STUDY, generated=False))
    write_json(files.corpus, published_report())
    page = rendered(tmp_path, (study, replace(files, published=files.claims)))

    assert "machine translations" in page.split("<nav")[0]
    assert "at least 64" in page.split("<nav")[0]
    assert "generated" not in words(page, "limits")
    assert "this generated world" not in words(page, "claims")
    assert "The corpus is SNLI-VE" in words(page, "methods")
    assert "No published value" not in page


def test_a_users_own_corpus_is_not_taken_for_the_published_one(tmp_path: Path) -> None:
    study, files = make_report(tmp_path, study=replace(STUDY, generated=False))
    page = rendered(tmp_path, (study, replace(files, published=files.claims)))

    said = words(page, "accuracy")
    assert "No published value stands beside these results, since the corpus is not" in said
    assert "no number of the thesis corresponds to its own" in words(page, "questions")
    assert "The corpus is the study's own" in words(page, "methods").replace("&#39;", "'")
    assert "Young" not in words(page, "methods")
    assert "64" not in words(page, "limits")
    assert "photographs" not in page.split("<nav")[0]
    assert "published corpus; on this corpus" in words(page, "claims")


def test_a_leaked_first_test_set_is_told_before_its_result(tmp_path: Path) -> None:
    study, files = make_report(tmp_path, compared=False)
    shared = {"images_shared_with_train": 5, "pairs_shared_with_train": 7}
    write_json(files.corpus, {"splits": {"test": {"rows": 12, "images": 12, **shared}}})
    head, *rows = Path(files.accuracy).read_text().splitlines()
    noted = [f"{head},setting_notes", *(f"{row},leaked" for row in rows)]
    Path(files.accuracy).write_text("\n".join(noted) + "\n")
    page = rendered(tmp_path, (study, files))

    counts = "5 of its 12 pictures and 7 of its 12 pairs stand in train"
    first = " ".join(page.split("<nav")[0].split())
    assert f"test is leaked</b>: {counts}" in first
    assert "unseen pictures" not in first
    said = words(page, "accuracy")
    assert f"Test set test is leaked: {counts}. Its rows are ranked and compared" in said
    assert said.count("leaked") == len(rows) + 1
    assert "confirmed" not in words(page, "claims").split("one seed.")[-1]


def test_questions_have_answers_and_tests(tmp_path: Path) -> None:
    said = words(rendered(tmp_path, make_report(tmp_path)), "questions")

    assert said.count("The tests behind it") == 2  # of tokens, and of languages
    assert "from the sentence alone : 33.33 %" in said.replace("alone:", "alone :")
    assert "-38.00 points [-40.00, -36.00]" in said
    assert "all their intervals share a point" in said


def test_rivals_stand_in_the_second_question(tmp_path: Path) -> None:
    rivals = {"rivals": {"reference": "clseave", "methods": ["clteave_direct"]}}
    study, files = make_report(tmp_path, study=replace(STUDY, comparisons=rivals))
    table = tmp_path / "rivals.csv"
    table.write_text(CLTEAVE)

    page = rendered(tmp_path, (study, replace(files, tables=[table])))

    said = words(page, "questions")
    assert "clteave_direct (translate train unlabelled) against clseave : -38.00 points" in said
    assert "behind in 1, undecided in 0, ahead in 0 of 1." in said
    assert "nowhere behind" not in said
    row = "clteave_direct translate train unlabelled clseave 1 0 0 -38.00"
    assert row in words(page, "comparisons")
    assert "Rivals learn from the labels" in words(page, "methods")


def test_a_study_that_lacks_tables_says_so(tmp_path: Path) -> None:
    study, files = make_report(tmp_path, compared=False)
    page = rendered(tmp_path, (study, replace(files, tables=[], figures=[])))

    assert "comparisons.csv was not made" in words(page, "comparisons")
    assert "Not measured in this study" in words(page, "translation")
    assert "no method that aligns tokens" in words(page, "questions")
    assert "This study has no figures" in words(page, "figures")


def test_a_study_without_students_is_rendered(tmp_path: Path) -> None:
    study, files = make_report(tmp_path)
    alone = replace(
        study, main=["clip_ve"], methods={"clip_ve": study.methods["clip_ve"]}, languages=[],
        comparisons={},
    )  # fmt: skip
    english = [path for path in files.predictions if "clip_ve/en" in str(path)]
    page = rendered(
        tmp_path, (alone, replace(files, predictions=english, translations=[], tables=[]))
    )

    assert "trains no student" in page.split("<nav")[0]


def test_text_of_the_data_is_never_markup(tmp_path: Path) -> None:
    study = replace(STUDY, description=ATTACK)
    page = rendered(tmp_path, make_report(tmp_path, text=ATTACK, study=study))

    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "alert(1)</script>" not in page and "<!--" not in page
    assert "&lt;script&gt;alert(1)" in words(page, "run")


def test_the_page_names_no_address_that_is_loaded(tmp_path: Path) -> None:
    page = rendered(tmp_path, make_report(tmp_path))

    assert all(
        address.startswith(("data:", "#"))
        for address in re.findall(r'(?:src|href|action|srcset|poster)="([^"]*)"', page)
    )
    assert "url(" not in page and "@import" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_only_the_times_differ_between_runs(tmp_path: Path) -> None:
    pages = []
    for folder, seconds in ((tmp_path / "a", "90"), (tmp_path / "b", "4711")):
        made = make_report(folder)
        (folder / "benchmarks/train_student/clseave/de/seed0.tsv").write_text(
            f"s\tmax_rss\n{seconds}\t100\n"
        )
        pages.append(rendered(folder, made))

    first, second = (
        re.sub(r"<div id=\"times\".*?</div>\n</section>", "", p, flags=re.DOTALL) for p in pages
    )
    assert pages[0] != pages[1]
    assert first == second


def test_the_page_needs_no_heavy_library() -> None:
    code = (
        "import sys, clseave_core.report.page.rendering as page; "
        "print(sorted({'torch', 'transformers', 'matplotlib'} & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert said.stdout == "[]\n"


def test_every_figure_has_a_caption() -> None:
    assert set(FIGURE_CAPTIONS) == set(FIGURES)


def test_templates_are_listed_for_the_rule() -> None:
    listed = template_files(ROOT)

    assert "clseave_core/report/page/templates/page.js" in listed
    assert all((ROOT / path).is_file() for path in listed)


@pytest.mark.parametrize("number", ["1", "2", "3", "4"])
def test_every_question_has_a_template(number: str) -> None:
    assert f"clseave_core/report/page/templates/parts/answer_{number}.html" in template_files(ROOT)
