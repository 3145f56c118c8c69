"""Write a pocket world in the formats that a real study downloads."""

import logging
from collections import Counter
from pathlib import Path

import numpy as np

from clseave_core.corpus.pocket.drawing import caption_of, draw_scenes
from clseave_core.corpus.pocket.grammars import say
from clseave_core.corpus.pocket.holding_out import hold_out
from clseave_core.corpus.pocket.logic import evaluate
from clseave_core.corpus.pocket.mistakes import MISTAKEN_LANGUAGES, draw_mistakes
from clseave_core.corpus.pocket.scenes import COVERED, Scenes, sample_scenes
from clseave_core.corpus.pocket.sentences import choose_sentences, formula_of
from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.corpus.pocket.writing import (
    PRETRAINING_FOLDER,
    Said,
    generator_of,
    image_id_of,
    write_captions,
    write_pictures,
)  # fmt: skip
from clseave_core.corpus.schemas import SPLITS
from clseave_core.files import write_json

logger = logging.getLogger(__name__)

# What each stream of random numbers is for; another purpose must not disturb the others.
SCENES, SENTENCES_DRAWN, HELD_OUT, PAIRS, DRAWING, PRETRAINING = range(6)


def write_pretraining(folder: Path, settings: WorldSettings) -> None:
    """Write pictures and captions for CLIP: scenes of their own, none of the study's."""
    seed = settings.world_seed
    count = settings.pretraining_scenes
    scenes = sample_scenes(count, settings, generator_of(seed, PRETRAINING))
    names = [f"{number:06d}" for number in range(len(scenes))]
    pictures = draw_scenes(scenes, settings, generator_of(seed, DRAWING, len(SPLITS)))
    write_pictures(folder / "pictures.zip", names, pictures, settings.jpeg_quality)
    captions = {name: caption_of(scene) for name, scene in zip(names, scenes, strict=True)}
    write_captions(folder / "captions.jsonl", captions)


def scenes_of(settings: WorldSettings) -> dict[str, Scenes]:
    """The scenes [n, cells] of each split."""
    return {
        split: sample_scenes(
            getattr(settings.scenes, split), settings,
            generator_of(settings.world_seed, SCENES, index),
        )
        for index, split in enumerate(SPLITS)
    }  # fmt: skip


def draw_pictures(settings: WorldSettings, target: Path) -> None:
    """Write a zip of every scene's picture: the same bytes for the same settings and Pillow."""
    scenes = scenes_of(settings)
    names = [image_id_of(split, number) for split in SPLITS for number in range(len(scenes[split]))]
    pictures = draw_scenes(
        np.concatenate([scenes[split] for split in SPLITS]),
        settings, generator_of(settings.world_seed, DRAWING),
    )  # fmt: skip
    write_pictures(target, names, pictures, settings.jpeg_quality)


def generate_world(settings: WorldSettings, folder: Path) -> None:
    """Write the world into `folder`, but for its pictures: the same bytes for the same settings.

    `annotations/snli_ve_{split}.jsonl.gz`, `sentences.parquet`, `translations/{lang}.parquet`,
    `pretraining/{pictures.zip,captions.jsonl}`, `world.json`.
    """
    seed = settings.world_seed
    scenes = scenes_of(settings)
    candidates = choose_sentences(settings, generator_of(seed, SENTENCES_DRAWN))
    truths = {
        split: np.stack([evaluate(formula_of(sentence), scenes[split]) for sentence in candidates])
        for split in SPLITS
    }
    # A sentence that the training scenes cannot show with each label is none of this world's.
    usable = np.flatnonzero(
        np.stack([(truths["train"] == value).any(axis=1) for value in range(3)]).all(axis=0)
    )
    sentences = [candidates[number] for number in usable]
    spoken = {
        language: [say(sentence, language) for sentence in sentences]
        for language in ("en", *settings.languages)
    }
    held_out = hold_out(sentences, list(spoken.values()), settings, generator_of(seed, HELD_OUT))
    for language in settings.languages:
        if language in MISTAKEN_LANGUAGES:
            mistakes = draw_mistakes(
                sentences, held_out, MISTAKEN_LANGUAGES[language], settings.world_seed,
                settings.colours, settings.shapes,
            )  # fmt: skip
            for row, mistake in mistakes.items():
                spoken[language][row] = say(mistake.sentence, language)

    said = Said(sentences, spoken, held_out)
    counts = {}
    for index, split in enumerate(SPLITS):
        counts[split], _ = said.write_pairs(
            folder, split, truths[split][usable], (scenes[split] == COVERED).sum(axis=1),
            [getattr(settings.triples, split)] * len(sentences),
            [caption_of(scene) for scene in scenes[split]], generator_of(seed, PAIRS, index),
        )  # fmt: skip
    said.write(folder)
    write_pretraining(folder / PRETRAINING_FOLDER, settings)
    summary = {"sentences": Counter(held_out), "dropped": len(candidates) - len(usable), **counts}
    write_json(folder / "world.json", summary)
    logger.info("The pocket world: %s", summary)
