import json
import resource
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from harness.model.course import Course, Part, Span
from harness.model.errors import ExitCode, RunFolderError, UsageError
from harness.model.run import RoundEnd, Start
from harness.results.folder import SET_ASIDE_FILE, RunWriter, find_runs, read_run, resolve_run
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from harness.writing import WriteError
from tests.unit.results.sample import FLASK_JSON, STARTED_AT, run_of, window_of


def write_run(root: Path, rounds: int = 2, *, unfinished: bool = False) -> Path:
    writer = RunWriter.create(root, run_of())
    for index in range(rounds):
        writer.append(start(index))
        writer.append(window_of(FLASK_JSON, round_index=index, sequence=index))
        if not (unfinished and index == rounds - 1):
            writer.append(RoundEnd(round_index=index, finished_at=STARTED_AT))
    writer.close()
    return writer.folder


def start(round_index: int) -> Start:
    return Start(
        round_index=round_index, subject=FLASK_JSON.subject, hash_seed=1, start_s=0.5, rss_idle_bytes=None,
        pss_idle_bytes=None,
    )  # fmt: skip


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    recorded = read_run(folder)
    assert folder.name == "20260102T030405Z-quick-01234567"
    assert recorded.run == run_of()
    assert [window.round_index for window in recorded.windows] == [0, 1]
    assert recorded.starts == (start(0), start(1))
    assert recorded.rounds_complete == 2


@pytest.mark.parametrize(
    "known",
    [{"took": Course(rounds={0: {Part.WINDOWS: Span(by_clock_s=1.0)}})}, {"finished_at": STARTED_AT}],
    ids=["a round", "its end"],  # older runs know of their end alone
)
def test_a_run_that_has_measured_and_whose_records_are_missing_is_no_empty_run(
    known: dict[str, object], tmp_path: Path
) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.update(run_of().model_copy(update=known))
    writer.close()
    records = writer.folder / RECORDS_FILE
    for lacks in ("has nothing in its", "has no"):
        with pytest.raises(RunFolderError, match=f"{lacks} {RECORDS_FILE}") as missing:
            read_run(writer.folder)
        assert "from a copy" in str(missing.value.hint)
        records.unlink(missing_ok=True)
    packed = records.with_name(f"{RECORDS_FILE}.xz")
    packed.touch()
    with pytest.raises(RunFolderError) as missing:
        read_run(writer.folder)
    assert missing.value.hint == f"`xz --decompress --keep {packed}` unpacks it"


def test_the_header_is_replaced_as_a_whole(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    finished = run_of().model_copy(update={"finished_at": STARTED_AT})
    writer.append(start(0))
    writer.update(finished)
    writer.close()
    assert read_run(writer.folder).run == finished
    assert sorted(file.name for file in writer.folder.iterdir()) == [HEADER_FILE, RECORDS_FILE]


def test_each_line_is_on_the_disk_when_append_returns(tmp_path: Path) -> None:
    """A killed process keeps every window that was appended: nothing waits in a buffer."""
    script = (
        "import os, sys, pathlib\n"
        "from harness.results.folder import RunWriter\n"
        "from tests.unit.results.sample import FLASK_JSON, run_of, window_of\n"
        "writer = RunWriter.create(pathlib.Path(sys.argv[1]), run_of())\n"
        "writer.append(window_of(FLASK_JSON))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, cwd=Path.cwd())
    assert killed.returncode == -9
    assert len(read_run(find_runs(tmp_path)[0]).windows) == 1


@pytest.mark.fault(
    where="disk",
    what="A power cut tears the last line",
    happens="The line is passed over.",
    lost="The window under way",
    exit_code=0,
)
@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_torn_last_line_is_passed_over(tmp_path: Path, cut: int) -> None:
    folder = write_run(tmp_path)
    lines = folder / RECORDS_FILE
    lines.write_bytes(lines.read_bytes()[:-cut])
    recorded = read_run(folder)
    assert len(recorded.windows) == 2
    assert recorded.rounds_complete == 1


def test_a_reopened_run_drops_the_torn_line_and_repeats_the_unfinished_round(tmp_path: Path) -> None:
    folder = write_run(tmp_path, unfinished=True)
    with (folder / RECORDS_FILE).open("ab") as stream:
        stream.write(b'{"record":"window","round_in')
    writer = RunWriter.reopen(folder)
    assert [window.round_index for window in read_run(folder).windows] == [0]
    writer.append(window_of(FLASK_JSON, round_index=1, sequence=7))
    writer.append(RoundEnd(round_index=1, finished_at=STARTED_AT))
    writer.close()
    recorded = read_run(folder)
    assert [window.sequence for window in recorded.windows] == [0, 7]
    assert recorded.rounds_complete == 2
    aside = [json.loads(line) for line in (folder / SET_ASIDE_FILE).read_text().splitlines()]
    assert [(record["record"], record["round_index"]) for record in aside] == [("start", 1), ("window", 1)]


@pytest.mark.fault(
    where="host",
    what="Two commands resume the same run",
    happens="The second is refused.",
    lost="Nothing",
    exit_code=2,
)
def test_a_run_that_is_being_written_can_not_be_reopened(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    with pytest.raises(RunFolderError, match="another process"):
        RunWriter.reopen(writer.folder)
    writer.close()
    RunWriter.reopen(writer.folder).close()


def test_the_same_folder_is_not_made_twice(tmp_path: Path) -> None:
    RunWriter.create(tmp_path, run_of()).close()
    with pytest.raises(RunFolderError, match="cannot make"):
        RunWriter.create(tmp_path, run_of())


@pytest.mark.fault(
    where="disk",
    what="It is full when a window is written",
    happens="The file ends with the window before; `--resume` goes on once there is space.",
    lost="That window",
    exit_code=4,
)
def test_a_full_disk_is_said_and_leaves_whole_lines(tmp_path: Path) -> None:
    """The kernel takes a part of the line and then refuses, as it does on a full disk."""
    writer = RunWriter.create(tmp_path, run_of())
    writer.append(window_of(FLASK_JSON))
    lines = writer.folder / RECORDS_FILE
    before = lines.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))
    try:
        with pytest.raises(WriteError, match=r"cannot write .*windows\.jsonl") as raised:
            writer.append(window_of(FLASK_JSON, sequence=1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"bench run --resume {writer.folder.name}" in raised.value.hint
    assert raised.value.exit_code is ExitCode.INCOMPLETE
    assert lines.read_bytes() == before
    writer.append(window_of(FLASK_JSON, sequence=2))
    writer.close()
    assert [window.sequence for window in read_run(writer.folder).windows] == [0, 2]


@pytest.mark.fault(
    where="disk",
    what="A run folder is damaged",
    happens="File and line are named; other runs are read.",
    lost="That run",
    exit_code=2,
)
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "there is no folder"),
        (lambda folder: (folder / HEADER_FILE).unlink(), "has no run.json"),
        (lambda folder: (folder / HEADER_FILE).write_text('{"schema_name": '), "run.json: "),
        (lambda folder: (folder / HEADER_FILE).write_text("[]"), "is not the header of a run"),
        (lambda folder: change_header(folder, plan=None), "run.json: plan: it should be a table"),
        (lambda folder: change_header(folder, started_at="x"), "run.json: started_at: it should be a time"),
        (lambda folder: change_header(folder, started_at="2026-13-45 at noon"), "started_at: it should be a time"),
        (lambda folder: change_header(folder, started_at=[]), "run.json: started_at: it should be a time"),
        (lambda folder: change_header(folder, mood="good"), "run.json: mood: there is no such field"),
        (lambda folder: change_header(folder, schema_version=99, new="field"), "schema version 99"),
        (lambda folder: change_line(folder, 2, b'{"record":"window"}'), "line 2: window.round_index: it is missing"),
        (lambda folder: change_line(folder, 2, b"\x00\xff"), "windows.jsonl, line 2: "),
        (lambda folder: change_line(folder, 2, b'{"record":"other"}'), "line 2: record: it should be one of: window, "),
    ],
    ids=[
        "no-folder",
        "no-header",
        "torn-header",
        "other-header",
        "no-plan",
        "short-time",
        "no-time",
        "list-for-time",
        "unknown-field",
        "newer",
        "no-window",
        "binary",
        "unknown",
    ],
)
def test_a_damaged_folder_is_named_by_file_and_line(tmp_path: Path, damage, message: str) -> None:  # noqa: ANN001
    folder = write_run(tmp_path)
    damage(folder)
    with pytest.raises(RunFolderError) as raised:
        read_run(folder)
    assert message in raised.value.what
    assert raised.value.hint


@pytest.mark.fault(
    where="disk",
    what="A run folder is of a newer version of this program",
    happens="It is said to be, and not guessed at.",
    lost="Nothing",
    exit_code=2,
)
def test_a_newer_schema_says_upgrade(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    change_header(folder, schema_version=2)
    with pytest.raises(RunFolderError) as raised:
        read_run(folder)
    assert "upgrade" in raised.value.hint


def change_header(folder: Path, **values: object) -> None:
    header = folder / HEADER_FILE
    header.write_text(json.dumps(json.loads(header.read_text()) | values))


def change_line(folder: Path, number: int, line: bytes) -> None:
    lines = (folder / RECORDS_FILE).read_bytes().split(b"\n")
    lines[number - 1] = line
    (folder / RECORDS_FILE).write_bytes(b"\n".join(lines))


@pytest.fixture
def three_runs(tmp_path: Path) -> Path:
    for hours, run_id in enumerate(["aaaa1111", "aabb2222", "cccc3333"]):
        run = run_of(run_id=run_id, started_at=STARTED_AT + timedelta(hours=hours))
        RunWriter.create(tmp_path, run).close()
    RunWriter.create(tmp_path, run_of(run_id="eeee4444")).close()
    (tmp_path / "20260102T030405Z-quick-eeee4444").rename(tmp_path / "renamed-zz-sample")
    (tmp_path / "20270101T000000Z-quick-nothing").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "argument", ["latest", "cccc3333", "cc", "20260102T050405Z", "20260102T050405Z-quick-cccc3333"]
)
def test_a_run_is_found_by_any_of_its_names(three_runs: Path, argument: str) -> None:
    assert resolve_run(three_runs, argument) == three_runs / "20260102T050405Z-quick-cccc3333"


def test_a_run_is_found_by_its_path(three_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(three_runs)
    assert resolve_run(Path("elsewhere"), "renamed-zz-sample") == Path("renamed-zz-sample")


@pytest.mark.parametrize(
    ("argument", "message"),
    [("aa", "more than one run"), ("dd", "no run 'dd'"), ("", "RUN is empty"), (" ", "RUN is empty")],
)
def test_an_argument_that_means_no_single_run_is_refused(three_runs: Path, argument: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        resolve_run(three_runs, argument)


def test_latest_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no run"):
        resolve_run(tmp_path / "reports", "latest")


def test_runs_are_listed_oldest_first_and_only_those_with_a_header(three_runs: Path) -> None:
    assert [folder.name[-8:] for folder in find_runs(three_runs)] == [
        "z-sample",
        "aaaa1111",
        "aabb2222",
        "cccc3333",
    ]
