"""Every figure of a study: its numbers from the files, then its drawing."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure

from clseave_core.report.figures.drawing.accuracy import draw_accuracy
from clseave_core.report.figures.drawing.common import notice
from clseave_core.report.figures.drawing.confusion import draw_confusion
from clseave_core.report.figures.drawing.curves import (
    StudentCurves,
    TeacherCurves,
    draw_student_curves,
    draw_teacher_curves,
)
from clseave_core.report.figures.drawing.dev_accuracy import draw_dev_accuracy
from clseave_core.report.figures.drawing.distance import draw_distance
from clseave_core.report.figures.drawing.example_pairs import draw_example_pairs
from clseave_core.report.figures.drawing.grouped import Wording, draw_grouped
from clseave_core.report.figures.drawing.label_distribution import draw_label_distribution
from clseave_core.report.figures.files import StudyFiles
from clseave_core.report.figures.names import FIGURES
from clseave_core.report.figures.numbers.confusion import read_confusions
from clseave_core.report.figures.numbers.distances import distance_rows
from clseave_core.report.figures.numbers.example_pairs import choose_pairs, example_pairs
from clseave_core.report.figures.numbers.groups import (
    grouped_shares,
    label_groups,
    length_groups,
    template_groups,
)
from clseave_core.report.figures.numbers.histories import Curve, curve, dimensions
from clseave_core.report.figures.numbers.label_counts import label_counts
from clseave_core.report.published import where

_NO_STUDENT = "This study has no student."


def draw_figure(name: str, files: StudyFiles) -> Figure:
    """Draw one of FIGURES; call within `project_style`. KeyError when there is none such."""
    return _DRAWINGS[name](files)


def _examples(files: StudyFiles) -> Figure:
    rows = choose_pairs(files.answers, _of_pairs(files, "text"))
    pairs = example_pairs(rows, files.answers, files.texts, files.pictures)
    return draw_example_pairs(
        pairs,
        f"Pairs of {files.shown_testset}, drawn at random of each label, and of errors",
        files.credit,
    )


def _labels(files: StudyFiles) -> Figure:
    return draw_label_distribution(label_counts(files.corpus_report, files.beside), files.study)


def _teacher(files: StudyFiles) -> Figure:
    ends = files.beside.get("training_ends", {}).get("clip_ve", {})
    epoch = files.beside.get("hyper_parameters", {}).get("clip_ve", {}).get("epochs")
    parts = ("train", "dev")
    return draw_teacher_curves(
        TeacherCurves(
            {part: curve(files.teacher, f"{part}_loss") for part in parts},
            {part: curve(files.teacher, f"{part}_accuracy", 100) for part in parts},
            {part: ends[part] for part in parts if part in ends},
            epoch,
            where(ends["reference"]) if ends else "",
        ),
        files.pictured.teacher,
    )


def _student_curves(files: StudyFiles, column: str, scale: float = 1.0) -> dict[str, Curve]:
    return {name: curve(seeds, column, scale) for name, seeds in files.students.items()}


def _published_curves(files: StudyFiles, quantity: str) -> dict[str, list[float]]:
    """Published values per dimension by language, of the pictured student method."""
    table = files.beside.get(quantity, {})
    of_method: Mapping[str, list[float]] = table.get(files.pictured.student, {})
    return {
        name: [value / table["dimensions"] for value in values]
        for name, values in of_method.items()
        if name in files.students
    }


def _students(files: StudyFiles) -> Figure:
    if not files.students:
        return notice("Training of the students", _NO_STUDENT)
    size = dimensions(next(iter(files.students.values())))
    mse, mae = "MSE per dimension", "MAE per dimension"
    panels = [
        StudentCurves("learning rate", "learning rate", _student_curves(files, "learning_rate")),
        StudentCurves("training MSE (dropout on)", mse,
                      _student_curves(files, "train_mse_per_dim"), dimensions=size),
        StudentCurves("dev MSE", mse, _student_curves(files, "dev_mse_per_dim"),
                      _published_curves(files, "dev_mse"), size),
        StudentCurves("dev MAE", mae, _student_curves(files, "dev_mae_per_dim"),
                      _published_curves(files, "dev_mae"), size),
    ]  # fmt: skip
    tables = [files.beside[key] for key in ("dev_mse", "dev_mae") if key in files.beside]
    source = " and ".join(f"Table {table['reference']['table']}" for table in tables)
    return draw_student_curves(panels, str(files.pictured.student), source)


def _accuracy(files: StudyFiles) -> Figure:
    return draw_accuracy(files.accuracy_rows, files.study)


def _dev_accuracy(files: StudyFiles) -> Figure:
    mse, accuracy = (
        _student_curves(files, "dev_mse_per_dim"),
        _student_curves(files, "dev_accuracy", 100),
    )
    return draw_dev_accuracy(mse, accuracy, files.pictured.student or "none")


def _confusion(files: StudyFiles) -> Figure:
    methods = " and ".join(files.pictured.methods)
    return draw_confusion(read_confusions(files.scores), methods, files.shown_testset)


def _length(files: StudyFiles) -> Figure:
    words = np.array([len(text.split()) for text in _of_pairs(files, "text")], dtype=np.int64)
    shares = grouped_shares(files.answers.right, length_groups(words))
    title = f"Accuracy by length of the English hypothesis, {_on(files)}"
    return draw_grouped(
        shares, Wording(title, "accuracy (%)", "words of the hypothesis"), ordered=True
    )


def _template(files: StudyFiles) -> Figure:
    title = f"Accuracy by template of the hypothesis, {_on(files)}"
    groups = template_groups(_of_pairs(files, "template"))
    if not groups:
        return notice(title, "This corpus has no templates.")
    shares = grouped_shares(files.answers.right, groups)
    return draw_grouped(shares, Wording(title, "accuracy (%)", "template"), ordered=False)


def _distance(files: StudyFiles) -> Figure:
    known, picture = files.known_distances.get("linguistic_distances", {}), files.pictured
    english = [
        row.accuracy
        for row in files.accuracy_rows
        if (row.method, row.testset) == (picture.english, files.testset)
    ]
    rows = distance_rows(
        files.accuracy_rows, str(picture.student), files.testset, known.get("distances", {})
    )
    source = where(known["reference"]) if known else ""
    return draw_distance(rows, next(iter(english), None), str(picture.student), source)


def _agreement(files: StudyFiles) -> Figure:
    title = f"Pairs on which the student says what its English teacher says, {_on(files)}"
    if not files.answers.as_english:
        return notice(title, "This study has no student beside an English method of its teacher.")
    shares = grouped_shares(files.answers.as_english, label_groups(files.answers.labels))
    words = Wording(title, "agreement (%)", "gold label of the pair")
    return draw_grouped(shares, words, ordered=False)


def _of_pairs(files: StudyFiles, column: str) -> list[str]:
    """What the sentence table says of each pair's hypothesis."""
    return files.sentences[column].reindex(files.answers.hypotheses).tolist()


def _on(files: StudyFiles) -> str:
    return f"{files.pictured.student or files.pictured.english} on {files.shown_testset}"


_DRAWINGS: dict[str, Callable[[StudyFiles], Figure]] = dict(
    zip(
        FIGURES,
        (
            *(_examples, _labels, _teacher, _students, _accuracy, _dev_accuracy),
            *(_confusion, _length, _template, _distance, _agreement),
        ),
        strict=True,
    )
)
