"""The picture in docs/natural.md: scenes, hypotheses in every language, labels and the credit."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from clseave_core.corpus.natural.drawing import CREDIT, draw_scenes
from clseave_core.corpus.natural.grammars import say
from clseave_core.corpus.natural.scenes import draw_partners, sample_scenes
from clseave_core.corpus.natural.sentences import choose_sentences
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.natural.vocabulary import kind_things, noun_things
from clseave_core.corpus.natural.world import choose_nouns, nouns_of, truths_about
from clseave_core.corpus.pocket.logic import LABEL_OF_TRUTH
from clseave_core.corpus.pocket.overview import SIDE, Example, lay_out
from clseave_core.corpus.pocket.scenes import COVERED, EMPTY


def draw_overview(
    settings: NaturalSettings, target: Path, font_path: Path, scenes: int = 4, seed: int = 0
) -> None:
    """Draw `scenes` scenes, each beside a hypothesis about nouns, its label and its translations.

    Labels go round entailment, neutral, contradiction. The font must have the letters of every
    language of `settings` (Debian: fonts-wqy-microhei).
    """
    rng = np.random.default_rng(seed)
    nouns = choose_nouns(settings)
    partners = draw_partners(settings, rng)
    sentences = choose_sentences(noun_things(nouns), kind_things(nouns), partners, settings, rng)
    named = [sentence for sentence in sentences if nouns_of(sentence)]
    chosen = [named[number] for number in rng.permutation(len(named))[:400]]
    values, topics = sample_scenes(2000, partners, settings, rng)
    # One cover at most and hardly an empty cell: there should be something to look at
    rich = ((values == COVERED).sum(axis=1) <= 1) & ((values == EMPTY).sum(axis=1) == 0)
    values, topics = values[rich], topics[rich]
    truths = truths_about(chosen, values, topics)
    large = replace(settings, pixels=SIDE, noise=settings.noise / 2)
    used: set[str] = set()
    examples = []
    for number in range(scenes):
        wanted = (2 - number) % len(LABEL_OF_TRUTH)
        row, scene = next(
            (row, scene)
            for row, scene in np.argwhere(truths == wanted)
            if chosen[row].template not in used
        )
        sentence = chosen[row]
        used.add(sentence.template)
        examples.append(
            Example(
                next(draw_scenes(values[scene : scene + 1], nouns, large, rng)),
                LABEL_OF_TRUTH[wanted],
                [(code, say(sentence, code).text) for code in ("en", *settings.languages)],
            )
        )
    lay_out(examples, target, font_path, CREDIT)
