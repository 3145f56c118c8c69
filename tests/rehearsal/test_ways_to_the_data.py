"""The thesis study's corpus where the bucket is gone: each file from the next way that leads to it.

The pictures come from a data set of the hub, after a bucket that breaks off. SNLI-VE's train is
made from SNLI, since its addresses answer 404 and break off; so is dev, whose file has too few
rows; test lies among the downloads already, unpacked. The archive of SNLI comes from its second
address, in two parts. Lists of pictures are the published ones, where they lie beside the checkout,
and small ones of our own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from clseave_core.corpus.schemas import HYPOTHESES, PAIRS, SPLITS
from clseave_core.files import read_json, read_table
from tests.corpus.made_snli import (
    Row,
    as_generated,
    lines_of,
    own_lists,
    picture_of,
    snli_rows,
    snli_zip,
)
from tests.rehearsal.servers import ArchiveMirror, Drop, Fault, ModelHub, Status
from tests.rehearsal.thesis_world import SAMPLES, draw_picture
from tests.rehearsal.workflow import copy_project, snakemake, told

pytestmark = pytest.mark.slow
DATA_SET, IMAGES = "owner/photos", "photos.zip"
LISTS = ("flickr30k_train_val.lst", "flickr30k_test.lst")
TARGET = "results/thesis/corpus/report.json"
CUT = 900


@dataclass(frozen=True)
class Rehearsal:
    """Two runs, what the servers were asked, and the rows that should have come out."""

    project: Path
    run: CompletedProcess[str]
    again: CompletedProcess[str]
    gone: ArchiveMirror
    right: ArchiveMirror
    hub: ModelHub
    rows: dict[str, list[Row]]

    def log(self, name: str) -> str:
        [path] = (self.project / "results/thesis/logs/download_file").glob(f"{name}-*.log")
        return path.read_text()


def lists(kind: str) -> tuple[list[str], list[str]]:
    if kind == "own":
        return own_lists(train=40, tested=10)
    if not all((SAMPLES / name).exists() for name in LISTS):
        pytest.skip("the published lists of pictures are not beside the checkout")
    train_val, tested = ((SAMPLES / name).read_text().split() for name in LISTS)
    return train_val, tested


def annotation_lines(rows: list[Row]) -> bytes:
    return lines_of([row | {"Flickr30K_ID": picture_of(row)} for row in rows])


def corpus_of(gone: ArchiveMirror, right: ArchiveMirror, rows: dict[str, list[Row]]) -> Any:
    """The section `corpus` with both mirrors for the addresses of each file."""

    def at(name: str) -> dict[str, Any]:
        return {"urls": [gone.address(name), right.address(name)]}

    hub = {"id": DATA_SET, "file": IMAGES}
    images = {split: len({picture_of(row) for row in part}) for split, part in rows.items()}
    return {
        "pictures": at("flickr30k_images.tar.gz") | {"hub": hub},
        "annotations": {split: at(f"snli_ve_{split}.jsonl.gz") for split in rows}
        | {
            "from_snli": {
                "snli": at("snli_1.0.zip"), "train_val": at(LISTS[0]), "test": at(LISTS[1]),
            }
        },
        "expected": {"pairs": {split: len(rows[split]) for split in rows}, "images": images},
    }  # fmt: skip


@pytest.fixture(scope="module", params=["own", "published"])
def rehearsal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    train_val, tested = lists(request.param)
    used = [*train_val[:20], *train_val[-8:], *tested[:8]]
    snli = snli_rows(used)
    rows = as_generated(snli, train_val[:20] + train_val[-1000:], tested[:8])
    folder = tmp_path_factory.mktemp("ways")
    (folder / "hub").mkdir()
    with ZipFile(folder / "hub" / IMAGES, "w") as archive:
        for image in used:
            archive.writestr(f"flickr30k-images/{image}.jpg", draw_picture(image))
    files: dict[str, bytes] = {
        "snli_1.0.zip": snli_zip(snli),
        LISTS[0]: "\n".join(train_val).encode(),
        LISTS[1]: "\n".join(tested).encode(),
        "flickr30k_images.tar.gz": bytes(5000),
        "snli_ve_train.jsonl.gz": annotation_lines(rows["train"]),
        "snli_ve_dev.jsonl.gz": annotation_lines(rows["dev"][:-1]),
    }
    faults: dict[str, list[Fault | None]] = {
        "flickr30k_images.tar.gz": [Drop(2000), Status(404)],
        "snli_ve_train.jsonl.gz": [Drop(CUT), Status(404)],
        "snli_1.0.zip": [Drop(CUT)],
    }
    project = copy_project(folder / "project")
    with (
        ArchiveMirror({}) as gone,
        ArchiveMirror(files, faults) as right,
        ModelHub({f"datasets/{DATA_SET}": folder / "hub"}) as hub,
    ):
        settings = {"study": "thesis", "corpus": corpus_of(gone, right, rows)}
        (project / "own.yaml").write_text(yaml.safe_dump(settings))
        own = project / "resources/downloads/snli_ve_test.jsonl"
        own.parent.mkdir(parents=True)
        own.write_bytes(annotation_lines(rows["test"]))
        words = [TARGET, "--configfile", "config.yaml", "own.yaml"]
        run, again = (snakemake(project, words, {"HF_ENDPOINT": hub.url}) for _ in range(2))
        yield Rehearsal(project, run, again, gone, right, hub, rows)


def test_the_corpus_has_the_rows_of_snli_ve_in_their_order(rehearsal: Rehearsal) -> None:
    assert rehearsal.run.returncode == 0, told(rehearsal.project, rehearsal.run)
    folder = rehearsal.project / "results/thesis/corpus"
    texts = read_table(folder / "hypotheses.parquet", HYPOTHESES)["text"]
    for split in SPLITS:
        rows = rehearsal.rows[split]
        made = read_table(folder / f"{split}.parquet", PAIRS)
        assert made["pair_id"].tolist() == [row["pairID"] for row in rows]
        assert made["image_id"].tolist() == [picture_of(row) for row in rows]
        assert made["label"].tolist() == [row["gold_label"] for row in rows]
        hypotheses = [texts[number] for number in made["hypothesis_id"]]
        assert hypotheses == [row["sentence2"] for row in rows]


def test_a_second_run_has_nothing_to_do(rehearsal: Rehearsal) -> None:
    assert "Nothing to be done" in rehearsal.again.stdout


def test_each_file_came_from_the_first_way_that_led_to_it(rehearsal: Rehearsal) -> None:
    assert "made from SNLI, since no address gave it" in rehearsal.log("snli_ve_train")
    train = rehearsal.right.gets("snli_ve_train")
    assert [(request.sent, request.status) for request in train] == [(CUT, 200), (0, 404)]
    assert "it has 23 pairs, expected 24" in rehearsal.log("snli_ve_dev")
    assert "made from SNLI, 24 pairs" in rehearsal.log("snli_ve_dev")
    assert "downloads/snli_ve_test.jsonl is taken" in rehearsal.log("snli_ve_test")
    assert not rehearsal.right.gets("snli_ve_test") and not rehearsal.gone.gets("snli_ve_test")
    assert all(request.status == 404 for request in rehearsal.gone.requests)
    starts = [request.start for request in rehearsal.right.gets("snli_1.0.zip")]
    assert starts == [None, CUT]  # both splits share it
    assert [request.start for request in rehearsal.hub.gets("/storage/")] == [None]
    [pictures] = (rehearsal.project / "resources/downloads").glob("flickr30k_images-*.tar.gz")
    assert pictures.read_bytes()[:2] == b"PK"


def test_the_report_of_the_stage_says_which_way_was_taken(rehearsal: Rehearsal) -> None:
    [report] = (rehearsal.project / "results/thesis/logs/download_file").glob("snli_ve_train*.json")
    said = " ".join(read_json(report)["warnings"])
    assert "the SNLI-VE annotations of train: made from SNLI" in said
    assert "404 Not Found" in said
    assert json.loads((rehearsal.project / TARGET).read_text())["splits"]["train"]["rows"] == 60
