"""uv is run with an installer's variables, in one way for whatever it is asked."""

import subprocess
from pathlib import Path

import pytest
import uv

from harness.host.uv_command import run_uv, uv_words

STANDS_FOR_UV = """#!/bin/sh
echo "$*|${UV_PYTHON-not set}|${ONE-not set}|$(pwd)"
echo 'error: odd
hint: even' >&2
exit 2
"""


@pytest.fixture
def in_place_of_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "uv"
    program.write_text(STANDS_FOR_UV, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(uv, "find_uv_bin", lambda: str(program))
    return program.parent


def test_it_gets_what_was_given_and_nothing_that_would_mislead_it(
    in_place_of_uv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PYTHON", "2.7")
    done = run_uv("add", "--", "a b", timeout_s=60, cwd=in_place_of_uv, environment={"ONE": "1"})
    assert done.stdout == f"add -- a b|not set|1|{in_place_of_uv.resolve()}\n"
    assert done.returncode == 2
    assert uv_words(done.stderr) == "uv's error: odd\nuv's hint: even"


def test_what_does_not_end_is_ended(in_place_of_uv: Path) -> None:
    (in_place_of_uv / "uv").write_text("#!/bin/sh\nexec tail -f /dev/null\n", encoding="utf-8")
    with pytest.raises(subprocess.TimeoutExpired):
        run_uv(timeout_s=0.1)


UNSOLVABLE = (
    "  \N{MULTIPLICATION SIGN} No solution found when resolving dependencies:\n"
    "  ╰─▶ Because only a==1 is available and your project depends on a>=2, we can conclude that your project's\n"
    "      requirements are unsatisfiable.\n"
)
FROZEN = (
    "If you want to add the package regardless of the failed resolution, provide the `--frozen` flag to skip locking "
    "and syncing."
)
INDEX = "`a` was found on https://one.example/simple, but not at the requested version (all of: a>=2)."


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"{UNSOLVABLE}  help: {FROZEN}\n", UNSOLVABLE.strip()),
        (f"error: none\n\nhint: {FROZEN}\n", "uv's error: none"),
        ("error: stale\n\nhint: To update the lockfile, run `uv lock`.", "uv's error: stale"),
        (
            f"error: none\n\nhint: {INDEX} If all indexes are trusted, use `--index-strategy unsafe-best-match`.\n",
            f"uv's error: none\n\nuv's hint: {INDEX}",
        ),
        (
            "error: none\nhint: Pre-releases of `a` are available, but not enabled (try: `--prerelease=allow`)",
            "uv's error: none\nuv's hint: Pre-releases of `a` are available, but not enabled",
        ),
        ("#9 1.2 error: none\n#9 1.3 hint: run `uv lock`.\n", "#9 1.2 error: none"),
    ],
)
def test_what_uv_advises_to_type_is_not_passed_on(said: str, told: str) -> None:
    assert uv_words(said) == told
