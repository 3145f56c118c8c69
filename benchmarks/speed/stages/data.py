"""The stages without a model, on as many pairs as SNLI-VE has, each in a process of its own.

    python -m benchmarks.speed.stages.data STAGE FOLDER PAIRS RESAMPLES

runs one and prints its peak memory; `measure` starts them and takes their time.
"""

import gzip
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.speed.measuring import Spread, run_process
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import BERT_MEAN, CLIP_LIMIT, QUICK, draw_lengths
from benchmarks.speed.workbench import Workbench

SPLITS = ("train", "dev", "test")
SHARES = {"dev": 0.0316, "test": 0.0317}
"""Of SNLI-VE's pairs; the rest is train."""
IMAGES, SHARDS, WIDTH, LANGUAGE = 31_783, 8, 512, "de"
LABELS = ("entailment", "neutral", "contradiction")
METHODS = {
    "clip_ve": {"setting": "english", "teacher": "clip_ve"},
    "clseave": {"setting": "translate_train_unlabelled", "teacher": "clip_ve", "student": "x"},
}
SMALL = replace(QUICK, vocabulary=20_004)
"""An encoder whose weights are next to nothing, with the words that sentences have."""


def make(folder: Path, pairs: int) -> None:
    """Annotations, translations and predictions of that many pairs; every sentence is distinct."""
    from clseave_core.evaluation.schemas import PREDICTIONS
    from clseave_core.files import write_table
    from clseave_core.translation.schemas import TRANSLATIONS

    rng = np.random.default_rng(0)
    lengths = draw_lengths(pairs, BERT_MEAN, seed=0) - 2
    words = rng.integers(0, 20_000, lengths.sum())
    texts, start = [], 0
    for number, length in enumerate(lengths.tolist()):
        texts.append(f"s{number} " + " ".join(f"w{w}" for w in words[start : start + length - 1]))
        start += length
    images = _images(pairs)
    counts = {split: round(share * pairs) for split, share in SHARES.items()}
    counts = {"train": pairs - sum(counts.values()), **counts}
    # Each split has its own share of the pictures, and image[row] is the picture of pair `row`.
    image: list[str] = []
    for count in counts.values():
        first = len(images) * len(image) // pairs
        own = images[first : max(first + 1, len(images) * (len(image) + count) // pairs)]
        image += [own[place % len(own)] for place in range(count)]
    row = 0
    for split, count in counts.items():
        with gzip.open(folder / f"{split}.jsonl.gz", "wt", compresslevel=1) as file:
            for _ in range(count):
                line = {
                    "pairID": f"p{row}", "Flickr30K_ID": image[row],
                    "sentence2": texts[row], "gold_label": LABELS[row % 3],
                }  # fmt: skip
                file.write(json.dumps(line) + "\n")
                row += 1
    for shard, part in enumerate(np.array_split(np.arange(pairs), SHARDS)):
        table = pd.DataFrame({
            "hypothesis_id": part.astype(np.int32), "text": [f"x {texts[i]}" for i in part],
            "provider": "file", "unchanged": False,
        })  # fmt: skip
        write_table(folder / f"shard{shard}.parquet", table, TRANSLATIONS)
    logits = rng.standard_normal((pairs, 3)).astype(np.float32)
    for method, language in (("clip_ve", "en"), ("clseave", LANGUAGE)):
        for seed in (0, 1):
            table = pd.DataFrame({
                "draw": np.int8(0), "pair_id": [f"p{i}" for i in range(pairs)],
                "image_id": image,
                "hypothesis_id": np.arange(pairs, dtype=np.int32),
                "label": [LABELS[i % 3] for i in range(pairs)],
                "prediction": np.array(LABELS)[logits.argmax(axis=1)],
                **{f"logit_{name}": logits[:, place] for place, name in enumerate(LABELS)},
            })  # fmt: skip
            target = _run_file(folder, "predictions", method, language, seed, "parquet")
            target.parent.mkdir(parents=True, exist_ok=True)
            write_table(target, table, PREDICTIONS)


def _images(pairs: int) -> list[str]:
    """Flickr30k's number of them, or fewer for few pairs: each is the picture of several."""
    return [f"{number:010d}" for number in range(min(IMAGES, pairs // 3))]


def _run_file(folder: Path, kind: str, method: str, language: str, seed: int, ending: str) -> Path:
    return folder / kind / method / language / f"seed{seed}" / f"test.{ending}"


def prepare(folder: Path, pairs: int, resamples: int) -> None:
    """Read and check the annotations, write the corpus tables."""
    from clseave_core.corpus.preparation import prepare_corpus

    files = {split: folder / f"{split}.jsonl.gz" for split in SPLITS}
    prepare_corpus(files, set(_images(pairs))).save(folder / "corpus")


def gather(folder: Path, pairs: int, resamples: int) -> None:
    """Put a language's translations together."""
    from clseave_core.files import write_table
    from clseave_core.translation.gather import gather_shards
    from clseave_core.translation.schemas import TRANSLATIONS
    from clseave_core.translation.settings import TranslationSettings

    shards = [folder / f"shard{number}.parquet" for number in range(SHARDS)]
    hypotheses = folder / "corpus" / "hypotheses.parquet"
    table = gather_shards(shards, hypotheses, LANGUAGE, TranslationSettings("file"))
    write_table(folder / f"{LANGUAGE}.parquet", table, TRANSLATIONS)


def score(folder: Path, pairs: int, resamples: int) -> None:
    """Score a prediction for every pair, with its bootstrap."""
    from clseave_core.evaluation.scores import score_predictions
    from clseave_core.files import write_json

    scores = score_predictions(
        _run_file(folder, "predictions", "clip_ve", "en", 0, "parquet"),
        folder / "corpus" / "hypotheses.parquet", resamples=resamples,
    )  # fmt: skip
    for method, language in (("clip_ve", "en"), ("clseave", LANGUAGE)):
        for seed in (0, 1):
            write_json(_run_file(folder, "scores", method, language, seed, "json"), scores)


def tabulate(folder: Path, pairs: int, resamples: int) -> None:
    """The accuracy table of two methods with two seeds."""
    from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy

    study = StudyFacts("large", METHODS, {"clip_ve": {"model": "clip"}}, [LANGUAGE], ["test"], {})
    files = [
        [
            _run_file(folder, kind, method, language, seed, ending)
            for method, language in (("clip_ve", "en"), ("clseave", LANGUAGE))
            for seed in (0, 1)
        ]
        for kind, ending in (("scores", "json"), ("predictions", "parquet"))
    ]
    tabulate_accuracy(study, files[0], files[1], resamples=resamples)


def teacher_data(folder: Path, pairs: int, resamples: int) -> None:
    """All that CLIP-VE's training keeps beside its model, and the batches of an epoch."""
    import torch

    from benchmarks.speed.models import english_tokens
    from benchmarks.speed.sizes import REAL
    from clseave_core.corpus.pairs import Pairs
    from clseave_core.embeddings import Embeddings, write_embeddings
    from clseave_core.models.clip_ve import EntailmentModel
    from clseave_core.models.frozen_student import FrozenStudent
    from clseave_core.teacher.clip_ve import ClassificationTask, EncodedPairs
    from clseave_core.training.device import Compute
    from clseave_core.training.settings import TrainingSettings

    images = _images(pairs)
    pictures = torch.randn(len(images), WIDTH).numpy()
    write_embeddings(folder / "images.arrow", "image_id", [(images, pictures)], WIDTH)
    embeddings, compute = Embeddings.open(folder / "images.arrow"), Compute("fp32", 1, "cpu")
    train, dev = (
        EncodedPairs.of(read, read.hypotheses, embeddings, WIDTH, compute)
        for read in (Pairs.read(folder / "corpus" / f"{split}.parquet") for split in SPLITS[:2])
    )
    settings = TrainingSettings(epochs=1, batch_size=64, learning_rate=1e-3)
    model = EntailmentModel.with_fresh_classifier(FrozenStudent(1, 1, WIDTH), 0)
    tokens = english_tokens(REAL, pairs)
    task = ClassificationTask(model, tokens, train, dev, settings, 0, compute)
    assert sum(map(len, task.batches(1))) == len(train.sentences)


def student_data(folder: Path, pairs: int, resamples: int) -> None:
    """All that a student's training keeps beside its model, and the batches of an epoch."""
    import torch

    from benchmarks.speed.models import translated_tokens
    from benchmarks.speed.sizes import REAL
    from clseave_core.corpus.pairs import Pairs
    from clseave_core.embeddings import Embeddings, write_embeddings
    from clseave_core.models.classifier import EntailmentClassifier
    from clseave_core.models.frozen_student import FrozenStudent
    from clseave_core.students.distillation import DistillationTask
    from clseave_core.students.task import StudentData
    from clseave_core.teacher.clip_ve import Premises
    from clseave_core.training.device import Compute
    from clseave_core.training.settings import TrainingSettings

    rng = np.random.default_rng(0)
    parts = np.array_split(np.arange(pairs, dtype=np.int32), 20)
    made = ((part, rng.random((len(part), WIDTH), dtype=np.float32)) for part in parts)
    write_embeddings(folder / "hypotheses.arrow", "hypothesis_id", made, WIDTH)
    compute = Compute("fp32", 1, "cpu")
    targets = torch.from_numpy(Embeddings.open(folder / "hypotheses.arrow").rows(range(pairs)))
    train, dev = (Pairs.read(folder / "corpus" / f"{split}.parquet") for split in SPLITS[:2])
    data = StudentData(
        translated_tokens(REAL, pairs), targets, train.hypotheses, dev,
        Premises.constant(dev, WIDTH, compute), EntailmentClassifier(WIDTH),
    )  # fmt: skip
    settings = TrainingSettings(epochs=1, batch_size=128, learning_rate=1e-3)
    task = DistillationTask(FrozenStudent(1, 1, WIDTH), data, settings, 0, compute)
    assert sum(map(len, task.batches(1))) == len(train.hypotheses)


def predict(folder: Path, pairs: int, resamples: int) -> None:
    """Predictions of all training pairs, from embeddings of their sentences and pictures."""
    import torch

    from clseave_core.corpus.pairs import Pairs
    from clseave_core.embeddings import Embeddings
    from clseave_core.evaluation import prediction
    from clseave_core.evaluation.schemas import PREDICTIONS
    from clseave_core.files import write_table
    from clseave_core.models.classifier import EntailmentClassifier
    from clseave_core.training.device import Compute

    read = Pairs.read(folder / "corpus" / "train.parquet")
    sentences = Embeddings.open(folder / "hypotheses.arrow")
    with torch.inference_mode():
        table = prediction.predict(
            read, Embeddings.open(folder / "images.arrow"), EntailmentClassifier(WIDTH).eval(),
            sentences, Compute("fp32", 1, "cpu"),
        )  # fmt: skip
    write_table(folder / "predicted.parquet", table, PREDICTIONS)


def embed(folder: Path, pairs: int, resamples: int) -> None:
    """Tokenise and embed all sentences, by a small encoder."""
    from benchmarks.speed.models import make_bert
    from clseave_core.students.sentence_embeddings import embed_with_model

    make_bert(folder / "bert", SMALL)
    embed_with_model(_texts(folder), folder / "bert", 1, folder / "sentences.arrow")


def gather_alignment(folder: Path, pairs: int, resamples: int) -> None:
    """Make shards of alignments in which every word has a link, and put them together."""
    from clseave_core.alignment.schemas import ALIGNMENTS
    from clseave_core.alignment.tables import alignment_table, gather_alignments
    from clseave_core.files import write_table

    texts, shards = _texts(folder), []
    for number, part in enumerate(np.array_split(np.arange(len(texts)), SHARDS)):
        links = [_links(texts[row]) for row in part]
        shards.append(folder / f"links{number}.parquet")
        write_table(shards[-1], alignment_table(part.tolist(), links), ALIGNMENTS)
    table = gather_alignments(shards, folder / "corpus" / "hypotheses.parquet")
    write_table(folder / "links.parquet", table, ALIGNMENTS)


def token_data(folder: Path, pairs: int, resamples: int) -> None:
    """The tokens of all links, as a token-aligned student (CLTEAVE) learns from them."""
    from clseave_core.alignment.token_pairs import read_links, token_offsets, token_ranges
    from clseave_core.models.tokens import load_tokenizer

    texts, tokenizer = _texts(folder), load_tokenizer(folder / "bert")
    english, translated = (
        token_offsets(tokenizer, sentences, CLIP_LIMIT)
        for sentences in (texts, [f"x {text}" for text in texts])
    )
    links = read_links(folder / "links.parquet")
    source, _ = token_ranges(links, english, translated, "all")
    assert len(source.sentences) > len(texts)


def compare(folder: Path, pairs: int, resamples: int) -> None:
    """Compare two methods with two seeds, by bootstrap and permutations."""
    from clseave_core.evaluation.comparisons import Settings, compare_methods

    study = {
        "methods": METHODS, "teachers": {"clip_ve": {"model": "clip"}}, "students": {"x": {}},
        "languages": [LANGUAGE], "testsets": ["test"], "comparisons": {},
    }  # fmt: skip
    answers = compare_methods(
        study, "large", list(METHODS), sorted(folder.glob("predictions/**/*.parquet")),
        folder / "corpus" / "hypotheses.parquet", Settings(resamples, resamples, 0, 1.0),
    )  # fmt: skip
    assert len(answers)


def _texts(folder: Path) -> list[str]:
    """All hypotheses."""
    from clseave_core.corpus.schemas import HYPOTHESES
    from clseave_core.files import read_table

    path = folder / "corpus" / "hypotheses.parquet"
    texts: list[str] = read_table(path, HYPOTHESES, ["text"])["text"].tolist()
    return texts


def _links(text: str) -> list[tuple[int, int, int, int]]:
    """Each word with itself in the translation, which has `x ` before the sentence."""
    links, start = [], 0
    for word in text.split():
        end = start + len(word)
        links.append((start, end, start + 2, end + 2))
        start = end + 1
    return links


TIMED: dict[str, Callable[[Path, int, int], None]] = {
    "prepare": prepare, "gather": gather, "score": score, "tabulate": tabulate,
}  # fmt: skip
ALL = {
    **TIMED, "teacher_data": teacher_data, "student_data": student_data, "predict": predict,
    "embed": embed, "gather_alignment": gather_alignment, "token_data": token_data,
    "compare": compare,
}  # fmt: skip


def measure(bench: Workbench) -> Found:
    """Run every stage once; seconds and peak gibibytes of each."""
    folder, sizes = bench.folder / "data", bench.sizes
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, sizes.pairs)
    rows: list[Row] = []
    numbers: dict[str, float] = {}
    for name in ALL:
        command = [
            sys.executable, "-m", "benchmarks.speed.stages.data", name, str(folder),
            str(sizes.pairs), str(sizes.resamples),
        ]  # fmt: skip
        seconds, said = run_process(command)
        peak = float(said)
        what = f"{name}, {sizes.pairs:,} pairs"
        if name in TIMED:
            rows.append(Row(what, "seconds", _once(seconds), 60, "s", below=True))
        rows.append(Row(what, "peak memory", _once(peak), 6, "GiB", below=True))
        numbers |= {f"{name}.seconds": seconds, f"{name}.gibibytes": peak}
    return Found(rows, numbers)


def peak_gibibytes() -> float:
    """The most memory that this process has had (what `getrusage` tells counts its parent's)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


def _once(value: float) -> Spread:
    return Spread(value, value, value, 1)


if __name__ == "__main__":
    ALL[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))
    print(peak_gibibytes())
