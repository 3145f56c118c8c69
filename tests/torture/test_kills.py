"""A few of the kills of `make torture`, and its own judgement."""

from pathlib import Path

import pytest

from tests.torture.kills import (
    ALONE,
    GROUP,
    SAVED,
    STAGE,
    STATE_FILE,
    Aim,
    Kill,
    Outcome,
    aims_of,
    check_resuming,
    compare,
    torture,
    undisturbed,
)

TABLE = "results/accuracy_table.csv"
AIMS = [Aim(STAGE, "train_student"), Aim(STAGE, "prepare_corpus"), Aim(SAVED), Aim(SAVED),
        Aim(STATE_FILE)]  # fmt: skip


@pytest.mark.slow
def test_killed_anywhere_the_study_gives_the_same_bytes(tmp_path: Path) -> None:
    reference = undisturbed(tmp_path / "undisturbed", TABLE)

    outcome = torture(tmp_path / "tortured", reference, TABLE, AIMS, seed=3)

    assert sum(kill.met for kill in outcome.kills) == len(AIMS)
    assert {kill.how for kill in outcome.kills} == {GROUP, ALONE}
    assert outcome.resumed >= 3
    assert outcome.compared > 30
    assert (outcome.differing, outcome.mistakes) == ([], [])


def test_aims() -> None:
    aims = aims_of({"b", "a"}, saved=2, state_files=1, output_files=0)

    assert aims == [
        Aim(STAGE, "a"), Aim(STAGE, "b"), Aim(SAVED), Aim(SAVED), Aim(STATE_FILE),
    ]  # fmt: skip


def kill(phase: str, rule: str | None = None, **left: object) -> Kill:
    values: dict[str, object] = {
        "how": GROUP, "rules": ["a"], "saved": {}, "offsets": {}, "partial": [],
    }  # fmt: skip
    return Kill(Aim(phase, rule), **(values | left))  # type: ignore[arg-type]


def test_when_a_kill_has_met_its_moment() -> None:
    assert kill(STAGE, "a").met and not kill(STAGE, "b").met
    assert kill(SAVED, saved={"log": (1, 2)}).met and not kill(SAVED).met
    state, output = "results/t/state/x/.c.h-1.partial", "results/t/.c.h-1.partial"
    assert kill(STATE_FILE, partial=[state]).met and not kill(STATE_FILE, partial=[output]).met


def test_what_is_no_going_on_is_told(tmp_path: Path) -> None:
    before = "loop: epoch 1, step 4\n"
    saved = {"log": (2, 3)}
    for after, resumed, told in (
        ("going on from the saved point: epoch 2, batch 3\nloop: epoch 2, step 8\n", 1, 0),
        ("going on from the saved point: epoch 2, batch 0\nloop: epoch 2, step 8\n", 0, 1),
        ("loop: epoch 1, step 4\n", 0, 1),
        ("going on from the saved point: epoch 2, batch 3\nloop: epoch 1, step 4\n", 1, 1),
    ):
        (tmp_path / "log").write_text(before + after)
        outcome = Outcome()
        check_resuming(tmp_path, [kill(SAVED, saved=saved, offsets={"log": len(before)})], outcome)
        assert (outcome.resumed, len(outcome.mistakes)) == (resumed, told), after


def test_a_missing_file_one_too_many_and_another_byte_are_told(tmp_path: Path) -> None:
    of_reference = {"same": "1", "missing": "1", "other": "1", "s/logs/x": "1"}
    of_project = {"same": "1", "many": "1", "other": "2", "s/logs/x": "2"}
    for folder, files in (("a", of_reference), ("b", of_project)):
        for name, content in files.items():
            path = tmp_path / folder / "results" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    assert compare(tmp_path / "a", tmp_path / "b") == (
        4, ["results/many", "results/missing", "results/other"],
    )  # fmt: skip
