"""Annotations and pictures: are they there, do they fit, and what would the run refuse."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from urllib.parse import urlparse

from clseave_core.corpus.absent_pictures import check_pictures
from clseave_core.corpus.counting import Expected, check_counts, count_corpus
from clseave_core.corpus.fetching import at_hand
from clseave_core.corpus.hypotheses import hypotheses_of_corpus, number_sentences
from clseave_core.corpus.overlap import ALLOWED, overlaps, refuse_overlaps
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import Annotations, read_annotations
from clseave_core.labels import LABELS
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.raw_files import FROM_SNLI, PICTURES, RawFile, snli_parts
from clseave_core.study.sources import Sources


def check_corpus(sources: Sources, read: dict[str, Annotations]) -> Iterator[Check]:
    """Look at the files of a real corpus; the annotations that are here are put into `read`."""
    if sources.is_generated:
        yield Check("corpus", True, f"will be generated below {sources.generated}")
        return
    files = sources.raw_files
    for split in sources.splits:
        yield _file(f"annotations {split}", files[split], partial(_rows, split, files, read))
    for part, file in snli_parts(files).items():
        if file.get("path"):
            yield _file(f"SNLI {part}", file, lambda _: "is there")
    if len(read) > 1:
        yield attempt("splits", lambda: _overlaps(sources, read))
    if set(read) == set(sources.splits):
        expected_counts = sources.study["corpus"].get("expected", {})
        yield attempt("counts", partial(_counts, read, expected_counts))
    expected = files[PICTURES]["expected"].get("pictures", 0)
    yield _file("pictures", files[PICTURES], lambda path: _pictures(path, expected, read))


def distinct_sentences(sources: Sources, read: dict[str, Annotations]) -> list[str] | None:
    """The sentences that the study translates, once each; None while a split is not here."""
    if sources.is_generated or set(read) != set(sources.splits):
        return None
    return list(dict.fromkeys(text for part in read.values() for text in part.hypotheses))


def _file(what: str, file: RawFile, look: Callable[[Path], str]) -> Check:
    """A file of the user's own must be there; one with other ways may still be to come."""
    path = at_hand(file)
    if path is not None:
        return attempt(what, lambda: f"{path}: {look(path)}")
    if file.get("path"):
        return Check(what, False, f"{file['path']} does not exist. Correct the path in the study.")
    hosts = [str(urlparse(url).hostname) for url in file.get("urls", [])]
    hosts += [f"the hub ({file['hub']['id']})"] if "hub" in file else []
    ways = [f"downloaded from {', '.join(dict.fromkeys(hosts))}"] if hosts else []
    ways += ["made from SNLI"] if FROM_SNLI in file else []
    return Check(what, True, f"will be {', or '.join(ways)}, to {file['target']}")


def _rows(split: str, files: dict[str, RawFile], read: dict[str, Annotations], path: Path) -> str:
    found = read_annotations(path, files[split].get("labels"))
    read[split] = found
    dropped = f", {found.dropped:,} without a gold label dropped" if found.dropped else ""
    return f"{len(found):,} pairs{dropped}"


def _overlaps(sources: Sources, read: dict[str, Annotations]) -> str:
    allowed = sources.study.get("overlap") == ALLOWED
    notes = refuse_overlaps(read, overlaps(read), allowed=allowed)
    return "\n".join(notes) or "share no pair and no picture that would make a test worthless"


def _counts(read: Mapping[str, Annotations], expected: Expected) -> str:
    """All counts of the corpus, held against those that the study expects."""
    texts, rows = number_sentences(read)
    held_out = hypotheses_of_corpus(texts, rows)["held_out"].to_numpy()
    check_counts(count_corpus(read, rows, held_out, {}), expected, read)
    labels = Counter(chain.from_iterable(part.labels for part in read.values()))
    said = ", ".join(f"{labels[label]:,} {label}" for label in LABELS)
    return f"{labels.total():,} pairs with {len(texts):,} distinct sentences: {said}"


def _pictures(path: Path, expected: int, read: dict[str, Annotations]) -> str:
    source = open_pictures(path)
    count = len(source.ids())
    if count < expected:
        raise ValueError(
            f"{path} has {count:,} pictures, expected {expected:,}. Get the whole archive; or, "
            "where they are meant to be others, write corpus: {expected: null}."
        )
    check_pictures(read, source)
    return "\n".join([f"{count:,} pictures", *source.notes])
