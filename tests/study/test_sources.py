import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from clseave_core.study.loading import load_study
from clseave_core.study.raw_files import PICTURES, snli_parts
from clseave_core.study.sources import Sources

ROOT = Path(__file__).resolve().parents[2]


def sources(name: str, overrides: dict[str, Any]) -> Sources:
    return Sources(name, load_study(name, overrides, ROOT), "R")


def test_a_generated_study_reads_what_its_generators_write() -> None:
    pocket = sources("pocket", {})

    assert pocket.annotations("dev") == "results/pocket/world/annotations/snli_ve_dev.jsonl.gz"
    assert pocket.pictures == "results/pocket/world/pictures.zip"
    assert pocket.sentences == ["results/pocket/world/sentences.parquet"]
    assert pocket.model("clip") == "results/pocket/world/models/clip"
    assert pocket.translation_files("de") == ["results/pocket/world/translations/de.parquet"]
    assert pocket.generator_settings("bert")["vocabulary"] > 0
    assert pocket.repositories == {}


def test_a_study_of_the_web_reads_downloads_under_plain_names() -> None:
    thesis = sources("thesis", {})

    assert thesis.splits == ["train", "dev", "test"]
    assert re.fullmatch(
        r"R/downloads/snli_ve_test-[0-9a-f]{8}\.jsonl\.gz", thesis.annotations("test")
    )
    assert re.fullmatch(r"R/downloads/flickr30k_images-[0-9a-f]{8}\.tar\.gz", thesis.pictures)
    assert thesis.sentences == []
    assert thesis.model("clip") == "R/models/openai--clip-vit-base-patch16@main"
    assert thesis.repositories["openai--clip-vit-base-patch16@main"]["revision"] == "main"
    assert thesis.translation_files("de") == []


def test_each_download_knows_its_ways_its_names_and_its_counts() -> None:
    downloads = {file["what"]: file for file in sources("thesis", {}).downloads.values()}
    pictures, dev = (
        downloads["the archive of pictures"],
        downloads["the SNLI-VE annotations of dev"],
    )

    assert len(downloads) == 4
    assert pictures["expected"] == {"pictures": 31_783}
    assert pictures["names"] == [
        "flickr30k_images.tar.gz", "flickr30k-images.zip", "flickr30k-images.tar.gz",
        "flickr30k.zip", "flickr-image-dataset.zip", "archive.zip",
    ]  # fmt: skip
    assert dev["expected"] == {"pairs": 17_858}
    assert dev["names"] == ["snli_ve_dev.jsonl.gz", "snli_ve_dev.jsonl"]
    assert dev["from_snli"]["split"] == "dev"
    assert dev["from_snli"]["parts"]["snli"]["names"] == ["snli_1.0.zip"]
    assert "from_snli" not in pictures


def test_the_page_on_data_has_every_name_and_its_studies_are_valid() -> None:
    page = (ROOT / "docs/data.md").read_text()
    files = sources("thesis", {}).raw_files
    names = [
        name for file in (*files.values(), *snli_parts(files).values()) for name in file["names"]
    ]
    for name in names:
        written = name.replace("_dev.", "_train.").replace("ve_test.", "ve_train.")
        assert f"`{written}`" in page
    studies = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(studies) == 2
    for text in studies:
        found = sources("thesis", {"corpus": yaml.safe_load(text)["corpus"]})
        assert not found.pictures.endswith(".tar.gz")


def test_a_study_may_have_its_corpus_from_snli_alone() -> None:
    none = dict.fromkeys(("train", "dev", "test"))
    thesis = sources("thesis", {"corpus": {"annotations": none}})

    assert re.fullmatch(r"R/downloads/snli_ve_dev-\w{8}\.jsonl\.gz", thesis.annotations("dev"))
    assert len({thesis.annotations(split) for split in none}) == 3


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        (
            {"annotations": {"dev": None, "from_snli": None}},
            r"corpus\.annotations has no file for 'dev'",
        ),
        (
            {"pictures": {"path": "", "urls": None, "hub": None}},
            r"corpus\.pictures: nothing says where it is\. Give it a `path`, `urls` or a `hub`",
        ),
        (
            {"annotations": {"from_snli": {"snli": {"urls": None, "path": ""}}}},
            r"corpus\.annotations\.from_snli\.snli: nothing says where",
        ),
        (
            {"pictures": {"hub": {"id": "flickr30k"}}},
            r'\.pictures\.hub\.id: must be the id of a data set, .* got "flickr30k"',
        ),
        (
            {"pictures": {"names": ["../a.zip"]}},
            r'\.pictures\.names\[0\]: must be the name of a file, .* got "\.\./a\.zip"',
        ),
    ],
)
def test_a_file_without_a_way_to_it_is_refused(corpus: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sources("thesis", {"corpus": corpus})


@pytest.mark.parametrize(
    ("corpus", "ways"),
    [
        ({"pictures": {"urls": ["https://data.example/p.zip"]}}, {"urls", "names"}),
        ({"pictures": {"hub": {"id": "me/mine", "file": "p.zip"}}}, {"hub", "names"}),
        (
            {"pictures": {"hub": {"revision": "main"}}},
            {"path", "urls", "hub", "names", "by_hand"},
        ),
        ({}, {"path", "urls", "hub", "names", "by_hand"}),
    ],
)
def test_a_file_with_addresses_of_its_own_takes_over_no_way_of_the_base(
    corpus: dict[str, Any], ways: set[str]
) -> None:
    pictures = sources("thesis", {"corpus": corpus}).raw_files[PICTURES]

    assert set(pictures) - {"what", "target", "expected"} == ways
    assert ("archive.zip" in pictures["names"]) == ("by_hand" in ways)


def test_another_data_set_has_not_the_revision_of_the_base() -> None:
    hub = {"id": "me/mine", "file": "p.zip"}
    pictures = sources("thesis", {"corpus": {"pictures": {"hub": hub}}}).raw_files[PICTURES]

    assert pictures["hub"] == hub


def test_annotations_with_addresses_of_their_own_are_not_made_from_snli_instead() -> None:
    own = {"train": {"urls": ["https://data.example/train.jsonl"]}}
    files = sources("thesis", {"corpus": {"annotations": own}}).raw_files
    assert not any("from_snli" in file for file in files.values())

    lists = {"from_snli": {"test": {"urls": ["https://data.example/other.lst"]}}}
    files = sources("thesis", {"corpus": {"annotations": lists}}).raw_files
    parts = snli_parts(files)
    assert "sha256" not in parts["test"] and "sha256" in parts["train_val"]
    annotations = own | {"dev": {"path": "/d"}, "test": {"path": "/t"}}
    corpus = {"world": None, "pictures": {"path": "/p"}, "annotations": annotations}
    with pytest.raises(ValueError, match=r"only a study with corpus\.world") as failure:
        sources("tiny", {"corpus": corpus})  # a base without any way
    assert "from_snli" not in str(failure.value)

    further = {"xvnli": {"urls": ["https://data.example/xvnli.jsonl"]}}
    files = sources("thesis", {"corpus": {"annotations": further}}).raw_files
    assert "from_snli" in files["train"]


def test_a_way_to_annotations_is_no_test_set() -> None:
    with pytest.raises(ValueError, match="'from_snli' is a way to annotations, not a test set"):
        sources("thesis", {"testsets": ["test", "from_snli"]})


def test_the_users_own_files_come_first() -> None:
    own = {
        "corpus": {
            "pictures": {"path": "/data/flickr.zip"},
            "annotations": {"dev": {"path": "/data/dev.jsonl"}},
        },
        "models": {"bert": {"id": None, "revision": None, "path": "/data/bert"}},
        "translation": {"provider": "file", "file": "/data/{lang}.tsv"},
    }
    thesis = sources("thesis", own)

    assert thesis.pictures == "/data/flickr.zip"
    assert thesis.annotations("dev") == "/data/dev.jsonl"
    assert thesis.annotations("train").startswith("R/downloads/snli_ve_train-")
    assert thesis.model("bert") == "/data/bert"
    assert thesis.translation_files("zh") == ["/data/zh.tsv"]


@pytest.mark.parametrize(
    ("teacher", "owner"),
    [("clip_ve", "clip_ve"), ("image_only", "clip_ve"), ("random_image_tower",) * 2],
)
def test_teachers_with_one_image_tower_share_its_embeddings(teacher: str, owner: str) -> None:
    assert sources("pocket", {}).image_owner(teacher) == owner


def test_who_speaks_english_and_whose_encoder_is_frozen() -> None:
    pocket = sources("pocket", {"languages": ["de", "zh"]})

    assert pocket.languages_of("frozen_english") == ["en"]
    assert pocket.languages_of("zero_shot") == pocket.languages_of("frozen_encoder") == ["de", "zh"]
    assert pocket.languages_of("translate_test") == ["de"]  # the English model, and yet not English
    assert pocket.frozen_students == ["frozen"]
    assert pocket.frozen_encoders == ["use"]
    assert pocket.model("use") == ""


def test_rivals_and_controls_stand_in_no_accuracy_table() -> None:
    apart = {"translate_train", "zero_shot", "student_image_shuffled", "translate_test"}

    for study in ("pocket", "pocket_full"):
        assert not apart & set(sources(study, {}).main_methods)


def test_each_generated_clip_has_a_folder_of_its_name() -> None:
    full = Sources("natural_full", load_study("natural_full", {}), "resources")
    assert full.generated_clips == ["clip", "clip_vit"]
    assert full.model("clip_vit") == "results/natural_full/world/models/clip_vit"
    assert full.model("bert") == "results/natural_full/world/models/bert"
    assert full.image_owner("clip_vit") == "clip_vit"


def test_the_natural_world_has_tables_of_nouns() -> None:
    natural = Sources("natural", load_study("natural", {}), "resources")
    assert [Path(path).name for path in natural.words] == ["nouns.csv", "kinds.csv"]
    assert all(Path(path).exists() for path in natural.words)
    assert natural.naming == [
        "results/natural/world/sentence_nouns.parquet", "results/natural/world/scenes.parquet",
    ]  # fmt: skip
    pocket = Sources("pocket", load_study("pocket", {}), "resources")
    assert pocket.words == pocket.naming == pocket.scenes == []


def test_a_joint_student_is_one_for_all_languages_and_zero_shot_has_that_of_english() -> None:
    full = sources("pocket_full", {"methods": {"joint": {"languages": ["nl", "de"]}}})

    assert full.students_of("joint") == ["all"]
    assert full.students_of("clseave") == ["de", "nl", "ja", "ko", "zh"]
    assert full.students_of("zero_shot") == ["en"]
    assert full.languages_of("joint") == ["de", "nl"]
    assert full.trained_in("joint", "de") == "all"
    assert full.trained_in("zero_shot", "de") == "en"
    assert full.trained_in("clseave", "de") == "de"
