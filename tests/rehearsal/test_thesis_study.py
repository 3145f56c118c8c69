"""The thesis study end to end, with French as its language, against servers that misbehave.

Same rules, same downloaders, same clients as on the internet: only addresses, checksums, expected
counts, languages, waits and epochs are overridden. The first run ends without one sentence, for
which the translation page never has an answer; the second fetches that and goes on to the table;
the third has nothing to do.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pandas as pd
import pytest
import yaml

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_json, read_table
from clseave_core.translation.schemas import TRANSLATIONS
from tests.rehearsal.google_page import Fault, GooglePage
from tests.rehearsal.overrides import overrides
from tests.rehearsal.servers import ArchiveMirror, Drop, ModelHub, WrongByte
from tests.rehearsal.thesis_world import (
    ARCHIVE,
    BERT_ID,
    CLIP_ID,
    ThesisWorld,
    annotations_name,
    read_rows,
)
from tests.rehearsal.workflow import copy_project, snakemake, told

pytestmark = pytest.mark.slow

TABLE = "results/accuracy_table.csv"
PAGE_FAULTS = {
    2: Fault.TOO_MANY_REQUESTS,
    3: Fault.SERVER_ERROR,
    4: Fault.FEW_LINES,
    6: Fault.SWAPPED,
    8: Fault.EMPTY,
}
CUT = 20_000
FETCHED_OF_CLIP = [
    "config.json", "merges.txt", "model.safetensors", "preprocessor_config.json",
    "tokenizer.json", "tokenizer_config.json", "vocab.json",
]  # fmt: skip
FETCHED_OF_BERT = ["config.json", "pytorch_model.bin", "tokenizer.json", "tokenizer_config.json"]


@dataclass(frozen=True)
class Servers:
    """The internet of the rehearsal."""

    wrong: ArchiveMirror
    """The first mirror: its archive has one wrong byte."""
    right: ArchiveMirror
    """The second: it drops the connection once."""
    hub: ModelHub
    page: GooglePage

    def asked(self) -> dict[str, int]:
        """How many requests each server has had."""
        return {
            "wrong": len(self.wrong.requests),
            "right": len(self.right.requests),
            "hub": len(self.hub.requests),
            "page": len(self.page.requests),
        }


@dataclass(frozen=True)
class Rehearsal:
    """Three runs in one copy of the project, and the requests that stood after each."""

    project: Path
    servers: Servers
    missing: str
    """The sentence that the first run could not have."""
    runs: list[CompletedProcess[str]] = field(default_factory=list)
    asked: list[dict[str, int]] = field(default_factory=list)
    tables: list[bool] = field(default_factory=list)
    """Whether the table was there after each run."""

    @property
    def results(self) -> Path:
        return self.project / "results" / "thesis"


@pytest.fixture(scope="module")
def rehearsal(
    thesis_world: ThesisWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    world = thesis_world
    project = copy_project(tmp_path_factory.mktemp("rehearsal") / "project")
    missing = next(reversed(world.french))
    french = {("fr", english): translation for english, translation in world.french.items()}
    with (
        ArchiveMirror(world.files, {ARCHIVE: [WrongByte(5_000)]}) as wrong,
        ArchiveMirror(world.files, {ARCHIVE: [Drop(CUT)]}) as right,
        ModelHub(world.models) as hub,
        GooglePage(french, PAGE_FAULTS, poison={missing: Fault.EMPTY}) as page,
    ):
        servers = Servers(wrong, right, hub, page)
        settings = project / "rehearsal.yaml"
        settings.write_text(yaml.safe_dump(overrides("thesis", world, (wrong, right), page)))
        done = Rehearsal(project, servers, missing)
        for options in (["--keep-going"], [], []):
            arguments = [TABLE, "--configfile", "config.yaml", settings.name, *options]
            done.runs.append(snakemake(project, arguments, {"HF_ENDPOINT": hub.url}))
            done.asked.append(servers.asked())
            done.tables.append((project / TABLE).exists())
            page.poison.clear()
        yield done


def test_the_first_run_names_the_sentence_that_is_missing(rehearsal: Rehearsal) -> None:
    first = rehearsal.runs[0]
    assert first.returncode == 1
    assert rehearsal.missing in first.stdout, told(rehearsal.project, first)
    assert "SentencesMissing" in first.stdout
    assert rehearsal.tables == [False, True, True]


def test_the_second_run_makes_the_table_and_asks_for_that_sentence_only(
    rehearsal: Rehearsal,
) -> None:
    assert rehearsal.runs[1].returncode == 0, told(rehearsal.project, rehearsal.runs[1])
    before, after = rehearsal.asked[:2]
    assert after == before | {"page": before["page"] + 1}
    assert rehearsal.servers.page.requests[before["page"]].asked == (rehearsal.missing,)


def test_a_third_run_has_nothing_to_do_and_asks_nothing(rehearsal: Rehearsal) -> None:
    assert rehearsal.runs[2].returncode == 0, told(rehearsal.project, rehearsal.runs[2])
    assert "Nothing to be done" in rehearsal.runs[2].stdout
    assert rehearsal.asked[2] == rehearsal.asked[1]


def test_the_table_is_complete(rehearsal: Rehearsal, thesis_world: ThesisWorld) -> None:
    table = pd.read_csv(rehearsal.project / TABLE, dtype={"seed": str})
    assert list(zip(table["method"], table["language"], strict=True)) == [
        ("clip_ve", "en"),
        ("hypothesis_only", "en"),
        ("image_only", "en"),
        ("image_shuffled", "en"),
        ("clseave", "fr"),
    ]
    assert set(table["n"]) == {thesis_world.pairs["test"]}
    french = table.iloc[-1]
    assert (french["study"], french["testset"], french["seed"]) == ("thesis", "test", "0")
    assert french["setting"] == "translate_train_unlabelled"
    numbers = ["test_loss", "test_accuracy", "ci_low", "ci_high", "wilson_low", "wilson_high"]
    assert french[[*numbers, "gap_to_english", "held_out_accuracy"]].notna().all()
    assert 0 < french["ci_low"] <= french["test_accuracy"] <= french["ci_high"] < 100


def test_every_stored_translation_is_the_servers_own(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    hypotheses = read_table(rehearsal.results / "corpus/hypotheses.parquet", HYPOTHESES)
    stored = read_table(rehearsal.results / "translation/fr.parquet", TRANSLATIONS)
    page = rehearsal.servers.page
    assert stored["hypothesis_id"].tolist() == hypotheses["hypothesis_id"].tolist()
    recorded = [page.record["fr", english] for english in hypotheses["text"]]
    assert stored["text"].tolist() == recorded
    assert recorded == [thesis_world.french[english] for english in hypotheses["text"]]
    assert not stored["unchanged"].any()
    assert page.unknown == set()


def test_each_sentence_is_asked_once_where_the_page_did_not_fail(rehearsal: Rehearsal) -> None:
    hypotheses = read_table(rehearsal.results / "corpus/hypotheses.parquet", HYPOTHESES)
    requests = rehearsal.servers.page.requests
    assert {r.fault for r in requests} == {*PAGE_FAULTS.values(), None}
    good = [request for request in requests if request.fault is None]
    times = Counter(line for request in good for line in request.asked)
    assert times == dict.fromkeys(hypotheses["text"], 1)


def test_the_archive_came_from_the_second_mirror_in_two_parts(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    wrong, right = rehearsal.servers.wrong, rehearsal.servers.right
    size = thesis_world.files[ARCHIVE].stat().st_size
    assert [(r.start, r.sent) for r in wrong.gets(ARCHIVE)] == [(None, size)]
    assert [(r.start, r.sent) for r in right.gets(ARCHIVE)] == [(None, CUT), (CUT, size - CUT)]
    archives = list((rehearsal.project / "resources/downloads").glob("flickr30k*"))
    assert [path.suffixes for path in archives] == [[".tar", ".gz"]]
    # The small files came whole from the first mirror.
    assert all(len(wrong.gets(annotations_name(split))) == 1 for split in thesis_world.pairs)
    assert all(not right.gets(annotations_name(split)) for split in thesis_world.pairs)


def test_the_models_came_once_and_without_what_is_not_needed(rehearsal: Rehearsal) -> None:
    hub = rehearsal.servers.hub
    assert sorted(hub.fetched(CLIP_ID)) == FETCHED_OF_CLIP
    assert sorted(hub.fetched(BERT_ID)) == FETCHED_OF_BERT
    for model_id, weights in ((CLIP_ID, "model.safetensors"), (BERT_ID, "pytorch_model.bin")):
        folder = rehearsal.project / "resources/models" / f"{model_id.replace('/', '--')}@main"
        assert (folder / "model.safetensors").exists()
        assert read_json(folder / "source.json") == {
            "id": model_id,
            "revision": "main",
            "commit": hub.commit(model_id),
            "weights": [weights],
        }


def test_the_report_counts_what_was_served(rehearsal: Rehearsal, thesis_world: ThesisWorld) -> None:
    splits = read_json(rehearsal.results / "corpus/report.json")["splits"]
    assert {name: split["rows"] for name, split in splits.items()} == thesis_world.pairs
    assert {name: split["images"] for name, split in splits.items()} == thesis_world.images
    without_label = sum(row.label == "-" for row in read_rows())
    assert sum(split["dropped_rows"] for split in splits.values()) == without_label
