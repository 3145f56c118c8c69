"""Readers under random damage: they read it, or raise what they document, naming the file."""

import contextlib
import gzip
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.files import read_json, read_table
from clseave_core.study.loading import load_study
from clseave_core.training.state import TrainingState
from clseave_core.translation.file import read_translations
from clseave_core.translation.google import GoogleClient, UnansweredError, _Page
from clseave_core.translation.schemas import TRANSLATIONS
from tests.bad_input.annotations import row
from tests.bad_input.archives import member, tar_bytes

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
damage = st.lists(
    st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=12), st.booleans()), max_size=6
)
"""Places in a file (as shares of it), bytes, and whether they replace others or stand between."""


def damaged(content: bytes, hits: list[tuple[float, bytes, bool]], keep: float) -> bytes:
    """`content` with some bytes replaced or inserted, and cut to a share of it."""
    broken = bytearray(content)
    for share, some, replaces in hits:
        start = int(share * len(broken))
        broken[start : start + (len(some) if replaces else 0)] = some
    return bytes(broken[: int(keep * len(broken)) + 1])


def refused_by_name(name: str, content: bytes, read: Callable[[Path], object]) -> None:
    """Read `content` as the file `name`; it may fail with a ValueError that names it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            read(path)
        except ValueError as error:
            assert name in str(error), error
        assert [found.name for found in Path(folder).iterdir()] == [name]


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"flickr/{number}.jpg", bytes(range(200)) * 3)
    return buffer.getvalue()


def _outer(inner: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("flickr/inner.tar.gz", inner)
    return buffer.getvalue()


def _tar(kind: int) -> bytes:
    if kind == tarfile.PAX_FORMAT:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
            info = tarfile.TarInfo("é" * 120 + "/1.jpg")
            info.size = 4
            archive.addfile(info, io.BytesIO(b"jpeg"))
        return buffer.getvalue()
    return tar_bytes(member("f" * 150 + "/1.jpg"), member("2.jpg"))


def _table() -> bytes:
    buffer = io.BytesIO()
    rows = {
        "hypothesis_id": [0, 1], "text": ["a", "b"], "provider": ["file"] * 2,
        "unchanged": [False] * 2,
    }  # fmt: skip
    pq.write_table(pa.table(rows, schema=TRANSLATIONS), buffer)
    return buffer.getvalue()


def _own_table() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"source": ["a", "b"], "translation": ["c", "d"]}), buffer)
    return buffer.getvalue()


def _arrow() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.arrow"
        write_embeddings(path, "image_id", [(["a", "b"], np.ones((2, 4), np.float32))], 4)
        return path.read_bytes()


def _pictures(path: Path) -> object:
    source = open_pictures(path)
    return dict(source.stream(source.ids()))


def _weights(path: Path) -> None:
    (path.parent / "config.json").write_text("{}")
    (path.parent / "vocab.txt").write_text("a\n")
    try:
        check_model_folder(path.parent)
    finally:
        (path.parent / "config.json").unlink()
        (path.parent / "vocab.txt").unlink()


def _embeddings(path: Path) -> object:
    found = Embeddings.open(path)
    return len(found), found.width


LINES = "".join(json.dumps(row(pairID=str(number))) + "\n" for number in range(4)).encode()
LIST = json.dumps([row(pairID=str(number)) for number in range(4)]).encode()
CSV = b'pairID,image,hypothesis,label\n1,1.jpg,"A dog, big.",neutral\n2,2.jpg,A cat.,-\n'
TSV = "source\ttranslation\nA dog.\tEin Hund.\nA cat.\tKätzchen 😺\n".encode()
READERS: dict[str, tuple[str, bytes, Callable[[Path], object]]] = {
    "annotations": ("dev.jsonl", LINES, read_annotations),
    "packed annotations": ("dev.jsonl.gz", gzip.compress(LINES, mtime=0), read_annotations),
    "list of annotations": ("dev.json", LIST, read_annotations),
    "table of annotations": ("dev.csv", CSV, read_annotations),
    "zip": ("pictures.zip", _zip(), _pictures),
    "zip in a zip": ("pictures.zip", _outer(_zip()), _pictures),
    "tar.gz in a zip": (
        "pictures.zip",
        _outer(gzip.compress(_tar(tarfile.GNU_FORMAT), mtime=0)),
        _pictures,
    ),
    "tar": ("pictures.tar", _tar(tarfile.GNU_FORMAT), _pictures),
    "pax": ("pictures.tar", _tar(tarfile.PAX_FORMAT), _pictures),
    "tar.gz": ("pictures.tar.gz", gzip.compress(_tar(tarfile.GNU_FORMAT), mtime=0), _pictures),
    "tsv": ("de.tsv", TSV, read_translations),
    "quoted csv": (
        "de.csv",
        b'"source","translation"\n"A ""dog"".","Ein\nHund, ja."\n',
        read_translations,
    ),
    "utf-16": ("de.tsv", TSV.decode().encode("utf-16"), read_translations),
    "parquet": ("de.parquet", _own_table(), read_translations),
    "table": ("de.parquet", _table(), lambda path: read_table(path, TRANSLATIONS)),
    "embeddings": ("images.arrow", _arrow(), _embeddings),
    "json": ("report.json", b'{"splits": {"train": [1, 2.5, null, "\\u00e9"]}}', read_json),
    "weights": ("model.safetensors", save({"a": torch.ones(3)}), _weights),
}


@pytest.mark.parametrize("name", READERS)
@FUZZ
@given(hits=damage, keep=st.floats(0, 1) | st.just(1.0))
def test_damage_is_read_or_refused_by_name(
    name: str, hits: list[tuple[float, bytes, bool]], keep: float
) -> None:
    file, content, read = READERS[name]
    refused_by_name(file, damaged(content, hits, keep), read)


@FUZZ
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_json_as_annotation_is_refused_by_name(value: object) -> None:
    lines = [json.dumps(row(sentence2=value)), json.dumps(value), json.dumps({"gold_label": value})]
    for line in lines:
        refused_by_name("dev.jsonl", line.encode(), read_annotations)


@FUZZ
@given(hits=damage, keep=st.floats(0, 1))
def test_a_damaged_state_is_resumed_or_set_aside(
    hits: list[tuple[float, bytes, bool]], keep: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = TrainingState(Path(folder) / "seed0", "mark")
        state.save({"weight": torch.arange(4.0)}, {"epoch": 1})
        path = state.folder / "current.safetensors"
        path.write_bytes(damaged(path.read_bytes(), hits, keep))
        found = state.load()
        assert (found is None) == state.folder.with_name("seed0.refused").exists()


@FUZZ
@given(
    st.text(max_size=200)
    | st.from_regex(r"[a-z]{1,9}: *(\[|\{|!!|&a|\*a|\"|'|-|\n|[a-z0-9.:, ]){0,30}", fullmatch=True)
)
def test_any_text_as_study_is_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "studies").mkdir()
        (root / "schemas").symlink_to(Path(__file__).resolve().parents[2] / "schemas")
        (root / "studies/bad.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
        with pytest.raises((ValueError, FileNotFoundError), match=r"studies/\S+\.yaml"):
            load_study("bad", {}, root)


@FUZZ
@given(st.text() | st.from_regex(r'(<[a-z]+ class="(t0|result-container)">|</?[a-z]*|&#?\w+;)*'))
def test_any_page_is_a_translation_or_none(page: str) -> None:
    client = GoogleClient("en", "de", "https://page.example/m", 1.0)
    client.get = lambda *_, **__: _Page(200, page)  # type: ignore[method-assign]
    with contextlib.suppress(UnansweredError):
        assert client.ask("A dog.").strip()
