"""Whatever others wrote is shown as text, and all of it in one place."""

import ast
import errno
import json
import os
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import harness.cli.progress
from harness.cli.main import carry_out
from harness.cli.output import print_json, say, tell
from harness.cli.progress import watched
from harness.cli.tables import print_rows
from harness.model.errors import ExitCode

CLI = Path(harness.cli.progress.__file__).parent
SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r[/bold] [red] :warning: \udce9"
SHOWN = "\\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202e\\r[/bold] [red] :warning: \\udce9"
CLAIMS = """source = "me"

[[claim]]
id = "one"
says = "\\u001b[2J\\u202e[/bold]"
not_testable = "\\u009b31m :warning:"
"""


def steering(text: str) -> set[str]:
    return {each for each in text if not each.isprintable() and each not in "\n \N{NO-BREAK SPACE}"}


def test_lines_tables_and_data_show_what_would_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    print_rows([{"title": HOSTILE}, {"title": "two\nlines"}], empty="")
    tell(HOSTILE)
    said = capsys.readouterr()
    assert not steering(said.out + said.err)
    assert said.err == f"{SHOWN}\n"
    line, _, row, one_line = said.out.splitlines()
    assert line == row.rstrip() == SHOWN
    assert one_line.rstrip() == "two lines"


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"])
def test_a_table_in_a_pipe_has_no_codes(
    variable: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    print_rows([{"title": "a"}], empty="")
    assert not steering(capsys.readouterr().out)


def test_data_for_programs_are_json_that_holds_the_same_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": HOSTILE, "snow": "☃", "value": float("nan"), "more": (float("inf"), 1.5)})
    printed = capsys.readouterr().out
    assert not steering(printed)
    assert "☃" in printed
    assert json.loads(printed) == {"title": HOSTILE, "snow": "☃", "value": None, "more": [None, 1.5]}


def test_a_bar_on_a_terminal_shows_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(
        harness.cli.progress, "stderr", Console(file=screen, force_terminal=True, width=200, color_system=None)
    )
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with watched() as bar:
        bar.stage(HOSTILE)
    assert SHOWN in screen.getvalue()
    assert "\x07" not in screen.getvalue()
    assert "\x9b" not in screen.getvalue()


def test_data_go_where_they_are_sent_while_a_bar_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`bench verify > file` on a terminal: the file has the lines, and the terminal the bar."""
    screen = StringIO()
    monkeypatch.setattr(harness.cli.progress, "stderr", Console(file=screen, force_terminal=True, width=200))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with watched() as bar:
        bar.stage("measuring")
        say("a line")
        tell("a remark")
    assert capsys.readouterr().out == "a line\n"
    assert "a line" not in screen.getvalue()
    assert "a remark" in screen.getvalue()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = carry_out(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_claims_run_folders_arguments_and_errors_are_shown_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(CLAIMS)
    header = json.loads((SAMPLE / "run.json").read_text())
    header["stopped"] = HOSTILE[:-1]
    for each in header["deployments"]:
        each["title"] = HOSTILE[:-1]
    folder = tmp_path / "reports" / "\x1b[31m\x07"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(header))
    shutil.copy(SAMPLE / "windows.jsonl", folder)
    for arguments, code in (
        (("claims", "latest", "--claims", "mine.toml"), 0),
        (("claims", "latest"), 0),
        (("show", "latest"), 0),
        (("list", "runs"), 0),
        (("history",), 0),
        (("history", "--append", "\x1b[2J.jsonl"), 0),
        (("report", str(folder)), 0),
        (("show", "\x1b[2J\x07"), 2),
        (("compare", "latest", "\x1b[2J"), 2),
        (("list", "\x1b[2J"), 2),
        (("\x1b[2J",), 2),
        (("claims", "latest", "--claims", "\x1b[2J.toml"), 2),
        (("ab", "\x1b[2J"), 2),
        (("verify", "\x1b[2J", "--apps-dir", "\x1b[2J"), 2),
    ):
        found, out, err = run(capsys, *arguments)
        assert found == code, (arguments, err)
        assert not steering(err), arguments
        assert not steering(out) or arguments[0] == "report", arguments  # a path for a program, byte for byte
        assert "Traceback" not in err
    found, out, _ = run(capsys, "claims", "latest", "--claims", "mine.toml")
    assert "\\x1b[2J\\u202e[/bold]" in out
    assert "\\x9b31m :warning." in out  # a sentence ends in a full stop


def test_the_folder_that_a_shell_is_in_is_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shells export it as PWD, which is short for another word too."""
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.setenv("OLDPWD", str(tmp_path.parent))
    _, _, said = run(capsys, "show", str(tmp_path / "nosuch"))
    assert str(tmp_path / "nosuch") in said


@pytest.mark.parametrize("error", [BrokenPipeError("of a child"), EOFError("of a child")])
def test_an_error_that_click_would_pass_over_is_told(
    error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user who has left, or a reader; then nobody would know what happened."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("harness.cli.list.print_rows", fail)
    code, _, said = run(capsys, "list", "endpoints")
    assert code == ExitCode.BUG
    assert "of a child" in said


def test_a_disk_that_is_full_is_no_bug_wherever_it_is_noticed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        Path("/dev/full").write_text("something")

    monkeypatch.setattr("harness.cli.list.discover", fail)
    code, _, said = run(capsys, "list", "apps")
    assert code == ExitCode.INCOMPLETE
    assert said.splitlines()[0].startswith("error: cannot write a file: No space left on device")


def test_a_disk_that_is_full_while_a_folder_is_copied_is_no_bug_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As shutil gathers what went wrong with each file into one error of its own."""
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "file").write_text("something")

    def fail(*_: object, **__: object) -> None:
        shutil.copytree(tmp_path / "from", tmp_path / "to", copy_function=lambda _, to: _full(to))

    def _full(to: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), to)

    monkeypatch.setattr("harness.cli.list.discover", fail)
    code, _, said = run(capsys, "list", "apps")
    assert code == ExitCode.INCOMPLETE
    assert said.splitlines()[0].startswith(f"error: cannot write {tmp_path / 'to' / 'file'}: No space left on device")


def test_nothing_is_said_past_that_place() -> None:
    """Whoever adds a command does not have to remember it."""
    past = [
        f"{file.name}, line {node.lineno}: {name}"
        for file in sorted(CLI.rglob("*.py"))
        if file.name not in {"output.py", "streams.py"}
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Call)
        and (name := ast.unparse(node.func))
        in {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    ]
    assert past == []


def test_the_help_and_the_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version")[0] == ExitCode.OK
    assert run(capsys, "show", "--help")[0] == ExitCode.OK
    code, out, err = run(capsys)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "Usage: bench" in err
