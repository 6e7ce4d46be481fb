"""The history file: one line a cell, only ever longer."""

import json
from pathlib import Path

import pytest

from harness.history.file import HistoryError, append, read
from harness.model.claim import Metric
from tests.unit.comparison.simulated import QUICK, a_run


def test_what_is_appended_is_read_again_and_a_run_is_added_once(tmp_path: Path) -> None:
    file = tmp_path / "branch" / "history.jsonl"
    runs = [a_run(seed, QUICK) for seed in (1, 2)]
    assert [append(file, run) for run in (*runs, runs[0])] == [True, True, False]
    assert read(file) == runs
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == sum(len(run.cells) for run in runs)
    assert {"run_id", "started_at", "conditions", "revision", "cell"} <= set(lines[0])


def test_a_second_run_leaves_the_first_one_s_bytes_alone(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    append(file, a_run(1, QUICK))
    before = file.read_bytes()
    append(file, a_run(2, QUICK))
    assert file.read_bytes().startswith(before)


@pytest.mark.fault(
    where="disk",
    what="A line of a history file is damaged",
    happens="File and line are named.",
    lost="Nothing",
    exit_code=2,
)
def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    append(file, a_run(1, QUICK))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1].replace('"rounds":5', '"rounds":"many"'), *lines[2:]]))
    with pytest.raises(HistoryError, match="line 2: rounds"):
        read(file)


def test_a_line_of_the_first_version_is_read_without_its_noise_floors_and_its_p99_is_as_met(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    run = a_run(1, QUICK)
    figure = run.cells[0].figures[Metric.THROUGHPUT]
    cells = tuple(
        cell.model_copy(update={"figures": {**cell.figures, Metric.P99_AS_MET: figure}}) for cell in run.cells
    )
    run = run.model_copy(update={"cells": cells})
    append(file, run)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    for line in lines:
        line |= {"schema_version": 1, "noise_floors": {"throughput_rps": 0.04}}
        del line["distrust"]
        line["cell"]["figures"]["latency_p99_us"] = line["cell"]["figures"].pop("latency_p99_as_met_us")
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read(file) == [run]


@pytest.mark.fault(
    where="disk",
    what="A history file has lines of a newer version of this program",
    happens="They are said to be, and not guessed at.",
    lost="Nothing",
    exit_code=2,
)
def test_a_line_of_a_newer_version_is_not_guessed_at(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    append(file, a_run(1, QUICK))
    file.write_text(file.read_text().replace('"schema_version":2', '"schema_version":3'))
    with pytest.raises(HistoryError, match="schema version 3"):
        read(file)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "not yet.jsonl"
    with pytest.raises(HistoryError, match="can't be read") as refused:
        read(file)
    assert f"`bench history --append '{file}'`" in refused.value.hint
