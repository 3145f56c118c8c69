from pathlib import Path
from typing import Any

import pytest
import yaml

from clseave_core.study.loading import load_study, merge

ROOT = Path(__file__).resolve().parents[2]


CLIP = {
    "width": 8, "layers": 1, "heads": 2, "steps": 1, "batch": 2, "learning_rate": 0.1,
    "weight_decay": 0.0, "warmup": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("name", [path.stem for path in (ROOT / "studies").glob("*.yaml")])
def test_every_study_that_is_shipped_loads(name: str) -> None:
    study = load_study(name, {}, ROOT)

    assert "presets" not in study
    assert all("preset" not in teacher["training"] for teacher in study["teachers"].values())


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"languages": ["de", "xx"]}, r"language 'xx' is not known. Known codes: "),
        ({"languages": ["en"]}, r"'en' is the teacher's language"),
        ({"lanugages": ["de"]}, r"the key lanugages is unknown\. Did you mean languages\?"),
        (
            {"presets": {"clseave": {"learning_rate": "4e-5"}}},
            r'presets.clseave.learning_rate: must be a number, got "4e-5".*with a dot, e.g. '
            r"4.0e-05",
        ),
        ({"methods": {"clseave": {"teacher": "clip_we"}}}, r"'clip_we' is none of the study's"),
        ({"teachers": {"clip_ve": {"training": {"preset": "x"}}}}, r"preset is 'x', which is none"),
        (
            {"models": {"other": {"generate": "bert", "settings": CLIP}}},
            r"two of them generate a bert; a world can have several CLIPs alone",
        ),
        (
            {
                "models": {
                    "bert": {"generate": "clip"},
                    "other": {"generate": "bert", "settings": CLIP},
                }
            },
            r"a CLIP of this name would lie in the folder of the generated bert",
        ),
        ({"models": {"bert": {"generate": "clip"}}}, r"an aligner is generated from the generated"),
        ({"alignment": {"model": "alinger"}}, r"alignment.model: 'alinger' is none of the study's"),
        (
            {"methods": {"clseave": {"teacher": "image_only"}}},
            r"'image_only' is a control that sees no",
        ),
        (
            {"methods": {"translate_train": {"setting": "translate_train_unlabelled"}}},
            r"translate_train.setting: translate_train_unlabelled does not go with the objective",
        ),
        (
            {"methods": {"clseave": {"setting": "translate_train"}}},
            r"clseave.setting: translate_train does not go with the objective sentence_mse",
        ),
        (
            {"methods": {"translate_train": {"training": {"weight": "distinct"}}}},
            r"translate_train.training.weight: cross_entropy learns pairs",
        ),
        (
            {"methods": {"translate_train": {"training": {"length_groups": "packed"}}}},
            r"translate_train.training.length_groups: only teachers, CLIP's text tower, can be",
        ),
        (
            {"autoencoders": {"relu": {"training": {"length_groups": "packed"}}}},
            r"autoencoders.relu.training.length_groups: only teachers",
        ),
        (
            {"methods": {"zero_shot": {"trained_as": "frozen_encoder"}}},
            r"zero_shot: the setting zero_shot reads a student of English",
        ),
        (
            {"methods": {"recalibrated": {"trained_as": "frozen_english"}}},
            r"recalibrated.languages: 'frozen_english' has no de, nl, ja, ko, zh",
        ),
        ({"students": {"frozen": {"hidden": None}}}, r"students.frozen.hidden: 'use' is a frozen"),
        (
            {"students": {"frozen": {"hidden": 0}}},
            r"frozen.hidden: must be at least 1 and at most 65536, got 0",
        ),
        (
            {"teachers": {"clip_ve": {"model": "use"}}},
            r"teachers.clip_ve.model: 'use' is for students with a frozen encoder only",
        ),
        (
            {"methods": {"frozen_encoder": {"pooling_at_test": "argmax"}}},
            r"frozen_encoder.pooling_at_test: a student with a frozen encoder has none",
        ),
        (
            {"translation": {"references": {"fr": "human.tsv"}}},
            r"translation.references: 'fr' is not in the study's languages",
        ),
        (
            {"translation": {"references": {"de": ""}}},
            r"references.de: must be a text that is",
        ),
        (
            {"translation": {"two_translations": "both"}},
            r"one of first, refuse, got .both",
        ),
        (
            {"corpus": {"labels": {"tst": ["neutral", "entailment", "contradiction"]}}},
            r"corpus\.labels: corpus\.annotations has no file for 'tst'",
        ),
        ({"corpus": {"labels": {"dev": ["neutral"]}}}, r"labels.dev: must have at least 3 entries"),
        ({"control_language": "fr"}, r"control_language: 'fr' is not among the study's languages"),
        (
            {"methods": {"noisy_both": {"noise_in_training": 0.2}}},
            r"noise_in_training is 0.2, noise_at_test 0.1. A student is read with",
        ),
        (
            {"methods": {"noisy_test": {"noise_at_test": 0.9}}},
            r"must be more than 0 and at most 0.5, got 0.9",
        ),
        (
            {"methods": {"noisy_training": {"noise_in_training": 0.2}}},
            r"'noisy_both' is not the same training",
        ),
        (
            {"methods": {"clteave_padded": {"noise_at_test": 0.1}}},
            r"clteave_padded: noise goes with the objective sentence_mse only",
        ),
        (
            {"methods": {"clseave": {"languages": ["de"]}}},
            r"comparisons.clteave: 'clteave_direct' is in zh, where the reference 'clseave' is not",
        ),
        (
            {"methods": {"frozen_encoder": {"joint": True}}},
            r"frozen_encoder.joint: only for a student whose encoder is trained",
        ),
        (
            {"methods": {"translate_train": {"joint": True}}},
            r"translate_train.joint: only for a student whose encoder is trained, the setting",
        ),
        (
            {
                "methods": {"clseave": {"joint": True}},
                "sweep": {"rates": {"method": "clseave", "languages": ["de"], "runs": [{}]}},
            },
            r"sweep.rates.method: a joint student is not swept",
        ),
        (
            {"students": {"frozen": {"trim_vocabulary": True}}},
            r"students.frozen.trim_vocabulary: a frozen encoder stays as it is",
        ),
        (
            {"evaluation": {"margin": 0}},
            r"evaluation.margin: must be more than 0 and at most 100, got 0",
        ),
        (
            {"evaluation": {"permutations": 9}},
            r"permutations: must be at least 99 and at most 10000000, got 9",
        ),
        (
            {"methods": {"translate_test": {"noise_at_test": None}}},
            r"back-translations of clean machine translations are no translate_test. Call it round",
        ),
        (
            {"methods": {"translate_test": {"noise_at_test": None, "setting": "round_trip"}}},
            r"round_trip needs translation.back_translations of de, and no noise_at_test",
        ),
        (
            {"translation": {"provider": "google", "by_people": True}},
            r"by_people: a service's translations are not",
        ),
        (
            {
                "methods": {"translate_test": {"noise_at_test": None}},
                "translation": {"by_people": True},
            },
            r"translate_test needs translation.back_translations of de, and no noise_at_test",
        ),
        (
            {
                "methods": {"translate_test": {"noise_at_test": None, "setting": "round_trip"}},
                "translation": {"by_people": True},
            },
            r"what people have translated makes a translate_test",
        ),
        (
            {"methods": {"translate_test": {"setting": "zero_shot"}}},
            r"without a student its setting must be english, translate_test or",
        ),
        ({"testsets": ["xvnli"]}, r"'test' must be among them"),
        ({"testsets": ["xvnli"]}, r"a generated world has only the test set 'test'"),
    ],
)
def test_a_mistake_is_named(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_study("pocket", overrides, ROOT)


def test_only_the_pocket_world_has_noise_and_speaks_invented_languages() -> None:
    noisy = {"like": "clseave", "noise_in_training": 0.1, "noise_at_test": 0.1}

    for study in ("thesis", "natural"):
        with pytest.raises(ValueError, match=r"methods.noisy: only the pocket world can be transl"):
            load_study(study, {"methods": {"noisy": noisy}}, ROOT)
    with pytest.raises(ValueError, match=r"languages: 'qsc' is invented; only a world speaks it"):
        load_study("thesis", {"languages": ["de", "qsc"]}, ROOT)


def test_a_number_without_its_dot_is_text_in_yaml_and_refused() -> None:
    overrides = yaml.safe_load("presets: {clip_ve: {learning_rate: 4e-5}}")

    with pytest.raises(ValueError, match="YAML reads 4e-5 as text"):
        load_study("pocket", overrides, ROOT)


def test_text_of_the_command_line_is_read_as_what_the_schema_wants() -> None:
    """Snakemake's --config gives nested values as text."""
    overrides = {"methods": {"clseave": {"training": {"epochs": "3", "patience": "2"}}}}
    study = load_study("pocket", overrides | {"seeds": ["0", "1"]}, ROOT)

    assert study["methods"]["clseave"]["training"]["epochs"] == 3
    assert study["methods"]["clseave"]["training"]["patience"] == 2
    assert study["seeds"] == [0, 1]


def test_a_number_in_quotes_in_a_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    for path in (ROOT / "studies").glob("*.yaml"):
        (tmp_path / "studies" / path.name).symlink_to(path)
    quoted = 'based_on: pocket\npresets: {clseave: {epochs: "3"}}\n'
    (tmp_path / "studies/quoted.yaml").write_text(quoted)

    with pytest.raises(ValueError, match=r'a whole number, got "3"\. Write .* without quotes'):
        load_study("quoted", {}, tmp_path)


@pytest.mark.parametrize("null", [None, "null"])  # the second as --config gives it
def test_null_takes_a_teacher_of_the_base_away(null: str | None) -> None:
    overrides = {"teachers": {"image_only": null}, "methods": {"image_only": null}}

    assert "image_only" not in load_study("pocket", overrides, ROOT)["teachers"]


def test_a_preset_fills_in_what_the_training_does_not_say() -> None:
    training = {"preset": "section_4_2", "epochs": 5}
    study = load_study("thesis", {"methods": {"clseave": {"training": training}}}, ROOT)

    assert study["methods"]["clseave"]["training"]["learning_rate"] == 1.0e-4
    assert study["methods"]["clseave"]["training"]["epochs"] == 5


def test_an_unknown_study_lists_the_known_ones() -> None:
    with pytest.raises(
        FileNotFoundError,
        match="Studies there: invented, natural, natural_full, pocket, pocket_full, thesis, "
        "thesis_as_published, tiny",
    ):
        load_study("pockt", {}, ROOT)


def test_mappings_merge_lists_are_replaced_null_takes_away() -> None:
    base = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}

    assert merge(base, {"a": {"y": None, "z": 4}, "b": [5], "c": None}) == {
        "a": {"x": 1, "z": 4}, "b": [5],
    }  # fmt: skip
    assert base == {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}


def test_studies_that_are_based_on_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/one.yaml").write_text("based_on: two\n")
    (tmp_path / "studies/two.yaml").write_text("based_on: one\n")

    with pytest.raises(ValueError, match="circle: one -> two"):
        load_study("one", {}, tmp_path)
