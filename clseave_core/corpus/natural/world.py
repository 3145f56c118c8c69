"""Write a natural world in the formats that a real study downloads, as the pocket world does."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clseave_core.corpus.natural.drawing import (
    caption_of,
    draw_all,
    draw_scene,
    draw_tile_alone,
    names_of,
    values_by_name,
)
from clseave_core.corpus.natural.grammars import Claim, say
from clseave_core.corpus.natural.nouns import Noun, all_nouns
from clseave_core.corpus.natural.scenes import Objects, draw_partners, sample_scenes
from clseave_core.corpus.natural.sentences import choose_sentences
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.natural.tables import SCENE_CELLS, SENTENCE_NOUNS
from clseave_core.corpus.natural.vocabulary import kind_things, noun_things
from clseave_core.corpus.pocket.holding_out import hold_out
from clseave_core.corpus.pocket.logic import evaluate
from clseave_core.corpus.pocket.scenes import COVERED, EMPTY, Scenes
from clseave_core.corpus.pocket.sentences import formula_of
from clseave_core.corpus.pocket.writing import (
    PRETRAINING_FOLDER,
    Said,
    generator_of,
    image_id_of,
    write_captions,
    write_pictures,
)  # fmt: skip
from clseave_core.corpus.schemas import SPLITS
from clseave_core.files import read_table, write_json, write_table

logger = logging.getLogger(__name__)
WHOLE_PICTURE = ("exists", "absent")
NOT_ABOUT = -1
"""In place of a truth value: the scene has another topic than the sentence."""

# What each stream of random numbers is for; another purpose must not disturb the others.
NOUNS, PARTNERS, SCENES, SENTENCES, HELD_OUT, PAIRS, DRAWING, TILES = range(8)


def choose_nouns(settings: NaturalSettings) -> list[Noun]:
    """The world's nouns, drawn from the table and left in its order. ValueError: it has fewer."""
    table = all_nouns()
    if settings.nouns > len(table):
        raise ValueError(
            f"corpus.world.nouns is {settings.nouns}, but the table has {len(table)} nouns."
        )
    drawn = generator_of(settings.world_seed, NOUNS).choice(
        len(table), settings.nouns, replace=False
    )
    return [table[number] for number in sorted(drawn.tolist())]


def nouns_of(sentence: Claim) -> set[int]:
    """The values of the nouns that a sentence names; kinds name none."""
    return {thing.values()[0] for thing in sentence.things if len(thing.values()) == 1}


def truths_about(
    sentences: Sequence[Claim], scenes: Scenes, topics: Objects
) -> npt.NDArray[np.int8]:
    """Truth values int8 [sentences, scenes], NOT_ABOUT where a noun is named, but not the topic."""
    truths = np.stack([evaluate(formula_of(sentence), scenes) for sentence in sentences])
    for row, sentence in enumerate(sentences):
        if named := nouns_of(sentence):
            truths[row, ~np.isin(topics, list(named))] = NOT_ABOUT
    return truths


def matchable(
    sentences: Sequence[Claim], truths: npt.NDArray[np.int8], covered: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which sentences [sentences] three scenes with equally many covers show with each label.

    That there is a dog anywhere is false (and that there is none true) only where nothing is
    covered, so that these two templates need each label only; with matched scenes alone for the
    others, the covers tell hardly anything of the label.
    """
    shown = np.zeros(len(sentences), dtype=np.bool_)
    for count in np.unique(covered):
        of_count = truths[:, covered == count]
        shown |= np.stack([(of_count == value).any(axis=1) for value in range(3)]).all(axis=0)
    anyhow = np.stack([(truths == value).any(axis=1) for value in range(3)]).all(axis=0)
    whole = np.array([sentence.template in WHOLE_PICTURE for sentence in sentences])
    return shown | (whole & anyhow)


def hold_out_nouns(
    sentences: Sequence[Claim], settings: NaturalSettings, rng: np.random.Generator
) -> tuple[list[str], dict[str, list[int]]]:
    """Hold nouns out with all their sentences: "none", "dev" or "test" each, and the nouns' values.

    A sentence with a noun of dev and one of test belongs to test.
    """
    drawn = rng.permutation(settings.nouns) + 1
    first = settings.held_out_nouns_test
    nouns = {
        "test": sorted(drawn[:first].tolist()),
        "dev": sorted(drawn[first : first + settings.held_out_nouns_dev].tolist()),
    }
    assigned = []
    for sentence in sentences:
        named = nouns_of(sentence)
        held = [kind for kind, values in nouns.items() if named & set(values)]
        assigned.append(held[0] if held else "none")
    return assigned, nouns


def write_naming(
    target: Path, sentences: Sequence[Claim], texts: Sequence[str], by_noun: Sequence[bool],
    nouns: Sequence[Noun],
) -> None:  # fmt: skip
    """Write which nouns each sentence names, and whether it is held out for one of them."""
    columns = {
        "text": texts,
        "nouns": [
            [nouns[value - 1].word.en for value in sorted(nouns_of(sentence))]
            for sentence in sentences
        ],
        "place": [sentence.place for sentence in sentences],
        "held_out_noun": by_noun,
    }
    write_table(target, pa.table(columns, schema=SENTENCE_NOUNS), SENTENCE_NOUNS)


def write_scenes(
    target: Path, scenes: Mapping[str, Scenes], shown: Mapping[str, Sequence[int]],
    nouns: Sequence[Noun],
) -> None:  # fmt: skip
    """Write what the cells of each picture show."""
    drawn = [(split, number) for split in SPLITS for number in shown[split]]
    columns = {
        "image_id": [image_id_of(split, number) for split, number in drawn],
        "cells": [names_of(scenes[split][number], nouns) for split, number in drawn],
    }
    write_table(target, pa.table(columns, schema=SCENE_CELLS), SCENE_CELLS)


def write_tiles(
    folder: Path, nouns: Sequence[Noun], settings: NaturalSettings, workers: int
) -> None:
    """Write single cells for the image tower's training: `tiles` of each noun, covered, empty."""
    values = np.repeat([*range(1, len(nouns) + 1), COVERED, EMPTY], settings.tiles).tolist()
    names = [f"{number:06d}" for number in range(len(values))]
    rng = generator_of(settings.world_seed, TILES)
    pictures = draw_all(draw_tile_alone, values, nouns, settings, rng, workers)
    write_pictures(folder / "pictures.zip", names, pictures, settings.jpeg_quality)
    captions = [caption_of(np.array([value]), nouns).rstrip(".") for value in values]
    write_captions(folder / "tiles.jsonl", dict(zip(names, captions, strict=True)))


def draw_pictures(settings: NaturalSettings, scenes: Path, target: Path, workers: int = 1) -> None:
    """Write a zip of the pictures that the table `scenes` lists, by `workers` threads.

    The same bytes for the same settings, table and Pillow.
    """
    nouns = choose_nouns(settings)
    drawn, values = read_table(scenes, SCENE_CELLS), values_by_name(nouns)
    pictures = draw_all(
        draw_scene, [[values[name] for name in cells] for cells in drawn["cells"]], nouns, settings,
        generator_of(settings.world_seed, DRAWING), workers,
    )  # fmt: skip
    write_pictures(target, drawn["image_id"].tolist(), pictures, settings.jpeg_quality)


def generate_world(settings: NaturalSettings, folder: Path, workers: int = 1) -> None:
    """Write the world into `folder`, but for its pictures: the same bytes for the same settings.

    Single cells are drawn by `workers` threads.

    The pocket world's files, but `pretraining/{pictures.zip,tiles.jsonl}` holds single cells, and
    `nouns.json` says which nouns are held out, `sentence_nouns.parquet` which each sentence names,
    `scenes.parquet` what each picture shows.
    """
    nouns = choose_nouns(settings)
    partners = draw_partners(settings, generator_of(settings.world_seed, PARTNERS))
    sampled = {
        split: sample_scenes(
            getattr(settings.scenes, split), partners, settings,
            generator_of(settings.world_seed, SCENES, index),
        )
        for index, split in enumerate(SPLITS)
    }  # fmt: skip
    candidates = choose_sentences(
        noun_things(nouns), kind_things(nouns), partners, settings,
        generator_of(settings.world_seed, SENTENCES),
    )  # fmt: skip
    truths = {split: truths_about(candidates, *sampled[split]) for split in SPLITS}
    covered = {split: (scenes == COVERED).sum(axis=1) for split, (scenes, _) in sampled.items()}
    fit = {split: matchable(candidates, truths[split], covered[split]) for split in SPLITS}
    # A sentence that the training scenes cannot show with each label is none of this world's.
    usable = np.flatnonzero(fit["train"])
    sentences = [candidates[number] for number in usable]
    spoken = {
        language: [say(sentence, language) for sentence in sentences]
        for language in ("en", *settings.languages)
    }
    generator = generator_of(settings.world_seed, HELD_OUT)
    held_out, held_nouns = hold_out_nouns(sentences, settings, generator)
    rest = [row for row, kind in enumerate(held_out) if kind == "none"]
    others = hold_out(
        [sentences[row] for row in rest],
        [[said[row] for row in rest] for said in spoken.values()],
        settings, generator,
    )  # fmt: skip
    by_noun = [kind != "none" for kind in held_out]
    for row, kind in zip(rest, others, strict=True):
        held_out[row] = kind

    said = Said(sentences, spoken, held_out)
    counts: dict[str, dict[str, int]] = {}
    shown: dict[str, list[int]] = {}
    for index, split in enumerate(SPLITS):
        counts[split], shown[split] = said.write_pairs(
            folder, split, truths[split][usable], covered[split],
            (getattr(settings.triples, split) * fit[split][usable]).tolist(),
            [caption_of(scene, nouns) for scene in sampled[split][0]],
            generator_of(settings.world_seed, PAIRS, index),
        )  # fmt: skip
    said.write(folder)
    write_naming(folder / "sentence_nouns.parquet", sentences, said.texts, by_noun, nouns)
    write_scenes(folder / "scenes.parquet", {s: sampled[s][0] for s in SPLITS}, shown, nouns)
    write_tiles(folder / PRETRAINING_FOLDER, nouns, settings, workers)
    write_json(
        folder / "nouns.json",
        {
            "all": [noun.word.en for noun in nouns],
            **{
                kind: [nouns[value - 1].word.en for value in held_nouns[kind]]
                for kind in held_nouns
            },
        },
    )
    summary = {
        "sentences": Counter(held_out), "held_out_with_a_noun": sum(by_noun),
        "dropped": len(candidates) - len(usable), **counts,
    }  # fmt: skip
    write_json(folder / "world.json", summary)
    logger.info("The natural world: %s", summary)
