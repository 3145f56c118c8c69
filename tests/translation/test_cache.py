import signal
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.translator import Answer

KEY = ("google", "en", "de")

WRITER = """
import sys
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.translator import Answer
path, name, batches = sys.argv[1], sys.argv[2], int(sys.argv[3])
with TranslationCache(path) as cache:
    for batch in range(batches):
        answers = [Answer(f"{batch} {line}", f"{name} {batch} {line}") for line in range(20)]
        cache.put("google", "en", "de", answers)
        print(batch, flush=True)
"""


def writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_answers_are_kept_by_provider_and_languages(tmp_path: Path) -> None:
    path = tmp_path / "below" / "cache.sqlite"
    with TranslationCache(path) as cache:
        cache.put(*KEY, [Answer("A dog.", "Ein Hund."), Answer("Taxi", "Taxi", unchanged=True)])
        cache.put("google", "en", "nl", [Answer("A dog.", "Een hond.")])
    with TranslationCache(path) as cache:
        assert cache.get(*KEY, ["Taxi", "A dog.", "A cat."]) == {
            "A dog.": Answer("A dog.", "Ein Hund."),
            "Taxi": Answer("Taxi", "Taxi", unchanged=True),
        }
        assert cache.get("google", "en", "nl", ["A dog."])["A dog."].translation == "Een hond."
        assert cache.get("google", "de", "en", ["A dog."]) == {}
        assert cache.get("other", "en", "de", ["A dog."]) == {}


def test_many_texts_are_looked_up_at_once(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(2_345)]
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put(*KEY, [Answer(text, text.upper()) for text in texts])
        assert [answer.translation for answer in cache.get(*KEY, texts).values()] != []
        assert set(cache.get(*KEY, texts)) == set(texts)
        assert cache.get(*KEY, []) == {}


def test_no_file_is_made_before_it_is_used(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_first_answer_stays_and_is_normalised(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put(*KEY, [Answer("over", unicodedata.normalize("NFD", "über"))])
        cache.put(*KEY, [Answer("over", "drüber"), Answer("on", "auf")])
        assert {a.translation for a in cache.get(*KEY, ["over", "on"]).values()} == {"über", "auf"}


def test_an_empty_translation_is_refused_with_its_whole_batch(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        with pytest.raises(ValueError, match="an empty translation of 'on' is not stored"):
            cache.put(*KEY, [Answer("over", "über"), Answer("on", " ")])
        assert cache.get(*KEY, ["over", "on"]) == {}


def test_unchanged_answers_can_be_forgotten(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put(*KEY, [Answer("Taxi", "Taxi", unchanged=True), Answer("A dog.", "Ein Hund.")])
        cache.put("google", "en", "nl", [Answer("Taxi", "Taxi", unchanged=True)])
        assert cache.forget_unchanged(*KEY) == 1
        assert list(cache.get(*KEY, ["Taxi", "A dog."])) == ["A dog."]
        assert list(cache.get("google", "en", "nl", ["Taxi"])) == ["Taxi"]


def test_a_kill_loses_no_batch_that_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with writer(path, "first", 1_000_000) as process:
        assert process.stdout is not None
        stored = [int(next(process.stdout)) for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        stored += [int(line) for line in process.stdout]
    texts = [f"{batch} {line}" for batch in range(stored[-1] + 2) for line in range(20)]
    with TranslationCache(path) as cache:
        found = cache.get(*KEY, texts)
        cache.put(*KEY, [Answer("after", "danach")])
    assert set(texts[: 20 * (stored[-1] + 1)]) <= set(found)
    assert len(found) % 20 == 0


def test_two_processes_write_without_losing_or_mixing(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    for process in [writer(path, "first", 30), writer(path, "second", 30)]:
        process.communicate()
        assert process.returncode == 0
    texts = [f"{batch} {line}" for batch in range(30) for line in range(20)]
    with TranslationCache(path) as cache:
        found = cache.get(*KEY, texts)
    assert len(found) == 600
    for batch in range(30):
        writers = {found[f"{batch} {line}"].translation.split()[0] for line in range(20)}
        assert len(writers) == 1


def test_the_journal_is_the_one_that_network_file_systems_bear(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with TranslationCache(path) as cache:
        cache.put(*KEY, [Answer("on", "auf")])
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_text("source\ttranslation\n" * 100)
    with (
        TranslationCache(path) as cache,
        pytest.raises(ValueError, match=r"cache\.sqlite is not a translation cache.*Move it away"),
    ):
        cache.get(*KEY, ["on"])


def test_a_cache_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    with (
        TranslationCache(path) as cache,
        pytest.raises(ValueError, match="cache of version 7; this program knows version 2"),
    ):
        cache.get(*KEY, ["on"])


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with (
        TranslationCache(tmp_path) as cache,
        pytest.raises(OSError, match="cannot be opened as translation cache"),
    ):
        cache.get(*KEY, ["on"])


def test_requests_of_all_processes_keep_their_distance(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with TranslationCache(path) as one, TranslationCache(path) as other:
        assert one.reserve("google", now=100.0, seconds=2.0, at_most=60.0) == 0.0
        assert other.reserve("google", now=100.5, seconds=2.0, at_most=60.0) == 1.5
        assert one.reserve("google", now=100.5, seconds=2.0, at_most=60.0) == 3.5
        assert other.reserve("other", now=100.5, seconds=2.0, at_most=60.0) == 0.0
        assert other.reserve("google", now=110.0, seconds=2.0, at_most=60.0) == 0.0


def test_a_clock_that_was_set_back_does_not_stop_the_work(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.reserve("google", now=9_000_000.0, seconds=1.0, at_most=60.0)
        assert cache.reserve("google", now=100.0, seconds=1.0, at_most=60.0) == 60.0


def both(answer: str, one: str, other: str) -> set[str]:
    return {one, other}


def test_one_answer_to_different_sentences_is_kept_for_none_of_them(tmp_path: Path) -> None:
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cats = [Answer("A dog.", "Fehler 500!"), Answer("A cat.", "Katze.")]
        assert cache.put(*KEY, cats, both) == {}
        shared = cache.put(*KEY, [Answer("Two men.", "fehler 502")], both)
        assert shared == {"Two men.": "A dog.", "A dog.": "Two men."}
        assert list(cache.get(*KEY, ["A dog.", "A cat.", "Two men."])) == ["A cat."]
        # It is remembered when both are forgotten: a third sentence with it is refused at once.
        assert cache.put(*KEY, [Answer("A car.", "Fehler 504.")], both) == {"A car.": "A dog."}
        assert cache.put(*KEY, [Answer("A dog.", "Fehler!")], both) == {"A dog.": "A car."}
        assert cache.put(*KEY, [Answer("A dog.", "Ein Hund.")], both) == {}
        # Within one batch, too.
        batch = [Answer("A bird.", "Weiter."), Answer("A tree.", "Weiter.")]
        assert set(cache.put(*KEY, batch, both)) == {"A bird.", "A tree."}


def test_an_answer_stays_with_the_sentence_that_it_fits_and_with_sentences_of_one_meaning(
    tmp_path: Path,
) -> None:
    def fits_dog(answer: str, one: str, other: str) -> set[str]:
        return {one, other} - {"A dog."}

    def same(answer: str, one: str, other: str) -> set[str]:
        return set()

    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put(*KEY, [Answer("A cat.", "Ein Hund.")], fits_dog)
        assert cache.put(*KEY, [Answer("A dog.", "Ein Hund.")], fits_dog) == {"A cat.": "A dog."}
        assert list(cache.get(*KEY, ["A dog.", "A cat."])) == ["A dog."]
        # Of two that were taken for exchanged, each may have the answer when it comes again alone.
        two = [Answer("A bird.", "Ein Vogel."), Answer("A tree.", "Ein Vogel.")]
        assert set(cache.put(*KEY, two, both)) == {"A bird.", "A tree."}
        cache.put(*KEY, [Answer("A tree.", "Ein Baum."), Answer("A bird.", "Ein Vogel.")], both)
        assert len(cache.get(*KEY, ["A bird.", "A tree."])) == 2
        wet = [Answer("The kids.", "Die Kinder."), Answer("The children.", "Die Kinder.")]
        assert cache.put(*KEY, wet, same) == {}
        assert len(cache.get(*KEY, ["The kids.", "The children."])) == 2


def test_answers_of_an_earlier_version_are_told_apart_until_they_are_put_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cache.sqlite"
    first_version(path, [("A dog.", "Ein Hund."), ("A cat.", "Error 500")])
    with TranslationCache(path) as cache:
        assert cache.get(*KEY, ["A dog.", "A cat."]) == {}
        old = cache.unchecked(*KEY, ["A dog.", "A cat."])
        assert old["A cat."] == Answer("A cat.", "Error 500")
        cache.put(*KEY, [old["A dog."]])
        cache.forget(*KEY, ["A cat."])
        assert list(cache.get(*KEY, ["A dog.", "A cat."])) == ["A dog."]
        assert cache.unchecked(*KEY, ["A dog.", "A cat."]) == {}
        # A better answer takes the place of an unchecked one.
    first_version(path := tmp_path / "again.sqlite", [("A cat.", "Error 500")])
    with TranslationCache(path) as cache:
        cache.put(*KEY, [Answer("A cat.", "Eine Katze.")])
        assert cache.get(*KEY, ["A cat."])["A cat."].translation == "Eine Katze."


def first_version(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write a cache as version 1 of the program did."""
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE translations (provider TEXT NOT NULL, source TEXT NOT NULL, target TEXT "
            "NOT NULL, text TEXT NOT NULL, translation TEXT NOT NULL, unchanged INTEGER NOT NULL, "
            "PRIMARY KEY (provider, source, target, text)) WITHOUT ROWID; CREATE TABLE pace "
            "(provider TEXT PRIMARY KEY, free_at REAL NOT NULL) WITHOUT ROWID; "
            "PRAGMA user_version = 1;"
        )
        connection.executemany(
            "INSERT INTO translations VALUES ('google', 'en', 'de', ?, ?, 0)", rows
        )
    connection.close()
