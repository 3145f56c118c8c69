"""A translation service that fails in every way, and the workflow that asks it for sentences.

The service is a page on the loopback interface (tests/rehearsal/google_page.py). Twice it goes
away, each time for longer than anybody waits: then the same command is given again.
"""

import json
import random
import subprocess
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import yaml
from PIL import Image

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table
from clseave_core.translation.schemas import TRANSLATIONS
from tests.rehearsal.google_page import Fault, GooglePage, Request
from tests.rehearsal.workflow import copy_project, snakemake, told

TARGET = "results/thesis/translation/de.parquet"
RATE = 8.0
"""Requests in a second that the study allows: fewer than two shards send that nobody holds back."""
BINDS = 0.8
"""Share of `RATE` that the fastest second must reach; otherwise the limit was not put to a test."""
HELD_UP = 2
"""Requests by which `t` seconds may have more than `RATE * t + 1`: each of the two shards at work
asks for one thing after the other, and may have had one held up on its way that was due before."""
SHARDS = 4
GONE_AFTER = 12
"""Requests of the first run before the service goes away."""
SINGLE_FAULTS = tuple(fault for fault in Fault if fault is not Fault.TOO_MANY_REQUESTS)
EVERY = 4
"""One of so many requests fails by itself, besides the storms."""
STORM = 8
"""Requests in a row that a storm refuses."""
LARGEST_TRAIN = 60
"""Sentences of the dev and test split each; all others are train."""

_WHO = (
    "man Mann", "woman Frau", "dog Hund", "cat Katze", "teacher Lehrer", "farmer Bauer",
    "boy Junge", "girl Mädchen", "doctor Arzt", "painter Maler", "soldier Soldat", "singer Sänger",
    "king König",
    "baker Bäcker", "child Kind", "horse Pferd", "bird Vogel", "student Student", "nurse Pfleger",
    "pilot Pilot", "guest Gast", "judge Richter", "poet Dichter", "thief Dieb", "cook Koch",
)  # fmt: skip
_DOES = (
    "sleeps schläft", "waits wartet", "sings singt", "dances tanzt", "runs rennt", "reads liest",
    "laughs lacht", "cries weint", "works arbeitet", "eats isst", "drinks trinkt", "plays spielt",
    "swims schwimmt", "sits sitzt", "stands steht", "dreams träumt", "writes schreibt",
    "paints malt", "speaks spricht", "listens lauscht",
)  # fmt: skip
_WHERE = (
    "in the garden/im Garten", "in the kitchen/in der Küche", "on the beach/am Strand",
    "in the forest/im Wald", "on the roof/auf dem Dach", "at the station/am Bahnhof",
    "in the church/in der Kirche", "in the school/in der Schule", "on the bridge/auf der Brücke",
    "in the car/im Auto", "at the lake/am See", "in the office/im Büro",
    "on the street/auf der Straße", "in the theatre/im Theater", "in the snow/im Schnee",
    "under the tree/unter dem Baum", "in the hospital/im Krankenhaus",
    "at the market/auf dem Markt", "in the tent/im Zelt", "on the ship/auf dem Schiff",
)  # fmt: skip
_FEMALE, _NEUTER = {"Frau", "Katze"}, {"Mädchen", "Kind", "Pferd"}


def sentences(count: int, seed: int) -> dict[str, str]:
    """`count` of 10,000 distinct English sentences with their German translations, shuffled."""
    all_of_them = list(product(_WHO, _DOES, _WHERE))
    random.Random(seed).shuffle(all_of_them)
    return dict(_sentence(*words) for words in all_of_them[:count])


def _sentence(who: str, does: str, where: str) -> tuple[str, str]:
    (man, mann), (sleeps, schläft) = who.split(), does.split()
    there, dort = where.split("/")
    article = "Die" if mann in _FEMALE else "Das" if mann in _NEUTER else "Der"
    return f"The {man} {sleeps} {there}.", f"{article} {mann} {schläft} {dort}."


@dataclass
class Outage:
    """What came of it."""

    sentences: int
    lost: int
    """Sentences without a translation at the end, or with another than the service's own."""
    asked_again: int
    """Sentences that were asked for after a good answer held them."""
    requests: int
    faults: dict[str, int]
    fastest: int
    """Most requests in any one second."""
    ahead: float
    """Most requests by which any `t` seconds, however many, had more than `RATE * t + 1`."""
    stops: list[str]
    """What the runs said that ended because the service was gone."""

    @property
    def keeps_the_pace(self) -> bool:
        """Whether the limit held requests back, and none came before it was due."""
        return self.fastest >= BINDS * RATE and self.ahead <= HELD_UP


def outage(folder: Path, count: int, seed: int) -> Outage:
    """Translate `count` sentences through all faults; RuntimeError where a run goes wrong."""
    text = sentences(count, seed)
    project = copy_project(folder / "project")
    pairs = {("de", source): target for source, target in text.items()}
    with GooglePage(pairs, form="br", retry_after=0) as page:
        study = {
            "study": "thesis",
            "languages": ["de"],
            "corpus": _corpus(folder / "own", list(text)),
            "translation": {
                "google": {"url": page.url}, "shards": SHARDS, "requests_per_second": RATE,
                "timeout_seconds": 0.5, "backoff_seconds": 0.02, "max_wait_seconds": 2,
                "give_up_after": 4, "max_sentences": max(5, min(40, count // 100)),
            },
        }  # fmt: skip
        (project / "outage.yaml").write_text(yaml.safe_dump(study))
        page.faults = dict.fromkeys(range(GONE_AFTER, GONE_AFTER + 100_000), Fault.SERVER_ERROR)
        stops = [_stopped(project, page)]
        page.faults, page.always = {}, Fault.NO_RESULT
        stops.append(_stopped(project, page))
        page.always = None
        page.faults = _plan(len(page.requests) + 1, seed)
        run = _translate(project)
        if run.returncode != 0:
            raise RuntimeError(told(project, run))
        requests, record = list(page.requests), dict(page.record)
    hypotheses = read_table(project / "results/thesis/corpus/hypotheses.parquet", HYPOTHESES)
    rows = read_table(project / TARGET, TRANSLATIONS)
    found = dict(zip(rows["hypothesis_id"], rows["text"], strict=True))
    lost = sum(
        not record["de", source] == text[source] == found.get(number)
        for number, source in zip(hypotheses["hypothesis_id"], hypotheses["text"], strict=True)
    )
    return Outage(
        sentences=len(hypotheses),
        lost=lost,
        asked_again=_asked_again(requests),
        requests=len(requests),
        faults=dict(Counter(one.fault.name for one in requests if one.fault is not None)),
        fastest=_fastest(requests),
        ahead=_ahead(requests),
        stops=stops,
    )


def _translate(project: Path) -> subprocess.CompletedProcess[str]:
    return snakemake(
        project,
        [TARGET, "--rerun-incomplete", "--configfile", "config.yaml", "outage.yaml"],
        {"PYTHONWARNINGS": "ignore"},
    )


def _stopped(project: Path, page: GooglePage) -> str:
    """Run while the service is gone; what it says of that."""
    run = _translate(project)
    line = next((x for x in run.stdout.splitlines() if "requests in a row" in x), None)
    if run.returncode == 0 or line is None or (project / TARGET).exists():
        raise RuntimeError(f"the service was gone, yet:\n{told(project, run)}")
    return line.strip()


def _plan(first: int, seed: int) -> dict[int, Fault]:
    """Faults of the requests from `first` on: single ones of every kind, and two storms."""
    kinds = random.Random(seed).sample(SINGLE_FAULTS, len(SINGLE_FAULTS)) * 400
    plan: dict[int, Fault] = {first + EVERY * number: kind for number, kind in enumerate(kinds)}
    for start, fault in ((20, Fault.TOO_MANY_REQUESTS), (60, Fault.SERVER_ERROR)):
        plan |= dict.fromkeys(range(first + start, first + start + STORM), fault)
    return plan


def _corpus(folder: Path, english: list[str]) -> dict[str, object]:
    """A corpus of the user's own, one picture a split; the study's section of it."""
    (folder / "pictures").mkdir(parents=True)
    small = min(LARGEST_TRAIN, len(english) // 4)
    parts = {
        "train": english[2 * small :], "dev": english[:small], "test": english[small : 2 * small],
    }  # fmt: skip
    for split, texts in parts.items():
        Image.new("RGB", (8, 8)).save(folder / "pictures" / f"{split}.jpg")
        with (folder / f"{split}.jsonl").open("w") as lines:
            for number, text in enumerate(texts):
                row = {
                    "gold_label": "neutral", "sentence2": text, "pairID": f"{split}#{number}",
                    "Flickr30K_ID": split,
                }  # fmt: skip
                lines.write(json.dumps(row) + "\n")
    return {
        "pictures": {"path": str(folder / "pictures")},
        "annotations": {split: {"path": str(folder / f"{split}.jsonl")} for split in parts},
        "expected": None,
    }


def _asked_again(requests: list[Request]) -> int:
    """Sentences in requests after the one that answered them well."""
    answered: set[str] = set()
    again = 0
    for request in requests:
        again += len(answered.intersection(request.asked))
        if request.fault is None and request.status == 200:
            answered |= set(request.asked)
    return again


def _fastest(requests: list[Request]) -> int:
    """The most requests that came within one second."""
    times = [request.at for request in requests]
    most, start = 0, 0
    for end, at in enumerate(times):
        while at - times[start] >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


def _ahead(requests: list[Request]) -> float:
    """The most requests by which a stretch from one request to another is above the limit."""
    # From request i to j they are j - i + 1, and RATE * (time of j - time of i) + 1 are allowed.
    surplus = [number - RATE * request.at for number, request in enumerate(requests)]
    least, most = surplus[0], 0.0
    for each in surplus:
        least = min(least, each)
        most = max(most, each - least)
    return most
