"""The served world is what the project's own readers take it for."""

from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

from clseave_core.corpus.hub import fetch_model
from clseave_core.corpus.picture_decoding import decode_picture
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from tests.rehearsal import thesis_world as world_module
from tests.rehearsal.servers import ModelHub
from tests.rehearsal.thesis_world import (
    ARCHIVE,
    BERT_ID,
    CLIP_ID,
    EXTRA_PICTURES,
    Row,
    ThesisWorld,
    annotations_name,
    build_world,
    draw_picture,
    read_rows,
    split_images,
    write_annotations,
    write_archive,
)

SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows()


def test_the_annotations_have_the_counts_that_the_study_expects(
    thesis_world: ThesisWorld, rows: list[Row]
) -> None:
    read = {s: read_annotations(thesis_world.files[annotations_name(s)]) for s in SPLITS}
    assert {split: len(part) for split, part in read.items()} == thesis_world.pairs
    images = {split: set(part.image_ids) for split, part in read.items()}
    assert {split: len(ids) for split, ids in images.items()} == thesis_world.images
    assert not images["train"] & images["test"]
    assert not images["dev"] & (images["train"] | images["test"])
    dropped = sum(part.dropped for part in read.values())
    assert dropped == sum(row.label == "-" for row in rows) > 0
    assert sum(thesis_world.pairs.values()) + dropped == len(rows)


def test_each_sentence_has_a_french_one_that_differs(
    thesis_world: ThesisWorld, rows: list[Row]
) -> None:
    assert set(thesis_world.french) == {row.english for row in rows}
    unchanged = sum(english == french for english, french in thesis_world.french.items())
    assert unchanged <= 0.005 * len(thesis_world.french)
    assert all("\n" not in text and text == text.strip() for text in thesis_world.french.values())


def test_without_the_samples_the_projects_own_text_takes_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world_module, "SAMPLES", tmp_path / "absent")
    rows = read_rows()
    parts = split_images(list(dict.fromkeys(row.image_id for row in rows)))
    sentences = {
        split: {row.english for row in rows if row.image_id in images and row.label != "-"}
        for split, images in parts.items()
    }
    for split in SPLITS:
        labels = {row.label for row in rows if row.image_id in parts[split]}
        assert labels >= {"entailment", "neutral", "contradiction"}
        write_annotations(tmp_path / split, [r for r in rows if r.image_id in parts[split]])
        assert read_annotations(tmp_path / split).pair_ids
    for split in ("dev", "test"):
        assert sentences[split] & sentences["train"]
        assert sentences[split] - sentences["train"]
    assert any(row.label == "-" for row in rows)
    assert all(row.english != row.french for row in rows)


def test_of_several_human_translations_the_first_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = [
        Row(f"{n}.jpg#0r1e", str(n), "entailment", "", "A dog.", f"Chien {n}.") for n in (1, 2)
    ]
    monkeypatch.setattr(world_module, "read_rows", lambda: twice)
    assert build_world(tmp_path).french == {"A dog.": "Chien 1."}


def test_the_archive_has_every_picture(thesis_world: ThesisWorld, rows: list[Row]) -> None:
    pictures = open_pictures(thesis_world.files[ARCHIVE])
    named = {row.image_id for row in rows}
    assert named <= pictures.ids()
    assert len(pictures.ids()) == len(named) + EXTRA_PICTURES
    assert pictures.ignored == 1
    for image_id, content in pictures.stream(named):
        assert decode_picture(content, image_id)[0].mode == "RGB"


def test_files_are_the_same_bytes_each_time(
    tmp_path: Path, thesis_world: ThesisWorld, rows: list[Row]
) -> None:
    images = list(dict.fromkeys(row.image_id for row in rows))
    test = split_images(images)["test"]
    name = annotations_name("test")
    write_annotations(tmp_path / name, [row for row in rows if row.image_id in test])
    assert (tmp_path / name).read_bytes() == thesis_world.files[name].read_bytes()
    for number in (1, 2):
        write_archive(tmp_path / str(number), images[:5])
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert draw_picture(images[0]) != draw_picture(images[1])


def test_the_models_come_through_the_hub_whole(
    tmp_path: Path, thesis_world: ThesisWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers.models.bert.modeling_bert import BertModel
    from transformers.models.clip.modeling_clip import CLIPModel

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with ModelHub(thesis_world.models) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        assert fetch_model(CLIP_ID, "main", tmp_path / "clip").weights == ["model.safetensors"]
        assert fetch_model(BERT_ID, "main", tmp_path / "bert").weights == ["pytorch_model.bin"]
    for id_, model_class, prefix in ((CLIP_ID, CLIPModel, ""), (BERT_ID, BertModel, "bert.")):
        folder = tmp_path / ("clip" if id_ == CLIP_ID else "bert")
        model = model_class.from_pretrained(folder)
        on_hub = torch.load(thesis_world.models[id_] / "pytorch_model.bin", weights_only=True)
        loaded = {f"{prefix}{name}": value for name, value in model.state_dict().items()}
        shared = loaded.keys() & on_hub.keys()
        assert len(shared) >= len(loaded) - 2  # BERT's pooler is not in a masked language model
        assert all(loaded[name].equal(on_hub[name]) for name in shared)
