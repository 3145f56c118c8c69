"""A small natural world: held-out nouns, balance, matched covers, the same bytes."""

import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from clseave_core.corpus.natural.drawing import draw_scene, glyph
from clseave_core.corpus.natural.grammars import Claim
from clseave_core.corpus.natural.nouns import all_nouns
from clseave_core.corpus.natural.scenes import draw_partners, sample_scenes
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.natural.vocabulary import kind_things, noun_things
from clseave_core.corpus.natural.world import (
    NOT_ABOUT,
    choose_nouns,
    draw_pictures,
    generate_world,
    matchable,
    truths_about,
)
from clseave_core.corpus.pocket.scenes import COVERED, EMPTY
from clseave_core.corpus.schemas import SENTENCES
from clseave_core.files import read_json, read_table

WORLD: dict[str, Any] = {
    "vocabulary": "natural", "world_seed": 7, "nouns": 12,
    "covered_cells": [0.3, 0.5, 0.2], "empty": 0.15, "topic": 0.4, "partner": 0.4, "partners": 2,
    "scenes": {"train": 400, "dev": 150, "test": 150},
    "noun_sentences": {
        "exists": 6, "absent": 6, "exists_at": 30, "absent_at": 30, "related": 12, "both": 6,
    },
    "kind_sentences": {"exists_at": 8, "absent_at": 8},
    "triples": {"train": 3, "dev": 1, "test": 1},
    "held_out_nouns_dev": 2, "held_out_nouns_test": 3, "held_out_dev": 0.1, "held_out_test": 0.1,
    "tiles": 2, "pixels": 32, "glyph": [0.6, 0.9], "turn": 20.0, "noise": 4.0, "jpeg_quality": 90,
}  # fmt: skip
SETTINGS = NaturalSettings.from_mapping(WORLD, ("de", "ja"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("natural")
    generate_world(SETTINGS, folder)
    draw_pictures(SETTINGS, folder / "scenes.parquet", folder / "pictures.zip")
    return folder


def rows_of(world: Path, split: str) -> list[dict[str, str]]:
    with gzip.open(world / "annotations" / f"snli_ve_{split}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def test_every_noun_of_the_table_has_a_picture_of_its_own_in_the_font() -> None:
    of_no_character = glyph("\U0010fffd")
    drawn = [of_no_character, *(glyph(noun.character) for noun in all_nouns())]
    assert all(min(picture.size) > 20 for picture in drawn)
    assert len({picture.tobytes() for picture in drawn}) == len(drawn)


def test_each_sentence_has_each_label_equally_often_in_each_split(world: Path) -> None:
    for split in ("train", "dev", "test"):
        counts = Counter((row["sentence2"], row["gold_label"]) for row in rows_of(world, split))
        for sentence in {sentence for sentence, _ in counts}:
            of_label = [
                counts[sentence, label] for label in ("entailment", "neutral", "contradiction")
            ]
            assert len(set(of_label)) == 1


def test_covers_do_not_tell_the_label_but_in_sentences_about_the_whole_picture(
    world: Path,
) -> None:
    table = read_table(world / "sentences.parquet", SENTENCES).set_index("text")
    covers: Counter[tuple[str, str, int]] = Counter()
    for row in rows_of(world, "train"):
        if table["template"][row["sentence2"]] not in ("exists", "absent"):
            covered = row["sentence1"].count("covered tile")
            covers[row["sentence2"], row["gold_label"], covered] += 1
    assert covers
    for (sentence, _, covered), count in covers.items():
        assert covers[sentence, "entailment", covered] == count
        assert covers[sentence, "neutral", covered] == count


def test_a_held_out_noun_is_in_no_sentence_that_students_learn(world: Path) -> None:
    table = read_table(world / "sentences.parquet", SENTENCES)
    nouns = read_json(world / "nouns.json")
    assert (len(nouns["all"]), len(nouns["dev"]), len(nouns["test"])) == (12, 2, 3)
    assert not set(nouns["dev"]) & set(nouns["test"])
    words = {noun.word.en: noun.word for noun in all_nouns()}
    held = {form for name in nouns["dev"] + nouns["test"] for form in (name, words[name].en_plural)}
    open_to_all = table.loc[table["held_out"] == "none", "text"]
    assert not [text for text in open_to_all if any(f" {form}" in text for form in held)]
    seen = {row["sentence2"] for split in ("dev", "test") for row in rows_of(world, split)}
    for other, split in (("test", "dev"), ("dev", "test")):
        wrong = set(table.loc[table["held_out"] == other, "text"])
        assert not wrong & {row["sentence2"] for row in rows_of(world, split)}
    assert seen <= set(table["text"])


def test_only_scenes_that_a_pair_needs_are_drawn(world: Path) -> None:
    with zipfile.ZipFile(world / "pictures.zip") as archive:
        drawn = {name.removesuffix(".jpg") for name in archive.namelist()}
    named = {row["Flickr30K_ID"] for s in ("train", "dev", "test") for row in rows_of(world, s)}
    assert drawn == named


def test_no_picture_is_in_two_splits(world: Path) -> None:
    splits = ("train", "dev", "test")
    with zipfile.ZipFile(world / "pictures.zip") as archive:
        pictures = [
            {archive.read(f"{row['Flickr30K_ID']}.jpg") for row in rows_of(world, split)}
            for split in splits
        ]
    assert len(set().union(*pictures)) == sum(map(len, pictures))


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_settings_give_the_same_bytes(world: Path, tmp_path: Path, workers: int) -> None:
    generate_world(SETTINGS, tmp_path, workers)
    draw_pictures(SETTINGS, tmp_path / "scenes.parquet", tmp_path / "pictures.zip", workers)
    files = sorted(path.relative_to(world) for path in world.rglob("*") if path.is_file())
    assert len(files) >= 9
    for file in files:
        assert (world / file).read_bytes() == (tmp_path / file).read_bytes(), file


def test_tiles_show_every_noun_covers_and_nothing(world: Path) -> None:
    lines = (world / "pretraining" / "tiles.jsonl").read_text(encoding="utf-8").splitlines()
    captions = Counter(json.loads(line)["caption"] for line in lines)
    names = {noun.word.en for noun in choose_nouns(SETTINGS)}
    assert captions == dict.fromkeys([*names, "covered tile", "empty space"], 2)


def test_partners_are_mutual_and_scenes_show_them() -> None:
    partners = draw_partners(SETTINGS, np.random.default_rng(0))
    for noun, of_noun in enumerate(partners, start=1):
        assert noun not in of_noun
        assert len(set(of_noun.tolist())) == 2
        assert all(noun in partners[value - 1] for value in of_noun)
    scenes, topics = sample_scenes(6000, partners, SETTINGS, np.random.default_rng(1))
    assert Counter(topics.tolist()) == dict.fromkeys(range(1, 13), 500)
    objects = scenes > EMPTY
    of_topic = (scenes == topics[:, None])[objects].mean()
    assert of_topic == pytest.approx(0.4 + 0.2 / 12, abs=0.02)


def test_a_sentence_is_judged_in_scenes_with_its_topic_only() -> None:
    nouns = choose_nouns(SETTINGS)
    dog, cat = noun_things(nouns)[:2]
    scenes = np.array([[1, 0, 0, 0], [2, 1, 0, 0], [1, 0, 0, 0], [0, COVERED, 0, 0]])
    topics = np.array([1, 2, 3, 1])
    at = Claim("exists_at", (dog,), place="top left")
    picture = Claim("exists_at", (kind_things(nouns)[-1],), place="top left")
    beside = Claim("related", (dog, cat), relation="right of")
    truths = truths_about([at, picture, beside], scenes, topics)
    assert truths.tolist() == [[2, NOT_ABOUT, NOT_ABOUT, 0], [2, 2, 2, 0], [0, 2, NOT_ABOUT, 0]]


def test_a_sentence_needs_three_labels_under_equally_many_covers() -> None:
    dog = noun_things(choose_nouns(SETTINGS))[0]
    claims = [
        Claim("exists_at", (dog,), place="top left"), Claim("exists", (dog,)),
        Claim("absent_at", (dog,), place="top left"),
    ]  # fmt: skip
    truths = np.array([[0, 1, 2], [0, 1, 2], [2, 1, 0]], dtype=np.int8)
    covered = np.array([0, 1, 1])
    assert matchable(claims, truths, covered).tolist() == [False, True, False]
    assert matchable(claims, truths, np.array([1, 1, 1])).tolist() == [True, True, True]


def test_a_glyph_is_whole_however_it_is_turned() -> None:
    settings = NaturalSettings.from_mapping(
        WORLD | {"pixels": 256, "noise": 0.0, "glyph": [0.9, 0.9], "turn": 180.0}, ()
    )
    nouns = [choose_nouns(settings)[0]]
    picture = draw_scene([1, 0, 0, 0], nouns, settings, np.random.default_rng(3))
    cell = np.asarray(picture.crop((0, 0, 128, 128)), dtype=int)
    dark = cell.min(axis=2) < 100
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    spread = max(np.ptp(rows), np.ptp(columns)) + 1
    assert 0.8 * 0.9 * 128 <= spread <= 0.9 * 128 + 2
    assert isinstance(picture, Image.Image)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"nounz": 3}, r"unknown keys \['nounz'\]"),
        ({"noun_sentences": {"exist": 1}}, r"noun_sentences: \['exist'\] is not known"),
        ({"held_out_nouns_test": 10}, "12 nouns are held out of 12"),
        ({"partners": 3}, "must be even"),
    ],
)
def test_settings_that_cannot_be_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NaturalSettings.from_mapping(WORLD | changed, ("de",))


def test_more_nouns_than_the_table_has_are_refused() -> None:
    settings = NaturalSettings.from_mapping(WORLD | {"nouns": 100_000}, ("de",))
    with pytest.raises(ValueError, match="is 100000, but the table has"):
        choose_nouns(settings)
