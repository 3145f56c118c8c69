"""The font that the page brings along for sentences of the generated worlds."""

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from clseave_core.report.page.font import embedded_font


def test_the_font_stands_in_the_page_and_has_the_letters() -> None:
    rule = embedded_font(["There is a dog.", "有一只狗。", "犬がいる。", "개가 있다."])

    found = re.search(r"base64,([^\"]+)", rule)
    assert found and 'font-family: "CLSEAVE CJK"' in rule
    has = TTFont(BytesIO(base64.b64decode(found[1]))).getBestCmap()
    assert {ord(letter) for letter in "有一只狗。犬がいる개가있다"} <= has.keys()


@pytest.mark.parametrize("texts", [[], ["There is a dog."], ["有一只狗。", "龘"]])
def test_no_font_where_none_is_needed_or_more_is(texts: list[str]) -> None:
    assert embedded_font(texts) == ""
