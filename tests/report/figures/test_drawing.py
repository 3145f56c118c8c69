"""Every figure, drawn from made-up studies: legible for 1 or 20 languages, the same bytes again."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from clseave_core.files import write_json
from clseave_core.languages import LANGUAGES
from clseave_core.report.figures.names import FIGURES
from clseave_core.report.figures.study_figures import draw_figure
from clseave_core.report.figures.style import look_of, project_style, save_figure
from tests.report.figures.made_study import make_study
from tests.report.published_corpus import published_report

FIVE = ["de", "nl", "ja", "ko", "zh"]
TWENTY = [code for code in LANGUAGES if code != "en"][:20]
STUDIES: dict[str, dict[str, Any]] = {
    "one seed": {"languages": FIVE, "seeds": [0], "published": False},
    "published": {"languages": FIVE, "seeds": [0], "published": True},
    "three seeds": {"languages": FIVE, "seeds": [0, 1, 2], "published": True},
    "one language": {"languages": ["de"], "seeds": [0], "published": False},
    "unknown distance": {"languages": ["fr"], "seeds": [0], "published": True},
    "no templates": {"languages": FIVE, "seeds": [0], "published": True, "templates": False},
    "two test sets": {
        "languages": FIVE, "seeds": [0, 1], "published": True, "testsets": ["test", "translated"],
    },
    "twenty languages": {"languages": TWENTY, "seeds": [0], "published": True},
}  # fmt: skip

SLOW = {"three seeds", "two test sets", "twenty languages"}


@pytest.fixture
def style() -> Iterator[None]:
    with project_style():
        yield


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Bbox]]:
    """Each text that the renderer draws, with the box that it takes on the canvas in pixels."""
    figure.draw_without_rendering()
    found: dict[int, tuple[str, Bbox]] = {}
    draw = Text.draw

    def record(self: Text, renderer: Any, *arguments: Any, **options: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            box = Text.get_window_extent(self, renderer)
            found[id(self)] = (self.get_text(), box)
        draw(self, renderer, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.canvas.draw()
    return list(found.values())


def faults(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that leave the canvas, and pairs of texts that lie on each other."""
    texts = drawn_texts(figure, monkeypatch)
    canvas = figure.bbox
    found = [
        f"{text!r} leaves the canvas"
        for text, box in texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > canvas.x1 or box.y1 > canvas.y1
    ]
    for (text, box), (other_text, other) in itertools.combinations(texts, 2):
        shared = Bbox.intersection(box, other)
        if shared is not None and shared.width > 1 and shared.height > 1:
            found.append(f"{text!r} lies on {other_text!r}")
    return found


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in STUDIES],
)
def test_every_figure_is_legible(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_study(tmp_path, **STUDIES[name])
    found = {figure: faults(draw_figure(figure, files), monkeypatch) for figure in FIGURES}
    assert found == {figure: [] for figure in FIGURES}


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [[0], [0, 1, 2]])
def test_every_figure_is_the_same_bytes_again(seeds: list[int], tmp_path: Path) -> None:
    files = make_study(tmp_path / "study", ["de", "ja"], seeds, published=True)
    for run in ("first", "second"):
        with project_style():
            for name in FIGURES:
                target = tmp_path / run / name
                save_figure(draw_figure(name, files), f"{target}.svg", f"{target}.png")
    first = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert len(first) == 2 * len(FIGURES)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert b"<dc:date>" not in first["accuracy.svg"]


def test_a_user_style_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    files = make_study(tmp_path / "study", ["de"], [0], published=False)
    written = []
    for size in (8.0, 20.0):
        monkeypatch.setitem(matplotlib.rcParams, "font.size", size)
        with project_style():
            save_figure(draw_figure("accuracy", files), tmp_path / "a.svg", tmp_path / "a.png")
        written.append((tmp_path / "a.svg").read_bytes())
        assert matplotlib.rcParams["font.size"] == size
    assert written[0] == written[1]


@pytest.mark.usefixtures("style")
def test_a_figure_without_numbers_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = make_study(tmp_path, ["fr"], [0], published=False, templates=False)

    def said(name: str) -> str:
        figure = draw_figure(name, files)
        return "\n".join(text for text, _ in drawn_texts(figure, monkeypatch))

    assert "This corpus has no templates." in said("accuracy_by_template")
    assert "No distance from English is known" in said("accuracy_by_distance")


@pytest.mark.usefixtures("style")
def test_the_distances_carry_their_warning_and_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_study(tmp_path, [*FIVE, "fr"], [0], published=False)
    texts = [
        text for text, _ in drawn_texts(draw_figure("accuracy_by_distance", files), monkeypatch)
    ]
    assert any("five languages carry no correlation" in text for text in texts)
    assert any("no distance is published: French" in text for text in texts)
    assert {name: texts.count(name) for name in ("German", "Dutch", "Korean")} == {
        "German": 6, "Dutch": 6, "Korean": 6,
    }  # fmt: skip


def test_every_language_has_its_own_look() -> None:
    looks = [(look_of(code).colour, look_of(code).marker) for code in LANGUAGES]
    assert len(set(looks)) == len(LANGUAGES)
    with pytest.raises(ValueError, match="language 'xx' is not known"):
        look_of("xx")


def test_an_unknown_figure_is_an_error(tmp_path: Path) -> None:
    files = make_study(tmp_path, ["de"], [0], published=False)
    with pytest.raises(KeyError, match="figure_9"):
        draw_figure("figure_9", files)


_WITH_PUBLISHED = (
    "figure_2_1_label_distribution", "figure_3_2_clip_ve_curves", "figure_4_1_student_training",
)  # fmt: skip


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("own", [False, True])
def test_no_published_number_is_drawn_beside_another_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    files = make_study(tmp_path, ["de"], [0], published=True)
    if own:
        report = published_report()
        report["splits"]["train"]["rows"] = 2
        write_json(files.report, report)
    for name in _WITH_PUBLISHED:
        texts = drawn_texts(draw_figure(name, files), monkeypatch)
        assert any("published" in text.lower() for text, _ in texts) != own, name


@pytest.mark.usefixtures("style")
def test_figures_of_a_leaked_test_set_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_study(tmp_path, ["de"], [0], published=False)
    shared = {"rows": 9, "images": 4, "images_shared_with_train": 3, "pairs_shared_with_train": 0}
    files.corpus_report["splits"]["test"] |= shared
    table = pd.read_csv(files.table, dtype=str).assign(setting_notes="leaked")
    table.to_csv(files.table, index=False)
    for name in ("accuracy", "confusion", "accuracy_by_length", "teacher_agreement"):
        texts = drawn_texts(draw_figure(name, files), monkeypatch)
        assert any("test (leaked)" in text for text, _ in texts), name
