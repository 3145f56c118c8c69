import json
import re
import shutil
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clseave_core.files import write_json
from clseave_core.study.corpus_size import CorpusSize, expected_size, prepared_size, world_size
from clseave_core.study.forecast import Figure, forecast, gigabytes, sentences_per_request
from clseave_core.study.loading import load_study
from clseave_core.study.progress_so_far import corpus_size, measured_seconds
from clseave_core.study.sources import Sources
from clseave_core.translation.settings import TranslationSettings
from commands import forecast as command
from commands.forecast import show

ROOT = Path(__file__).resolve().parents[2]
SIZE = CorpusSize({"train": 1000, "dev": 10, "test": 20}, 600, 900, 37.0, "counted", "counted")
CLIP_TEXT, BERT = 63_428_096, 177_262_848  # parameters of the encoders that are kept


def sources(overrides: dict[str, Any], name: str = "thesis") -> Sources:
    return Sources(name, load_study(name, overrides, ROOT), "resources")


def amounts(figures: list[Figure]) -> dict[tuple[str, str], float]:
    return {(figure.part, figure.what): figure.amount for figure in figures}


@pytest.mark.parametrize(
    ("length", "settings", "expected"),
    [
        (37.0, {}, 100),  # 40 each with %0A, and 4,003 characters: as many as max_sentences
        (47.0, {}, 80),  # (4,000 + 3) / 50
        (47.0, {"max_sentences": 5}, 5),
        (9000.0, {}, 1),  # longer than a request: alone
    ],
)
def test_requests_are_packed_by_encoded_length(
    length: float, settings: dict[str, Any], expected: int
) -> None:
    assert sentences_per_request(length, TranslationSettings("google", **settings)) == expected


def test_requests_and_hours_of_translation() -> None:
    found = amounts(forecast(sources({"translation": {"requests_per_second": 0.5}}), SIZE, {}))

    # five languages, 900 sentences, 100 a request; two seconds each
    assert found["translation", "requests"] == 45
    assert found["translation", "translating"] == pytest.approx(90 / 3600)


def test_translations_from_files_need_no_request() -> None:
    overrides = {"translation": {"provider": "file", "file": "{lang}.tsv"}}

    assert amounts(forecast(sources(overrides), SIZE, {}))["translation", "requests"] == 0


def test_hours_follow_epochs_seeds_and_languages() -> None:
    found = amounts(forecast(sources({"languages": ["de", "nl"], "seeds": [0, 1]}), SIZE, {}))

    # The thesis: 529,527 pairs nine times in 2.5 hours. Teachers stop after 6 epochs and one more.
    hours = 2.5 / (529_527 * 9)
    assert found["computing", "4 train_student"] == pytest.approx(4 * 9 * 1000 * hours)
    assert found["computing", "6 train_teacher"] == pytest.approx(6 * 7 * 1000 * hours)
    # four English methods and two languages, two seeds
    assert ("computing", "12 predict") in found
    assert found["computing", "in all"] == pytest.approx(
        sum(v for (part, what), v in found.items() if part == "computing" and what != "in all")
    )


def test_a_joint_student_is_one_that_sees_every_language() -> None:
    overrides = {"languages": ["de", "nl"], "methods": {"clseave": {"joint": True}}}
    found = amounts(forecast(sources(overrides), SIZE, {}))

    hours = 2.5 / (529_527 * 9)
    assert found["computing", "1 train_student"] == pytest.approx(2 * 9 * 1000 * hours)
    assert found["below results/", "1 students"] == pytest.approx(4 * BERT / 1e9)


def test_a_generated_study_trains_its_aligner() -> None:
    overrides = {"models": {"aligner": {"settings": {"steps": 60, "batch": 40}}}}
    found = amounts(forecast(sources(overrides, "pocket"), SIZE, {}))

    assert found["computing", "1 generate_aligner"] == pytest.approx(2 / 3600)  # 1,200 a second


def test_times_of_the_studys_own_jobs_take_the_place_of_assumed_ones() -> None:
    figures = forecast(sources({}), SIZE, {"train_student": [3600.0, 1800.0]})
    figure = next(figure for figure in figures if figure.what == "5 train_student")

    assert figure.amount == pytest.approx(5 * 0.75)
    assert figure.basis == "measured: 2 of this study's own jobs"


def test_gigabytes_of_results() -> None:
    figures = forecast(sources({"languages": ["de"]}), SIZE, {})
    found = amounts(figures)

    # 512 numbers of four bytes for each picture, each sentence of three teachers and one student
    embeddings = 512 * 4 * (600 + 3 * 900 + 900)
    for whose, count in (("pictures'", 600), ("teachers'", 3 * 900), ("students'", 900)):
        amount = found["below results/", f"{whose} embeddings"]
        assert amount == pytest.approx(512 * 4 * count / 1e9)
    assert found["below results/", "3 teachers"] == pytest.approx(3 * 4 * CLIP_TEXT / 1e9)
    assert found["below results/", "1 students"] == pytest.approx(4 * BERT / 1e9)
    assert found["below results/", "state of one training"] == pytest.approx(16 * BERT / 1e9)
    assert gigabytes(figures, "below results/") == pytest.approx(
        (embeddings + 3 * 4 * CLIP_TEXT + 20 * BERT) / 1e9
    )


EVERY_KIND: dict[str, Any] = {
    "languages": ["de", "nl"],
    "seeds": [0, 1],
    "comparisons": None,
    "translation": {"back_translations": {"de": "de.tsv", "nl": "nl.tsv"}},
    "methods": {
        "translate_train": None,
        "clteave_direct": None,
        "clteave_padded": None,
        "clteave_decoder": None,
        "joint": {"like": "clseave", "joint": True},
        "round_trip": {"setting": "round_trip", "teacher": "clip_ve"},
        "argmax": {"like": "clseave", "trained_as": "clseave", "pooling_at_test": "argmax"},
    },
}


def embedded(study: Sources) -> list[str]:
    """The main methods, once for each language that they have embeddings of their own of."""
    return [
        name
        for name in study.main_methods
        if study.embeds_sentences(name)
        for _ in study.languages_of(name)
    ]


def test_each_methods_sentence_embeddings_are_counted() -> None:
    """Two seeds; in each of two languages unless it is said."""
    study = sources(EVERY_KIND)
    found = amounts(forecast(study, SIZE, {}))

    methods = {
        "clseave": 2, "frozen_encoder": 2, "student_hypothesis_only": 2,
        "joint": 2, "argmax": 2, "zero_shot": 2, "round_trip": 2,
        "frozen_english": 1,  # English alone
        "recalibrated": 0, "student_image_shuffled": 0,  # as clseave
    }  # fmt: skip
    assert sorted(embedded(study)) == sorted(
        name for name, languages in methods.items() for _ in range(languages)
    )
    students = 2 * sum(methods.values()) * 900 * 512 * 4
    assert found["below results/", "students' embeddings"] == pytest.approx(students / 1e9)
    # The frozen encoder reads English, German and Dutch, for all seeds and methods once
    assert found["below results/", "frozen encoders' embeddings"] == pytest.approx(
        3 * 900 * 512 * 4 / 1e9
    )


def test_the_thesis_keeps_five_gigabytes_of_students_embeddings() -> None:
    study = sources({})
    size = expected_size(study.study)
    assert size is not None

    found = amounts(forecast(study, size, {}))
    assert found["below results/", "students' embeddings"] == pytest.approx(4.92, abs=0.01)


def test_embeddings_are_as_wide_as_their_models() -> None:
    """The pocket study's CLIP has 128 dimensions and its BERT 96; nothing is frozen here."""
    overrides = {
        "comparisons": {"rivals": None},
        "methods": dict.fromkeys(
            ("zero_shot", "frozen_english", "translate_train", "translate_train_equal_compute")
        ),
        "students": {"frozen": {"model": "bert"}},
        "languages": ["de"],
    }
    found = amounts(forecast(sources(overrides, "pocket"), SIZE, {}))

    amount = found["below results/", "students' embeddings"]  # clseave and frozen_encoder
    assert amount == pytest.approx(2 * 900 * 128 * 4 / 1e9)
    amount = found["below results/", "frozen encoders' embeddings"]
    assert amount == pytest.approx(900 * 96 * 4 / 1e9)


def test_what_the_user_has_is_not_downloaded() -> None:
    own: dict[str, Any] = {
        "corpus": {"pictures": {"path": "mine.zip"}},
        "models": {"clip": {"id": "a/b"}},
    }
    found = amounts(forecast(sources(own), SIZE, {}))

    assert ("below resources/", "pictures") not in found
    assert found["below resources/", "annotations"] == pytest.approx(1030 * 150 / 1e9)
    own["corpus"]["annotations"] = {"train": {"path": "mine.jsonl"}}
    found = amounts(forecast(sources(own), SIZE, {}))
    assert found["below resources/", "annotations"] == pytest.approx(30 * 150 / 1e9)
    assert found["below resources/", "model clip"] == pytest.approx(0.72)  # unknown: assumed


def test_a_world_is_counted_from_its_settings() -> None:
    world = {
        "sentences": {"exists": 10, "absent": 2}, "triples": {"train": 4, "dev": 1, "test": 2},
        "scenes": {"train": 5, "dev": 3, "test": 2},
    }  # fmt: skip
    size = world_size({"corpus": {"world": world}})

    assert size.pairs == {"train": 144, "dev": 36, "test": 72}
    assert (size.images, size.sentences) == (10, 12)


def test_expected_counts_say_that_the_sentences_are_assumed() -> None:
    size = expected_size(load_study("thesis", {}, ROOT))

    assert size is not None
    assert size.pairs["train"] == 529_527
    assert size.images == 31_783
    assert size.sentences == round(0.85 * 565_286)
    assert size.sentence_basis.startswith("assumed: 85%")


def test_a_prepared_corpus_is_counted(tmp_path: Path) -> None:
    report = {"splits": {s: {"rows": 6, "images": 2} for s in ("train", "dev", "test")}}
    write_json(tmp_path / "thesis/corpus/report.json", report)
    table = pa.table({"text": ["A dog.", "Zwölf Bälle."]})
    pq.write_table(table, tmp_path / "thesis/corpus/hypotheses.parquet")

    size = corpus_size(sources({}), tmp_path)

    # "A+dog." has 6 characters, "Zw%C3%B6lf+B%C3%A4lle." has 22
    assert size == prepared_size(report, [6, 22])
    assert (size.images, size.sentences, size.length) == (6, 2, 14.0)


def annotations(folder: Path, rows: list[tuple[str, str]]) -> dict[str, Any]:
    """Three splits with the same pictures and sentences, as sections of `annotations:`."""
    files = {}
    for split in ("train", "dev", "test"):
        lines = [
            json.dumps(
                {"pairID": f"{split}{number}", "Flickr30K_ID": image, "sentence2": text,
                 "gold_label": "neutral"}
            )
            for number, (image, text) in enumerate(rows)
        ]  # fmt: skip
        (folder / f"{split}.jsonl").write_text("\n".join(lines))
        files[split] = {"path": str(folder / f"{split}.jsonl")}
    return files


def test_without_expected_counts_the_files_are_counted(tmp_path: Path) -> None:
    rows = [("1", "A dog."), ("1", "A cat."), ("2", "A dog.")]
    corpus = {"expected": None, "annotations": annotations(tmp_path, rows)}

    size = corpus_size(sources({"corpus": corpus}), "nowhere")
    assert size.pairs == {"train": 3, "dev": 3, "test": 3}
    assert (size.images, size.sentences, size.length) == (2, 2, 6.0)
    assert size.basis == "counted: the study's own files"


@pytest.mark.parametrize(
    "expected",
    [None, {"pairs": None}, {"images": {"train": None}}, {"pairs": {"dev": None}}],
    ids=str,
)
def test_where_nothing_is_known_the_forecast_says_so_and_goes_on(
    expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    study = sources({"corpus": {"expected": expected}})
    figures = forecast(study, corpus_size(study, "nowhere"), {})
    found = amounts(figures)

    for unknown in (
        ("corpus", "pairs"), ("translation", "requests"), ("computing", "5 train_student"),
        ("below results/", "students' embeddings"), ("below resources/", "pictures"),
    ):  # fmt: skip
        assert isnan(found[unknown]), unknown
    assert found["below results/", "5 students"] == pytest.approx(5 * 4 * BERT / 1e9)
    known = (3 * 4 * CLIP_TEXT + 5 * 4 * BERT + 16 * BERT) / 1e9
    assert gigabytes(figures, "below results/") == pytest.approx(known)
    lines = show(figures)
    assert "not known   not known before the annotations are here (corpus.expected" in lines
    assert "the sum of what is known" in lines


def test_the_command_forecasts_a_study_whose_counts_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    for name in ("schemas", "config.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "studies/mine.yaml").write_text("based_on: thesis\ncorpus: {expected: null}\n")
    monkeypatch.chdir(tmp_path)

    assert command.main(["mine"]) == 0
    assert re.search(r"pairs +not known", capsys.readouterr().out)


def test_seconds_are_read_from_benchmarks(tmp_path: Path) -> None:
    folder = tmp_path / "thesis/benchmarks"
    for path, seconds in (("predict/a/de.tsv", 2.5), ("predict/b/nl.tsv", 3.5), ("once.tsv", 9)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"s\th:m:s\n{seconds}\t0:00:02\n")

    assert measured_seconds("thesis", tmp_path) == {"once": [9.0], "predict": [2.5, 3.5]}


def test_small_amounts_are_shown_in_small_units() -> None:
    lines = show(
        [
            Figure("computing", "students", 0.5, "GPU hours", "why"),
            Figure("computing", "teachers", 1.5, "GPU hours", "why"),
            Figure("disk", "models", 0.25, "GB", "why"),
            Figure("disk", "pairs", 529527, "", "why"),
        ]
    ).splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "COMPUTING", "students 30.0 GPU minutes why", "teachers 1.5 GPU hours why", "",
        "DISK", "models 250 MB why", "pairs 529,527 why",
    ]  # fmt: skip
