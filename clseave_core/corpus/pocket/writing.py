"""What every generated world writes: the formats that a real study downloads."""

import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from PIL import Image

from clseave_core.corpus.pocket.balance import Pair, balanced_pairs
from clseave_core.corpus.pocket.drawing import as_jpeg
from clseave_core.corpus.pocket.grammars.filling import Spoken, align
from clseave_core.corpus.pocket.logic import LABEL_OF_TRUTH, Truth
from clseave_core.corpus.pocket.sentences import Sentence
from clseave_core.corpus.schemas import LINKS, SENTENCES, SPLITS
from clseave_core.files import read_table, whole_file, write_table
from clseave_core.progress import progress

TRANSLATIONS = pa.schema(
    [("source", pa.string()), ("translation", pa.string()), ("alignment", LINKS)]
)
"""`translations/{lang}.parquet`: a translation and the character ranges that say the same."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
FIRST_IMAGE_ID = 1_000_000_000
PRETRAINING_FOLDER = "pretraining"


def generator_of(world_seed: int, purpose: int, split: int = 0) -> np.random.Generator:
    """The random numbers for one purpose; another one does not disturb them."""
    return np.random.default_rng([world_seed, purpose, split])


def image_id_of(split: str, number: int) -> str:
    """The id of a scene's picture: ten digits, as Flickr's; the second names the split."""
    return str(FIRST_IMAGE_ID * (1 + SPLITS.index(split)) + number)


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


def write_captions(target: Path, captions: Mapping[str, str]) -> None:
    """Write the JSON lines that say what each picture shows, by the name of its file."""
    with whole_file(target) as temporary, temporary.open("w") as lines:
        for name, caption in captions.items():
            lines.write(json.dumps({"image": f"{name}.jpg", "caption": caption}) + "\n")


@dataclass(frozen=True)
class Said:
    """A world's sentences, what they are in each language (English first), what is held out."""

    sentences: Sequence[Sentence[Any]]
    spoken: Mapping[str, list[Spoken]]
    held_out: list[str]

    @property
    def texts(self) -> list[str]:
        """The English sentences."""
        return [spoken.text for spoken in self.spoken["en"]]

    def write(self, folder: Path) -> None:
        """Write `sentences.parquet` and `translations/{lang}.parquet`."""
        english = self.spoken["en"]
        write_sentences(folder / "sentences.parquet", self.sentences, english, self.held_out)
        for language in [code for code in self.spoken if code != "en"]:
            target = folder / "translations" / f"{language}.parquet"
            write_translations(target, english, self.spoken[language])

    def write_pairs(
        self, folder: Path, split: str, truths: Truth, covered: npt.NDArray[np.int64],
        triples: Sequence[int], captions: Sequence[str], rng: np.random.Generator,
    ) -> tuple[dict[str, int], list[int]]:  # fmt: skip
        """Choose and write a split's pairs; return how many there are and the scenes they show.

        `truths` [sentences, scenes]; `covered` [scenes] cells; `triples` [sentences] wanted, of
        which those that are held out for another split get none.
        """
        allowed = ("none", "dev", "test") if split == "train" else ("none", split)
        wanted = [
            count if kind in allowed else 0
            for count, kind in zip(triples, self.held_out, strict=True)
        ]
        pairs = balanced_pairs(truths, covered, wanted, rng)
        target = folder / "annotations" / f"snli_ve_{split}.jsonl.gz"
        write_annotations(target, split, pairs, captions, self.texts)
        shown = sorted({pair.scene for pair in pairs})
        sentences = len({pair.sentence for pair in pairs})
        return {"pairs": len(pairs), "images": len(shown), "sentences": sentences}, shown


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
