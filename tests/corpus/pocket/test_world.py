"""A small world: balance, held-out sentences, formats, the same bytes."""

import gzip
import json
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.corpus.pocket.world import draw_pictures, generate_world
from clseave_core.corpus.pocket.writing import training_texts
from tests.small_world import LANGUAGES, SETTINGS


def rows_of(world: Path, split: str) -> list[dict[str, Any]]:
    with gzip.open(world / f"annotations/snli_ve_{split}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_every_sentence_has_each_label_equally_often(world: Path, split: str) -> None:
    counts = Counter((row["sentence2"], row["gold_label"]) for row in rows_of(world, split))
    for sentence in {sentence for sentence, _ in counts}:
        labels = [counts[sentence, e] for e in ("entailment", "neutral", "contradiction")]
        assert labels[0] > 0 and len(set(labels)) == 1


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_pairs_are_distinct_and_their_pictures_exist(world: Path, split: str) -> None:
    rows = rows_of(world, split)
    assert len({row["pairID"] for row in rows}) == len(rows)
    assert len({(row["Flickr30K_ID"], row["sentence2"]) for row in rows}) == len(rows)
    names = set(zipfile.ZipFile(world / "pictures.zip").namelist())
    assert {f"{row['Flickr30K_ID']}.jpg" for row in rows} <= names


def test_covered_cells_do_not_tell_the_label_where_they_need_not(world: Path) -> None:
    counts: dict[str, Counter[int]] = {}
    for row in rows_of(world, "train"):
        if " in the " in row["sentence2"]:
            covered = row["sentence1"].count("covered")
            counts.setdefault(row["gold_label"], Counter())[covered] += 1
    assert counts["entailment"] == counts["neutral"] == counts["contradiction"]


def test_held_out_sentences_stay_out_and_are_made_of_known_words(world: Path) -> None:
    sentences = pd.read_parquet(world / "sentences.parquet").set_index("text")["held_out"]
    assert set(sentences) == {"none", "dev", "test"}
    used = {split: {sentences[row["sentence2"]] for row in rows_of(world, split)}
            for split in ("train", "dev", "test")}  # fmt: skip
    assert used == {
        "train": {"none", "dev", "test"}, "dev": {"none", "dev"}, "test": {"none", "test"},
    }  # fmt: skip
    open_to_all = sentences.index[sentences == "none"]
    words = {word for text in open_to_all for word in text.lower().rstrip(".").split()}
    for text in sentences.index[sentences != "none"]:
        assert set(text.lower().rstrip(".").split()) <= words
    german = pd.read_parquet(world / "translations/de.parquet").set_index("source")["translation"]
    known = {word for text in german[open_to_all] for word in text.lower().rstrip(".").split()}
    for text in german[sentences.index[sentences != "none"]]:
        assert set(text.lower().rstrip(".").split()) <= known
    assert not set(training_texts(world, LANGUAGES)) & set(
        german[sentences.index[sentences != "none"]]
    )


def test_the_same_settings_give_the_same_bytes(world: Path, tmp_path: Path) -> None:
    generate_world(SETTINGS, tmp_path)
    draw_pictures(SETTINGS, tmp_path / "pictures.zip")
    files = sorted(path.relative_to(world) for path in world.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    for file in files:
        assert (world / file).read_bytes() == (tmp_path / file).read_bytes(), file


def test_another_seed_gives_another_world(world: Path, tmp_path: Path) -> None:
    draw_pictures(replace(SETTINGS, world_seed=8), tmp_path / "pictures.zip")
    assert (world / "pictures.zip").read_bytes() != (tmp_path / "pictures.zip").read_bytes()


def test_the_language_of_mistakes_is_english_but_for_a_tenth(tmp_path: Path) -> None:
    languages = ("qid", "qno")
    generate_world(replace(SETTINGS, languages=languages), tmp_path)
    held_out = pd.read_parquet(tmp_path / "sentences.parquet")["held_out"]
    clean, noisy = (
        pd.read_parquet(tmp_path / f"translations/{code}.parquet") for code in languages
    )

    assert clean["translation"].equals(clean["source"])
    wrong = noisy["translation"] != noisy["source"]
    for kind, size in Counter(held_out).items():
        assert wrong[held_out == kind].sum() == round(0.1 * size)
    for source, text, links in noisy[wrong].itertuples(index=False):
        said = {
            (source[a["source_start"] : a["source_end"]], text[a["target_start"] : a["target_end"]])
            for a in links
        }
        # Another number changes verb, number and noun.
        assert 1 <= sum(one != other for one, other in said) <= 3


def test_a_misspelt_key_and_an_unknown_colour_are_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown keys \['colors'\]"):
        WorldSettings.from_mapping({"colors": ["red"]}, LANGUAGES)
    with pytest.raises(ValueError, match=r"colours: \['mauve'\] is not known"):
        replace(SETTINGS, colours=("mauve", "red"))
