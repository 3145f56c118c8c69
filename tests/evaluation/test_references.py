import pytest

from clseave_core.evaluation.references import english_reference, hypothesis_only_reference

TEACHERS = {
    "clip_ve": {"model": "clip", "premise": "image"},
    "hypothesis_only": {"model": "clip", "premise": "constant"},
    "image_only": {"model": "clip", "hypothesis": "constant"},
    "random_image_tower": {"model": "clip", "image_tower": "random"},
    "chinese_clip_ve": {"model": "chinese_clip"},
}
METHODS = {
    "clip_ve": {"setting": "english", "teacher": "clip_ve"},
    "hypothesis_only": {"setting": "english", "teacher": "hypothesis_only"},
    "image_only": {"setting": "english", "teacher": "image_only"},
    "random_image_tower": {"setting": "english", "teacher": "random_image_tower"},
    "image_shuffled": {"setting": "english", "teacher": "clip_ve", "premise": "shuffled"},
    "chinese_clip_ve": {"setting": "english", "teacher": "chinese_clip_ve"},
    "translate_test": {"setting": "translate_test", "teacher": "clip_ve"},
    "clseave": {
        "setting": "translate_train_unlabelled",
        "teacher": "clip_ve",
        "student": "mbert",
    },
    "from_chinese": {
        "setting": "translate_train_unlabelled",
        "teacher": "chinese_clip_ve",
        "student": "mbert",
    },
}


@pytest.mark.parametrize(
    ("method", "reference"),
    [
        ("clseave", "clip_ve"),
        ("translate_test", "clip_ve"),
        ("image_shuffled", "clip_ve"),
        ("hypothesis_only", "clip_ve"),
        ("image_only", "clip_ve"),
        ("random_image_tower", "clip_ve"),
        ("from_chinese", "chinese_clip_ve"),
        ("clip_ve", None),
        ("chinese_clip_ve", None),
    ],
)
def test_english_reference(method: str, reference: str | None) -> None:
    assert english_reference(method, METHODS, TEACHERS) == reference


@pytest.mark.parametrize(
    ("method", "reference"),
    [("clseave", "hypothesis_only"), ("clip_ve", "hypothesis_only"), ("from_chinese", None)],
)
def test_hypothesis_only_is_of_the_same_clip(method: str, reference: str | None) -> None:
    assert hypothesis_only_reference(method, METHODS, TEACHERS) == reference


def test_a_student_without_its_english_method_has_no_reference() -> None:
    methods = {"clseave": METHODS["clseave"]}
    assert english_reference("clseave", methods, TEACHERS) is None


def test_two_english_methods_of_one_teacher_are_refused() -> None:
    methods = {**METHODS, "clip_ve_again": METHODS["clip_ve"]}
    with pytest.raises(ValueError, match="clip_ve, clip_ve_again are all the English model of"):
        english_reference("clseave", methods, TEACHERS)
