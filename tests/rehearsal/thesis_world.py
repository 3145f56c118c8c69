"""What the real sources of the thesis study give, small: pictures, annotations, models, French.

The text is real where the XVNLI sample lies beside the checkout (`../shared/samples`; never copied
into the project), else the project's own small parallel text. The pictures are drawn, the models
have random weights; all of it is the same bytes each time.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tests.rehearsal.model_folders import write_bert_on_hub, write_clip_on_hub
from tests.rehearsal.parallel_text import PARALLEL_TEXT

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
CLIP_ID = "openai/clip-vit-base-patch16"
BERT_ID = "google-bert/bert-base-multilingual-cased"
ALIGNER_ID = "aneuraz/awesome-align-with-co"
ARCHIVE = "flickr30k_images.tar.gz"
EXTRA_PICTURES = 20
"""Pictures that no pair names, as the real archive has them."""


@dataclass(frozen=True)
class Row:
    """One pair of the annotation, with the French of its hypothesis."""

    pair_id: str
    image_id: str
    label: str
    premise: str
    english: str
    french: str


@dataclass(frozen=True)
class ThesisWorld:
    """All that the loopback servers serve, and what the study must expect of it."""

    files: dict[str, Path]
    """Archive and annotations by the name of their address."""
    models: dict[str, Path]
    """Folders by id, as they lie on the hub."""
    french: dict[str, str]
    """English sentence to its first human translation."""
    pairs: dict[str, int]
    """Labelled pairs for each split."""
    images: dict[str, int]
    """Pictures of the labelled pairs for each split."""

    def sha256(self, name: str) -> str:
        """The checksum of one of `files`."""
        return hashlib.sha256(self.files[name].read_bytes()).hexdigest()


def annotations_name(split: str) -> str:
    """The name that SNLI-VE's own address gives to a split."""
    return f"snli_ve_{split}.jsonl.gz"


def build_world(folder: Path) -> ThesisWorld:
    """Write everything below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_rows()
    french: dict[str, str] = {}
    for row in rows:
        french.setdefault(row.english, row.french)
    images = list(dict.fromkeys(row.image_id for row in rows))
    files = {ARCHIVE: folder / ARCHIVE}
    write_archive(
        files[ARCHIVE], [*images, *(f"9{number:09d}" for number in range(EXTRA_PICTURES))]
    )
    pairs, used = {}, {}
    for split, chosen in split_images(images).items():
        part = [row for row in rows if row.image_id in chosen]
        labelled = [row for row in part if row.label != "-"]
        name = annotations_name(split)
        files[name] = folder / name
        write_annotations(files[name], part)
        pairs[split], used[split] = len(labelled), len({row.image_id for row in labelled})
    english, texts = list(french), list(french.values())
    models = {CLIP_ID: folder / "clip", BERT_ID: folder / "bert", ALIGNER_ID: folder / "aligner"}
    write_clip_on_hub(models[CLIP_ID], english)
    write_bert_on_hub(models[BERT_ID], [*english, *texts])
    write_bert_on_hub(models[ALIGNER_ID], [*english, *texts], layers=8)
    return ThesisWorld(files, models, french, pairs, used)


def read_rows() -> list[Row]:
    """The XVNLI rows, or as many made from the project's own parallel text."""
    if (SAMPLES / "xvnli_test_fr.jsonl").exists():
        return list(_xvnli_rows())
    return list(_own_rows())


def _xvnli_rows() -> Iterable[Row]:
    languages = [
        (SAMPLES / f"xvnli_test_{lang}.jsonl").read_text(encoding="utf-8").splitlines()
        for lang in ("en", "fr")
    ]
    for english_line, french_line in zip(*languages, strict=True):
        english, french = json.loads(english_line), json.loads(french_line)
        assert english["pairID"] == french["pairID"]
        yield Row(
            pair_id=english["pairID"],
            image_id=english["Flikr30kID"],
            label=english["gold_label"],
            premise=english["sentence1"],
            english=" ".join(english["sentence2"].split()),
            french=" ".join(french["sentence2"].split()),
        )


def _own_rows() -> Iterable[Row]:
    """Three sentences a picture in the manner of SNLI-VE; every 40th row has no label.

    The first half of the sentences stands with several pictures, the others with one, so
    that a test set has sentences that train has, and some that it has not.
    """
    labels = ("entailment", "neutral", "contradiction")
    often = PARALLEL_TEXT[: len(PARALLEL_TEXT) // 2]
    for number, sentence in enumerate([*PARALLEL_TEXT, *often, *often, *often, *often]):
        image, label = 1_000_000_000 + number // 3, labels[number % 3]
        yield Row(
            pair_id=f"{image}.jpg#0r1{label[0]}",
            image_id=str(image),
            label="-" if number % 40 == 39 else label,
            premise="A scene.",
            english=sentence["en"],
            french=sentence["fr"],
        )


def split_images(images: Sequence[str]) -> dict[str, set[str]]:
    """Divide the pictures: of each seven, one for dev, one for test, five for train."""
    return {
        "train": {image for number, image in enumerate(images) if number % 7 not in (3, 6)},
        "dev": {image for number, image in enumerate(images) if number % 7 == 3},
        "test": {image for number, image in enumerate(images) if number % 7 == 6},
    }


def write_annotations(path: Path, rows: Iterable[Row]) -> None:
    """Write one split in the official form, field for field."""
    lines = [
        json.dumps(
            {
                "annotator_labels": [row.label],
                "captionID": row.pair_id[:-3],
                "gold_label": row.label,
                "pairID": row.pair_id,
                "sentence1": row.premise,
                "sentence2": row.english,
                "Flickr30K_ID": row.image_id,
            }
        )
        for row in rows
    ]
    content = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content, mtime=0))


def write_archive(path: Path, image_ids: Sequence[str]) -> None:
    """Write the pictures as the real archive has them: one folder, and a file that is none."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        members = [(f"{image_id}.jpg", draw_picture(image_id)) for image_id in image_ids]
        for name, content in [("readme.txt", b"Pictures.\n"), *members]:
            member = tarfile.TarInfo(f"flickr30k-images/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=0))


def draw_picture(image_id: str) -> bytes:
    """Draw a small JPEG of coloured boxes; now and then a grey or a turned one."""
    random = np.random.default_rng([int(image_id)])
    width, height = (int(size) for size in random.integers(40, 72, 2))
    picture = Image.new("RGB", (width, height), tuple(int(c) for c in random.integers(0, 256, 3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        left, top = int(random.integers(0, width - 12)), int(random.integers(0, height - 12))
        right, bottom = left + int(random.integers(6, 12)), top + int(random.integers(6, 12))
        pen.rectangle((left, top, right, bottom), tuple(int(c) for c in random.integers(0, 256, 3)))
    content = io.BytesIO()
    kind = int(random.integers(0, 20))
    turned = Image.Exif()
    if kind == 0:
        turned[0x0112] = 6  # the camera lay on its side
    (picture.convert("L") if kind == 1 else picture).save(content, "JPEG", quality=85, exif=turned)
    return content.getvalue()
