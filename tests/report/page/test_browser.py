"""The page in a real Chromium, offline: filters, keyboard, phone, and a full test set."""

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from clseave_core.report.page.rendering import render_report
from tests.report.page.made_report import make_report, with_seeds
from tests.report.page.test_rendering import ATTACK

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'"
)
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PAIRS_OF_SNLI_VE = 17_901
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as running:
        # A container's root has no sandbox.
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 12 pairs with two seeds, whose sentences try to be markup."""
    folder = tmp_path_factory.mktemp("small")
    render_report(
        folder / "report.html", *make_report(folder, text=ATTACK, study=with_seeds([0, 1]))
    )
    return folder / "report.html"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of as many pairs as SNLI-VE's test set has."""
    folder = tmp_path_factory.mktemp("full")
    render_report(folder / "report.html", *make_report(folder, pairs=PAIRS_OF_SNLI_VE))
    return folder / "report.html"


class Seen:
    """What the page did beside being shown."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.on("request", lambda request: self.asked.append(request.url))

    @property
    def elsewhere(self) -> list[str]:
        """Requests for anything but the file itself and what stands in it."""
        return [url for url in self.asked[1:] if not url.startswith("data:")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    yield context.new_page()
    context.close()


def shown(page: Page) -> int:
    """How many pairs the filters leave."""
    return int(page.inner_text("#count").split()[0].replace(",", ""))


def test_the_page_asks_for_nothing_and_complains_of_nothing(page: Page, small: Path) -> None:
    seen = Seen(page)

    page.goto(small.as_uri())
    page.wait_for_selector(".pair")
    for section in ("questions", "figures", "examples", "run"):
        page.locator(f"nav a[href='#{section}']").click()
    for details in page.locator(".pair details").all():
        details.locator("summary").click()

    assert seen.asked[0] == small.as_uri()
    assert (seen.said, seen.elsewhere) == ([], [])
    assert page.evaluate(
        "[...document.images].every((image) => image.complete && image.naturalWidth > 0)"
    )


def test_links_lead_to_their_section(page: Page, small: Path) -> None:
    """Pictures that come late must not push it away."""
    page.goto(small.as_uri())
    for section in ("comparisons", "examples"):
        page.locator(f"nav a[href='#{section}']").click()
        page.wait_for_url(f"**#{section}")
        box = page.locator(f"#{section} h2").bounding_box()
        assert box is not None and 0 < box["y"] < 200


def test_text_of_the_data_is_shown_as_text(page: Page, small: Path) -> None:
    seen = Seen(page)
    page.goto(small.as_uri())

    sentence = page.locator(".pair").first.locator("[lang=en]").inner_text()

    assert sentence.startswith("<script>alert(1)</script></script><!--<b>&")
    assert page.locator(".pair script, .pair b").count() == 0
    assert seen.said == []


def test_filters_leave_the_pairs_they_name(page: Page, small: Path) -> None:
    """German is wrong at odd pairs; label 0 stands at 0, 3, 6, 9; every fourth is held out."""
    page.goto(small.as_uri())
    assert page.input_value("#method") == "clseave" and page.input_value("#language") == "de"
    assert shown(page) == 12
    assert "clseave has 50.0 % of them right" in page.inner_text("#count")

    page.select_option("#outcome", "wrong")
    assert shown(page) == 6
    page.select_option("#label", "0")
    assert shown(page) == 2  # 3 and 9
    assert page.locator(".pair h3").all_inner_texts()[0].startswith("Label: entailment")
    page.select_option("#language", "ja")
    assert shown(page) == 0

    page.click("button[type=reset]")
    page.locator("#count", has_text=re.compile("^12 ")).wait_for()
    assert shown(page) == 12 and page.input_value("#language") == "de"
    page.select_option("#held", "1")
    assert shown(page) == 3  # 3, 7 and 11
    page.select_option("#template", label="absent at")
    assert shown(page) == 0
    page.click("button[type=reset]")
    page.locator("#count", has_text=re.compile("^12 ")).wait_for()
    page.select_option("#said", "2")
    assert shown(page) == 4  # 1, 2, 7 and 8
    page.select_option("#said", "any")
    page.fill("#words", "  JA <SCRIPT>ALERT(1)</SCRIPT></SCRIPT><!--<B>& \u2028 3")
    assert shown(page) == 3


def test_a_method_offers_its_own_languages_and_seeds(page: Page, small: Path) -> None:
    page.goto(small.as_uri())
    assert page.locator("#seed option").all_inner_texts() == ["0", "1"]

    page.select_option("#method", "clteave_direct")

    assert page.locator("#language option").all_inner_texts() == ["German"]
    methods = page.locator("#method option").all_inner_texts()
    assert "image_shuffled" not in methods and "clip_ve" in methods


def test_every_model_stands_below_a_pair(page: Page, small: Path) -> None:
    page.goto(small.as_uri())
    pair = page.locator(".pair").nth(1)

    pair.locator("summary").click()

    rows = pair.locator("details tr").all_inner_texts()
    assert [re.split(r"\s+", row)[:4] for row in rows[:2]] == [
        ["clip_ve", "English", "✓", "neutral"], ["clseave", "German", "✗", "contradiction"],
    ]  # fmt: skip
    assert len(rows) == 5  # of one seed


def test_the_keyboard_reaches_everything(page: Page, small: Path) -> None:
    page.goto(small.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"

    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    assert {"method", "language", "seed", "outcome", "label", "said", "template", "held"} <= reached
    assert {"words", "page", "next", "last", "SUMMARY", "A"} <= reached
    page.focus("#outcome")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#outcome") == "wrong" and shown(page) == 6
    page.focus("#words")
    page.keyboard.press("Enter")  # sends nothing anywhere
    assert page.url == small.as_uri()


def test_every_control_and_picture_has_a_name(page: Page, small: Path) -> None:
    page.goto(small.as_uri())

    assert page.evaluate(
        "[...document.querySelectorAll('select, input')].every((one) => one.labels.length === 1)"
    )
    assert page.evaluate("[...document.images].every((image) => image.alt !== '')")
    assert page.locator("#count[role=status]").count() == 1
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(
    browser: Browser, small: Path, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(small.as_uri())
    page.wait_for_selector(".pair")
    for details in page.locator("details").all():
        details.evaluate("(one) => { one.open = true; }")

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert (max(map(int, re.findall(r"\d+", paper))) < 64) == (scheme == "dark")
    # What was done, the result and its limits begin within the first screen.
    boxes = [page.locator(name).bounding_box() for name in ("#done", "#result", "#not")]
    assert all(box is not None and box["y"] < 844 for box in boxes)
    context.close()


def test_print_leaves_out_what_only_a_screen_can_do(page: Page, small: Path) -> None:
    page.goto(small.as_uri())
    page.emulate_media(media="print")

    assert not any(page.locator(name).is_visible() for name in ("nav", "#filters", "#pager"))
    assert page.locator("#accuracy table").is_visible()
    assert not page.locator("#questions summary").first.is_visible()
    page.locator("#questions details").first.evaluate("(one) => { one.open = true; }")
    assert page.locator("#questions summary").first.is_visible()


def test_a_full_test_set_is_one_page_of_pairs_at_a_time(page: Page, full: Path) -> None:
    seen = Seen(page)
    assert full.stat().st_size < 25_000_000

    page.goto(full.as_uri())
    assert shown(page) == PAIRS_OF_SNLI_VE
    page.click("#last")

    assert page.locator(".pair").count() == 1  # 17,901 = 1,790 * 10 + 1
    assert page.is_disabled("#next") and page.is_enabled("#previous")
    page.fill("#page", "400")
    page.keyboard.press("Enter")
    assert page.locator(".pair").count() == 10
    assert page.evaluate("document.querySelectorAll('*').length") < 3000
    page.select_option("#outcome", "wrong")
    assert shown(page) == PAIRS_OF_SNLI_VE // 2
    assert page.input_value("#page") == "1"
    assert (seen.said, seen.elsewhere) == ([], [])
