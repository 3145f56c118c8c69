"""Write a pocket world in the formats that a real study downloads."""

import gzip
import io
import json
import logging
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from clseave_core.corpus.pocket.balance import Pair, balanced_pairs
from clseave_core.corpus.pocket.drawing import as_jpeg, caption_of, draw_scenes
from clseave_core.corpus.pocket.grammars import Spoken, align, say
from clseave_core.corpus.pocket.holding_out import hold_out
from clseave_core.corpus.pocket.logic import LABEL_OF_TRUTH, evaluate
from clseave_core.corpus.pocket.mistakes import MISTAKEN_LANGUAGES, draw_mistakes
from clseave_core.corpus.pocket.scenes import COVERED, sample_scenes
from clseave_core.corpus.pocket.sentences import Sentence, choose_sentences, formula_of
from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.corpus.schemas import LINKS, SENTENCES, SPLITS
from clseave_core.files import read_table, whole_file, write_json, write_table
from clseave_core.progress import progress

logger = logging.getLogger(__name__)

TRANSLATIONS = pa.schema(
    [("source", pa.string()), ("translation", pa.string()), ("alignment", LINKS)]
)
"""`translations/{lang}.parquet`: a translation and the character ranges that say the same."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
FIRST_IMAGE_ID = 1_000_000_000
PRETRAINING_FOLDER = "pretraining"

# What each stream of random numbers is for; another purpose must not disturb the others.
SCENES, SENTENCES_DRAWN, HELD_OUT, PAIRS, DRAWING, PRETRAINING = range(6)


def image_id_of(split: str, number: int) -> str:
    """The id of a scene's picture: ten digits, as Flickr's; the second names the split."""
    return str(FIRST_IMAGE_ID * (1 + SPLITS.index(split)) + number)


def _generator(settings: WorldSettings, purpose: int, split: int = 0) -> np.random.Generator:
    return np.random.default_rng([settings.world_seed, purpose, split])


def write_pictures(
    target: Path, names: Sequence[str], pictures: Iterable[Image.Image], quality: int
) -> None:
    """Write a zip of `{name}.jpg`, one for each name and picture; the same bytes at any time."""
    with whole_file(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, picture in progress(
            zip(names, pictures, strict=True), f"Drawing {target.name}", len(names), "pictures"
        ):
            entry = zipfile.ZipInfo(f"{name}.jpg", date_time=LONG_AGO)
            archive.writestr(entry, as_jpeg(picture, quality))


def write_annotations(
    target: Path, split: str, pairs: list[Pair], captions: Sequence[str], texts: Sequence[str]
) -> None:
    """Write the pairs of a split as SNLI-VE's gzipped JSON lines; `captions` [scenes]."""
    of_image: Counter[str] = Counter()
    lines = io.StringIO()
    for pair in pairs:
        image = image_id_of(split, pair.scene)
        label = LABEL_OF_TRUTH[pair.truth]
        row = {
            "gold_label": label,
            "sentence1": captions[pair.scene],
            "sentence2": texts[pair.sentence],
            "captionID": f"{image}.jpg#0",
            "pairID": f"{image}.jpg#0r{of_image[image]}{label[0]}",
            "Flickr30K_ID": image,
        }
        of_image[image] += 1
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    with (
        whole_file(target) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
    ):
        packed.write(lines.getvalue().encode())


def write_sentences(
    target: Path, sentences: Sequence[Sentence[Any]], english: list[Spoken], held_out: list[str]
) -> None:
    """Write the English sentences with template, spans and the set they are held out for."""
    columns = {
        "text": [spoken.text for spoken in english],
        "held_out": held_out,
        "template": [sentence.template for sentence in sentences],
        "spans": [[vars(span) for span in spoken.spans] for spoken in english],
    }
    write_table(target, pa.table(columns, schema=SENTENCES), SENTENCES)


def write_translations(target: Path, english: list[Spoken], foreign: list[Spoken]) -> None:
    """Write the translations of one language with their gold word alignments."""
    columns = {
        "source": [spoken.text for spoken in english],
        "translation": [spoken.text for spoken in foreign],
        "alignment": [
            [vars(link) for link in align(source, target)]
            for source, target in zip(english, foreign, strict=True)
        ],
    }
    write_table(target, pa.table(columns, schema=TRANSLATIONS), TRANSLATIONS)


def write_pretraining(folder: Path, settings: WorldSettings) -> None:
    """Write pictures and captions for CLIP: scenes of their own, none of the study's."""
    scenes = sample_scenes(settings.pretraining_scenes, settings, _generator(settings, PRETRAINING))
    names = [f"{number:06d}" for number in range(len(scenes))]
    pictures = draw_scenes(scenes, settings, _generator(settings, DRAWING, len(SPLITS)))
    write_pictures(folder / "pictures.zip", names, pictures, settings.jpeg_quality)
    with whole_file(folder / "captions.jsonl") as temporary, temporary.open("w") as lines:
        for name, scene in zip(names, scenes, strict=True):
            lines.write(json.dumps({"image": f"{name}.jpg", "caption": caption_of(scene)}) + "\n")


def generate_world(settings: WorldSettings, folder: Path) -> None:
    """Write the world into `folder`: the same bytes for the same settings and Pillow.

    `pictures.zip`, `annotations/snli_ve_{split}.jsonl.gz`, `sentences.parquet`,
    `translations/{lang}.parquet`, `pretraining/{pictures.zip,captions.jsonl}`, `world.json`.
    """
    scenes = {
        split: sample_scenes(
            getattr(settings.scenes, split), settings, _generator(settings, SCENES, index)
        )
        for index, split in enumerate(SPLITS)
    }
    candidates = choose_sentences(settings, _generator(settings, SENTENCES_DRAWN))
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
    held_out = hold_out(sentences, list(spoken.values()), settings, _generator(settings, HELD_OUT))
    texts = [sentence.text for sentence in spoken["en"]]
    for language in settings.languages:
        if language in MISTAKEN_LANGUAGES:
            mistakes = draw_mistakes(
                sentences, held_out, MISTAKEN_LANGUAGES[language], settings.world_seed,
                settings.colours, settings.shapes,
            )  # fmt: skip
            for row, mistake in mistakes.items():
                spoken[language][row] = say(mistake.sentence, language)

    counts: dict[str, dict[str, int]] = {}
    for index, split in enumerate(SPLITS):
        quota = getattr(settings.triples, split)
        allowed = ("none", "dev", "test") if split == "train" else ("none", split)
        pairs = balanced_pairs(
            truths[split][usable],
            (scenes[split] == COVERED).sum(axis=1),
            [quota if kind in allowed else 0 for kind in held_out],
            _generator(settings, PAIRS, index),
        )
        target = folder / "annotations" / f"snli_ve_{split}.jsonl.gz"
        captions = [caption_of(scene) for scene in scenes[split]]
        write_annotations(target, split, pairs, captions, texts)
        counts[split] = {
            "pairs": len(pairs),
            "images": len({pair.scene for pair in pairs}),
            "sentences": len({pair.sentence for pair in pairs}),
        }
    write_pictures(
        folder / "pictures.zip",
        [image_id_of(split, number) for split in SPLITS for number in range(len(scenes[split]))],
        draw_scenes(
            np.concatenate([scenes[split] for split in SPLITS]),
            settings, _generator(settings, DRAWING),
        ),
        settings.jpeg_quality,
    )  # fmt: skip
    write_sentences(folder / "sentences.parquet", sentences, spoken["en"], held_out)
    for language in settings.languages:
        target = folder / "translations" / f"{language}.parquet"
        write_translations(target, spoken["en"], spoken[language])
    write_pretraining(folder / PRETRAINING_FOLDER, settings)
    summary = {"sentences": Counter(held_out), "dropped": len(candidates) - len(usable), **counts}
    write_json(folder / "world.json", summary)
    logger.info("The pocket world: %s", summary)


def english_texts(folder: Path) -> list[str]:
    """The English sentences of a world."""
    rows = read_table(folder / "sentences.parquet", SENTENCES, ["text"])
    return rows["text"].tolist()


def training_texts(folder: Path, languages: Iterable[str]) -> list[str]:
    """The sentences that are held out from nobody: English, then each of `languages`."""
    rows = read_table(folder / "sentences.parquet", SENTENCES, ["text", "held_out"])
    open_to_all = (rows["held_out"] == "none").to_numpy()
    texts: list[str] = rows["text"][open_to_all].tolist()
    for language in sorted(languages):
        path = folder / "translations" / f"{language}.parquet"
        translated = read_table(path, TRANSLATIONS, ["translation"])
        texts += translated["translation"][open_to_all].tolist()
    return texts
