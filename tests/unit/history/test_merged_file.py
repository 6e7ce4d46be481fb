"""History files as merges of branches leave them: lines of several runs among each other, and more than once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.history.file import HistoryError, append, read
from harness.model.comparison import RunSummary
from tests.unit.comparison.simulated import QUICK, a_run


@cache
def runs() -> tuple[RunSummary, ...]:
    made = (a_run(seed, QUICK) for seed in (1, 2, 3))
    return tuple(run.model_copy(update={"cells": run.cells[:4]}) for run in made)


@cache
def lines() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "history.jsonl"
        for run in runs():
            append(file, run)
        return tuple(file.read_bytes().splitlines(keepends=True))


@pytest.mark.fault(
    where="git",
    what="A merge by hand leaves lines of a history among each other, or twice",
    happens="Each run and each cell of it counts once. Lines that contradict each other are named.",
    lost="Nothing",
    exit_code=0,
)
@given(
    copies=st.tuples(*[st.integers(1, 2)] * 3),
    turns=st.lists(st.integers(0, 2), max_size=24),
    between=st.sampled_from((b"", b"\n", b"\r\n", b"  \n")),
)
def test_each_run_and_each_line_counts_once_in_whatever_order_they_stand(
    copies: tuple[int, ...], turns: list[int], between: bytes
) -> None:
    own = [[line for line in lines() if f'"{run.run_id}"'.encode() in line] for run in runs()]
    pending = [times * each for times, each in zip(copies, own, strict=True)]
    merged = [pending[turn].pop(0) for turn in turns if pending[turn]]
    merged += [line for left in pending for line in left]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "history.jsonl"
        file.write_bytes(between.join(merged))
        assert read(file) == list(runs())
        assert not append(file, runs()[0])


def test_a_run_that_was_appended_under_the_name_of_a_copy_too_is_one_run(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    copied = lines()[0].replace(f'"name":"{runs()[0].name}"'.encode(), b'"name":"copy"')
    assert copied != lines()[0]
    file.write_bytes(b"".join((*lines(), copied)))
    assert read(file) == list(runs())


def test_two_lines_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    contradicting = lines()[1].replace(b'"rounds":5', b'"rounds":6')
    assert contradicting != lines()[1]
    file.write_bytes(b"".join((*lines(), contradicting)))
    with pytest.raises(HistoryError, match=rf"lines 2 and {len(lines()) + 1} differ, and are of the same cell"):
        read(file)


def test_a_conflict_that_was_left_in_a_merge_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(b"".join((lines()[0], b"<<<<<<< HEAD\n", *lines()[1:])))
    with pytest.raises(HistoryError, match="line 2: Invalid JSON"):
        read(file)
