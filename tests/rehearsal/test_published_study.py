"""The whole thesis under its published protocol, with French, from servers to tables and figures.

What the corrected study's rehearsal (test_thesis_study.py) does not reach: the aligner from the
hub, CLTEAVE with its autoencoder, every published setting at once, the thesis's tables. The corpus
is a small one, so that no published value may stand beside it, and a second test set, which is
train itself, is leaked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pandas as pd
import pytest
import yaml

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_json, read_table
from clseave_core.report.terminal_table import show_table
from clseave_core.translation.schemas import TRANSLATIONS
from tests.rehearsal.google_page import GooglePage
from tests.rehearsal.overrides import overrides
from tests.rehearsal.servers import ArchiveMirror, ModelHub
from tests.rehearsal.thesis_world import ALIGNER_ID, ThesisWorld, annotations_name
from tests.rehearsal.workflow import copy_project, snakemake, told

pytestmark = pytest.mark.slow

STUDY = "thesis_as_published"
TRAIN, AGAIN = annotations_name("train"), "train_again"
THESIS_TABLES = (
    "published_systems", "table_1_1_linguistic_distances", "table_2_1_corpus_sizes",
    "table_4_1_accuracy", "table_a_1_hyper_parameters", "table_a_2_dev_mse", "table_a_3_dev_mae",
)  # fmt: skip


@dataclass(frozen=True)
class Rehearsal:
    """One run in a copy of the project."""

    project: Path
    run: CompletedProcess[str]
    fetched_of_aligner: list[str]

    @property
    def results(self) -> Path:
        return self.project / "results" / STUDY

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.results / "tables" / f"{name}.csv")


@pytest.fixture(scope="module")
def rehearsal(
    thesis_world: ThesisWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    world = thesis_world
    project = copy_project(tmp_path_factory.mktemp("published") / "project")
    french = {("fr", english): translation for english, translation in world.french.items()}
    with (
        ArchiveMirror(world.files) as mirror,
        ModelHub(world.models) as hub,
        GooglePage(french) as page,
    ):
        settings = project / "rehearsal.yaml"
        changes = overrides(STUDY, world, [mirror], page)
        changes["corpus"]["annotations"][AGAIN] = {"path": str(world.files[TRAIN])}
        leaked = {"testsets": ["test", AGAIN], "overlap": "allowed"}
        settings.write_text(yaml.safe_dump(changes | leaked))
        arguments = ["all", "--configfile", "config.yaml", settings.name]
        run = snakemake(project, arguments, {"HF_ENDPOINT": hub.url})
        yield Rehearsal(project, run, sorted(hub.fetched(ALIGNER_ID)))


def test_everything_is_made(rehearsal: Rehearsal) -> None:
    assert rehearsal.run.returncode == 0, told(rehearsal.project, rehearsal.run)
    made = {
        kind: {path.name for path in (rehearsal.results / kind).iterdir()}
        for kind in ("tables", "figures")
    }
    assert made["tables"] == {
        "accuracy_table.csv",
        *(
            f"{table}.{form}"
            for table in (*THESIS_TABLES, "clteave", "rivals", "controls", "picture_pairs")
            for form in ("csv", "md", "tex")
        ),
    }  # fmt: skip
    assert len(made["figures"]) == 22
    assert {name.rpartition(".")[2] for name in made["figures"]} == {"svg", "png"}


def test_the_report_page_says_what_was_run_and_judges_the_claims(rehearsal: Rehearsal) -> None:
    page = (rehearsal.results / "report.html").read_text(encoding="utf-8")

    assert f"CLSEAVE report: study {STUDY}" in page
    assert "French" in page and "machine translations" in page
    assert re.search(rf"{ALIGNER_ID} at main</td><td>[0-9a-f]{{40}}<", page)
    assert "published dev MSE divided by 512 dimensions" in page


def test_the_aligner_came_without_what_is_not_needed(rehearsal: Rehearsal) -> None:
    assert rehearsal.fetched_of_aligner == [
        "config.json", "pytorch_model.bin", "tokenizer.json", "tokenizer_config.json"
    ]  # fmt: skip
    folder = rehearsal.project / "resources/models" / f"{ALIGNER_ID.replace('/', '--')}@main"
    assert (folder / "model.safetensors").exists()


def test_every_translation_has_its_links_within_its_words(rehearsal: Rehearsal) -> None:
    english = read_table(rehearsal.results / "corpus/hypotheses.parquet", HYPOTHESES)
    french = read_table(rehearsal.results / "translation/fr.parquet", TRANSLATIONS)
    aligned = read_table(rehearsal.results / "alignment/fr.parquet", ALIGNMENTS)
    assert aligned["hypothesis_id"].tolist() == english["hypothesis_id"].tolist()
    linked = 0
    for source, target, links in zip(
        english["text"], french["text"], aligned["links"], strict=True
    ):
        for link in links:
            assert source[link["source_start"] : link["source_end"]].strip()
            assert target[link["target_start"] : link["target_end"]].strip()
        linked += len(links)
    assert linked > len(english)


def test_every_published_choice_was_in_force(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    table = rehearsal.table("table_a_1_hyper_parameters").set_index("hyper_parameter")
    assert set(table.loc["keep", ["clip_ve", "clseave"]]) == {"last"}
    assert table.loc["validation dropout", "clseave"] == "yes"
    assert table.loc["weight decay", "clseave"] == "0.01"
    effects = rehearsal.table("clteave")["differs_in"]
    assert effects.str.contains("batch_norm: moving -> none", regex=False).all()
    assert effects.str.contains("pooling_at_test: argmax -> none", regex=False).all()
    rows = thesis_world.pairs["train"]
    log = rehearsal.results / "logs/train_teacher/clip_ve/seed0.log"
    assert f"epoch 2 of 2: {rows - round(0.2 * rows)} pairs" in log.read_text()


def test_all_readouts_of_clteave_stand_beside_clseave(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    table = rehearsal.table("clteave")
    assert table["method"].tolist() == ["clteave_padded", "clteave_decoder", "clteave_direct"]
    assert set(table["n"]) == {thesis_world.pairs["test"]}
    accuracy = pd.read_csv(rehearsal.project / "results/accuracy_table.csv")
    tested = accuracy[accuracy["testset"] == "test"]
    clseave = tested.set_index("method").loc["clseave", "test_accuracy"]
    assert set(table["reference_accuracy"]) == {clseave}
    assert table["p_holm"].between(0, 1).all()


def test_rivals_and_controls_of_every_kind_are_measured(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    rivals, controls = rehearsal.table("rivals"), rehearsal.table("controls")
    assert list(zip(rivals["method"], rivals["language"], strict=True)) == [
        ("translate_train", "fr"), ("frozen_english", "en"), ("frozen_encoder", "fr"),
        ("zero_shot", "fr"),
    ]  # fmt: skip
    assert controls["method"].tolist() == [
        "recalibrated", "student_image_shuffled", "student_hypothesis_only",
    ]  # fmt: skip
    assert set(rivals["n"]) | set(controls["n"]) == {thesis_world.pairs["test"]}
    assert rivals.set_index("method")["reference"]["frozen_english"] == "clip_ve"


def test_the_questions_are_answered(rehearsal: Rehearsal) -> None:
    answers = pd.read_csv(rehearsal.results / "comparisons.csv")
    families = {"language_against_english", "clteave", "clteave_against_english"}
    assert families < set(answers["family"])
    readouts = answers[answers["family"] == "clteave_questions"]
    assert set(readouts["question"]) == {
        "readout: padded -> decoder", "readout: padded -> direct", "readout: decoder -> direct",
    }  # fmt: skip


def test_no_published_value_stands_beside_the_small_corpus(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    sizes = rehearsal.table("table_2_1_corpus_sizes").set_index(["quantity", "split"])
    assert sizes.loc[("pairs", "train"), "ours"] == thesis_world.pairs["train"]
    assert sizes["published_snli_ve"].isna().all()
    for name in ("table_4_1_accuracy", "accuracy_table"):
        table = rehearsal.table(name)
        assert table[["published_loss", "published_accuracy"]].isna().all(axis=None), name
    assert set(rehearsal.table("published_systems")["paper"]) == {"this study"}
    assert rehearsal.table("table_a_2_dev_mse")["epoch"].tolist() == [1, 2]
    why = (
        "No published value stands beside these results, since the corpus is not the published "
        f"one: train has {thesis_world.pairs['train']:,} pairs, not 529,527; 15 of its counts "
        "differ."
    )
    warnings = read_json(rehearsal.results / "logs/tabulate_accuracy.json")["warnings"]
    assert [text for text in warnings if "published" in text] == [why]
    assert why in (rehearsal.results / "report.html").read_text(encoding="utf-8")
    shown = show_table(rehearsal.project / "results/accuracy_table.csv", rehearsal.results.parent)
    assert why in shown.replace("\n", " ")


def test_a_test_set_equal_to_train_is_leaked_and_ranked_with_nobody(
    rehearsal: Rehearsal, thesis_world: ThesisWorld
) -> None:
    images, pairs = thesis_world.images["train"], thesis_world.pairs["train"]
    counts = f"{images:,} of its {images:,} pictures and {pairs:,} of its {pairs:,} pairs"
    (told,) = read_json(rehearsal.results / "logs/prepare_corpus.json")["warnings"]
    assert told == f"{AGAIN} is leaked: {counts} stand in train."
    table = rehearsal.table("accuracy_table")
    leaked = table["testset"] == AGAIN
    assert set(table.loc[leaked, "setting_notes"]) == {"leaked"}
    assert table.loc[leaked, "rank"].isna().all() and table.loc[~leaked, "rank"].notna().all()
    assert table.loc[~leaked, "setting_notes"].isna().all()
    for name in ("clteave", "rivals", "controls", "picture_pairs"):
        assert AGAIN not in set(rehearsal.table(name)["testset"]), name
    assert set(pd.read_csv(rehearsal.results / "comparisons.csv")["testset"]) == {"test"}
    assert f"Test set {AGAIN} is leaked: {counts}" in (rehearsal.results / "report.html").read_text(
        encoding="utf-8"
    )
