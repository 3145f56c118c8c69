"""Bytes that a study fetches and keeps, for its accuracy table: what, how many, and why.

Sizes of models come from `model_sizes`. A count of the corpus that nobody knows makes NaN.
"""

from clseave_core.study.corpus_size import CorpusSize, drawn_pictures
from clseave_core.study.model_sizes import (
    WEIGHT_BYTES,
    parameters,
    sentence_width,
    teacher_width,
)
from clseave_core.study.sources import Sources

Item = tuple[str, float, str]
NUMBER_BYTES = 4
"""Of a number of an embedding, in fp32."""
PICTURE_BYTES = 4_375_349_371 / 31_783
"""Of one picture in the Flickr30k archive (a copy of flickr30k-images.tar.gz on the hub)."""
ANNOTATION_BYTES = 150.0
"""Of one compressed SNLI-VE row: 920 bytes in the plain files, assumed to shrink to a sixth."""
PICTURE_32 = 1700.0
"""Bytes of a generated picture of 32 pixels."""
STATE_COPIES = 4
"""What a training saves to go on from: weights, two moments of Adam, the best epoch's weights."""


def kept(sources: Sources, size: CorpusSize) -> list[Item]:
    """What the study makes: what, bytes, basis."""
    study, seeds = sources.study, len(sources.study["seeds"])
    sizes = {name: parameters(model) for name, model in study["models"].items()}
    teachers = [sizes[teacher["model"]][1] for teacher in sources.main_teachers.values()] * seeds
    students = [sizes[model][1] for model in _saved_students(sources)] * seeds
    largest = max([*teachers, *students], default=0)
    saved = "text encoders in fp32, vocabularies untrimmed"
    return [
        *_embeddings(sources, size),
        (f"{len(teachers)} teachers", float(WEIGHT_BYTES * sum(teachers)), saved),
        (f"{len(students)} students", float(WEIGHT_BYTES * sum(students)), saved),
        (
            "state of one training", float(STATE_COPIES * WEIGHT_BYTES * largest),
            "while it runs: weights, Adam's two moments, the best epoch's weights",
        ),
    ]  # fmt: skip


def _embeddings(sources: Sources, size: CorpusSize) -> list[Item]:
    """Files of embeddings, for the accuracy table: what, bytes, basis."""
    study, seeds = sources.study, len(sources.study["seeds"])
    widths = {
        name: teacher_width(study["models"][teacher["model"]])
        for name, teacher in study["teachers"].items()
    }
    towers = {
        sources.image_owner(name)
        for name, teacher in sources.main_teachers.items()
        if teacher.get("premise") != "constant"
    }
    items = (
        ("pictures' embeddings", size.images, [widths[name] for name in towers],
         "each picture, by each image tower"),
        ("teachers' embeddings", size.sentences * seeds,
         [widths[name] for name in sources.main_teachers],
         "each distinct sentence, by each teacher"),
        ("students' embeddings", size.sentences * seeds,
         [
             widths[study["methods"][name]["teacher"]]
             for name in sources.main_methods
             if sources.embeds_sentences(name)
             for _ in sources.languages_of(name)
         ],
         "each distinct sentence, by each method in each language"),
        ("frozen encoders' embeddings", size.sentences,
         [sentence_width(study["models"][name]) for name, _ in sources.frozen_sentences],
         "each distinct sentence, by each encoder in each language"),
    )  # fmt: skip
    return [
        (
            what,
            float(NUMBER_BYTES * count * sum(wide)),
            f"{' or '.join(map(str, sorted(set(wide))))} numbers in fp32 of {of}",
        )
        for what, count, wide, of in items
        if wide
    ]


def _saved_students(sources: Sources) -> list[str]:
    """The model that each student starts from, one entry a student."""
    study = sources.study
    return [
        study["students"][study["methods"][name]["student"]]["model"]
        for name in sources.main_students
        for _ in sources.students_of(name)
    ]


def fetched(sources: Sources, size: CorpusSize) -> list[Item]:
    """What is downloaded or generated: what, bytes, basis. What the user has is not counted."""
    corpus, items = sources.study["corpus"], []
    if sources.is_generated:
        drawn = sum(drawn_pictures(corpus["world"]))
        items.append(("pictures", drawn * PICTURE_32, "measured: 1.7 kB a picture of 32 pixels"))
    elif not corpus["pictures"].get("path"):
        count, basis = size.images * PICTURE_BYTES, "a copy of the Flickr30k archive: 4.4 GB"
        if "size" in corpus["pictures"]:
            count, basis = float(corpus["pictures"]["size"]), "the size that the study gives"
        items.append(("pictures", count, basis))
    pairs = sum(
        size.pairs.get(split, 0)
        for split in sources.splits
        if sources.is_generated or not sources.raw_files[split].get("path")
    )
    if pairs:
        items.append(("annotations", pairs * ANNOTATION_BYTES, "assumed: 150 bytes a pair"))
    for name, model in sources.study["models"].items():
        if "path" not in model and "package" not in model:
            everything, _, basis = parameters(model)
            items.append((f"model {name}", float(WEIGHT_BYTES * everything), basis))
    return items
