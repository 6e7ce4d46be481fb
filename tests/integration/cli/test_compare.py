"""`bench compare` and `bench history` as a user types them, on stored runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.model.host import Host
from harness.model.run import RoundEnd
from harness.results.folder import RunWriter, folder_name
from harness.results.records import RecordedRun
from tests.integration.cli.conftest import Bench, Read
from tests.unit.comparison.recorded import a_recorded_run
from tests.unit.results.sample import HOST, STARTED_AT

type Store = Callable[[RecordedRun], str]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Writes a run folder under `reports/` of the test's folder, and returns its name."""

    def write(recorded: RecordedRun) -> str:
        writer = RunWriter.create(tmp_path / "reports", recorded.run)
        for record in (*recorded.starts, *recorded.windows):
            writer.append(record)
        for index in range(recorded.rounds_complete):
            writer.append(RoundEnd(round_index=index, finished_at=STARTED_AT))
        writer.update(recorded.run.model_copy(update={"finished_at": STARTED_AT}))
        writer.close()
        return folder_name(recorded.run)

    return write


OTHER_HOST: Host = HOST.model_copy(update={"fingerprint": "another", "cpu_model": "another CPU"})


def test_two_runs_are_compared_in_words_data_and_markdown(
    bench: Bench, read: Read, store: Store, tmp_path: Path
) -> None:
    a, b = store(a_recorded_run(1)), store(a_recorded_run(2, day=1, host=0.7, slower={"app3": 1.25}))
    shown = bench("compare", a, "latest", "--html", "page.html")
    assert shown.returncode == 0, shown.stderr
    assert "regressions" in shown.stdout
    assert "--  app3 (controlled): json, capacity, 32 connections" in shown.stdout
    assert "~   app1 (controlled): json, capacity, 32 connections" in shown.stdout
    assert "<svg" in (tmp_path / "page.html").read_text()
    failing = read("compare", a, b, "--json", "--fail-on-regression")
    assert failing.code == 5
    data = json.loads(failing.out)
    assert data["regressions"] >= 2
    assert data["no_difference"] is False
    assert {"cell", "metric", "ratio", "outcome", "p_value"} <= set(data["changes"][0])
    turned = read("compare", b, a, "--markdown", "--fail-on-regression")
    assert turned.code == 0
    assert turned.out.startswith("## Comparison\n")


def test_runs_of_two_hosts_are_refused_and_can_be_forced(read: Read, store: Store) -> None:
    a, b = store(a_recorded_run(1)), store(other_host())
    refused = read("compare", a, b)
    assert refused.code == 2
    assert refused.err.startswith("error: these runs can't be compared")
    assert "host: made up, 2 CPUs" in refused.err
    assert "another CPU" in refused.err
    assert refused.out == ""
    forced = read("compare", a, b, "--force")
    assert forced.code == 0
    assert "Forced although host differs" in forced.out


def other_host() -> RecordedRun:
    recorded = a_recorded_run(2, day=1)
    return recorded.model_copy(update={"run": recorded.run.model_copy(update={"host": OTHER_HOST})})


def test_a_history_file_is_enough_to_compare_with(read: Read, store: Store, tmp_path: Path) -> None:
    first = store(a_recorded_run(1))
    alone = read("compare", "--from", "history.jsonl", "latest", "--markdown", "--fail-on-regression")
    assert alone.code == 0, alone.err
    assert "Nothing to compare with" in alone.out
    assert read("history", "--append", "history.jsonl").code == 0
    assert "already" in read("history", "--append", "history.jsonl", first).err
    (tmp_path / "reports" / first / "run.json").unlink()  # The folder is gone; the file is what is left.
    store(a_recorded_run(2, day=1, slower={"app3": 1.25}))
    found = read("compare", "--from", "history.jsonl", "latest", "--json", "--fail-on-regression")
    assert found.code == 5, found.err
    assert json.loads(found.out)["a"]["name"] == first
    assert read("compare", "--from", "history.jsonl", "nosuch", "latest").code == 2
    listed = json.loads(read("history", "--from", "history.jsonl", "--json").out)
    assert [run["name"] for run in listed["hosts"][0]["runs"]] == [first]


def test_one_run_alone_and_three_runs_are_told_what_to_do(read: Read, store: Store) -> None:
    run = store(a_recorded_run(1))
    alone = read("compare", run)
    assert alone.code == 2
    assert "hint: give a second run" in alone.err
    assert read("compare", run, run, run).code == 2
    assert read("compare").code == 2


@pytest.mark.fault(
    where="disk",
    what="One of many run folders is damaged",
    happens="It is listed as damaged, and the list of runs is made all the same.",
    lost="That run's row",
    exit_code=0,
)
def test_the_list_of_runs_is_rebuilt_beside_the_report_and_survives_a_damaged_run(
    read: Read, store: Store, tmp_path: Path
) -> None:
    names = [store(a_recorded_run(seed, day=seed)) for seed in (1, 2)]
    broken = tmp_path / "reports" / "20260101T000000Z-smoke-broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    done = read("report", "latest")
    assert done.code == 0, done.err
    page = (tmp_path / "reports" / "index.html").read_text()
    assert all(f"href={name}/index.html>" in page for name in names)
    assert "20260101T000000Z-smoke-broken" in page
    digest = tmp_path / "reports" / names[0] / "digest.json"
    kept = digest.stat().st_mtime_ns
    read("report", "latest")
    assert digest.stat().st_mtime_ns == kept
    listed = read("list", "runs")
    assert listed.code == 0, listed.err
    assert "damaged" in next(line for line in listed.out.splitlines() if "smoke-broken" in line)
    assert len(listed.out.splitlines()) == 1 + len(names) + 1
    shown = read("history")
    assert "so far, 2 at most follow each other" in shown.out
