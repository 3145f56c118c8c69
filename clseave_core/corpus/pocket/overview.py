"""Pictures of a world for its docs: scenes, hypotheses, labels and translations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from clseave_core.corpus.pocket.drawing import draw_scenes
from clseave_core.corpus.pocket.grammars import say
from clseave_core.corpus.pocket.logic import LABEL_OF_TRUTH, UNKNOWN, evaluate
from clseave_core.corpus.pocket.scenes import sample_scenes
from clseave_core.corpus.pocket.sentences import choose_sentences, formula_of
from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.files import whole_file

SIDE, MARGIN, LINE, WIDTH = 176, 16, 24, 690
INK, PALE = (30, 30, 34), (110, 110, 118)


@dataclass(frozen=True)
class Example:
    """A scene, its label and the hypothesis, (language, text) each."""

    picture: Image.Image
    label: str
    said: Sequence[tuple[str, str]]


def lay_out(examples: Sequence[Example], target: Path, font_path: Path, credit: str = "") -> None:
    """Write a PNG of examples, one below the other, and a line of credit."""
    font, small = ImageFont.truetype(font_path, 17), ImageFont.truetype(font_path, 12)
    height = MARGIN + len(examples) * (SIDE + MARGIN) + (LINE if credit else 0)
    page = Image.new("RGB", (WIDTH, height), "white")
    draw = ImageDraw.Draw(page)
    for number, example in enumerate(examples):
        top = MARGIN + number * (SIDE + MARGIN)
        page.paste(example.picture, (MARGIN, top))
        left = SIDE + 2 * MARGIN
        draw.text((left, top), example.label, font=font, fill=PALE)
        for line, (language, text) in enumerate(example.said, start=1):
            place = (left, top + line * LINE)
            draw.text(place, language, font=font, fill=PALE)
            draw.text((left + 34, place[1]), text, font=font, fill=INK)
    if credit:
        draw.text((MARGIN, height - LINE), credit, font=small, fill=PALE)
    with whole_file(target) as temporary:
        page.save(temporary, "PNG", optimize=True)


def draw_overview(
    settings: WorldSettings, target: Path, font_path: Path, scenes: int = 4, seed: int = 0
) -> None:
    """Draw `scenes` scenes, each beside a hypothesis, its label and its translations, as PNG.

    Labels go round entailment, neutral, contradiction. The font must have the letters of every
    language of `settings`, Chinese, Japanese and Korean ones too (Debian: fonts-wqy-microhei).
    """
    rng = np.random.default_rng(seed)
    values = sample_scenes(200, settings, rng)
    sentences = rng.permutation(np.array(choose_sentences(settings, rng), dtype=object))
    large = replace(settings, pixels=SIDE, noise=settings.noise / 2)
    used: set[str] = set()
    examples = []
    for number in range(scenes):
        wanted = (2 - number) % len(LABEL_OF_TRUTH)
        row, sentence = next(
            (row, sentence)
            for sentence in sentences
            if sentence.template not in used
            for row in range(number * 50, number * 50 + 50)
            if evaluate(formula_of(sentence), values[row : row + 1])[0] == wanted
            and (wanted != UNKNOWN or sentence.place is not None)
        )
        used.add(sentence.template)
        examples.append(
            Example(
                next(iter(draw_scenes(values[row : row + 1], large, rng))),
                LABEL_OF_TRUTH[wanted],
                [(code, say(sentence, code).text) for code in ("en", *settings.languages)],
            )
        )
    lay_out(examples, target, font_path)
