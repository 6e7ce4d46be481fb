"""Whatever the environment says: commands that read end as documented, and their data are the same."""

import json
import os
from collections.abc import Iterator
from typing import Final
from unittest.mock import patch as patched

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness.mask
from tests.saying import say_in_good_order
from tests.unit.results.whole_run import write

COMMANDS: Final = (
    ("list", "endpoints", "--json"),
    ("list", "runs", "--json"),
    ("history", "--json"),
    ("show", "run", "--json"),
    ("list", "claims"),
    ("show", "run"),
)
KNOWN: Final = (
    *("COLUMNS", "LINES", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"),
    *("TTY_INTERACTIVE", "JUPYTER_COLUMNS", "LANG", "LC_ALL", "LANGUAGE", "PYTHONIOENCODING", "PYTHONWARNINGS", "TZ"),
    *("HOME", "PWD", "TMPDIR", "USER", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLBACKEND", "MPLCONFIGDIR", "PAGER"),
    *("BENCH_RUNTIME", "BENCH_APP_HOST", "BENCH_DATABASE_URL", "DATABASE_URL", "DOCKER_HOST", "DOCKER_CONTEXT"),
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "PGPORT", "PGSERVICE", "PGOPTIONS", "CI"),
    *("API_TOKEN", "PASSWORD", "DB_PWD", "SECRET_KEY", "AWS_ACCESS_KEY_ID"),
)
VALUES: Final = st.one_of(
    st.sampled_from(
        ["", "0", "1", "-1", "9" * 30, "dumb", "C", "ascii", "latin-1", "nonsense", "/nowhere", "/dev/full", "true"]
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=20).filter(
        lambda text: not any("\ud800" <= each <= "\udfff" for each in text)
    ),
    st.binary(max_size=10).map(lambda data: os.fsdecode(data.replace(b"\0", b""))),
    st.sampled_from(["postgresql://u:p%zz@h:x/d", "://:@", "a://" + "b:" * 200 + "@", "x" * 5_000]),
)
NAMES: Final = st.one_of(
    st.sampled_from(KNOWN), st.from_regex(r"[A-Z][A-Z_]{0,10}(TOKEN|PASSWORD|_URL)?", fullmatch=True)
)


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("store")
    write(folder / "reports" / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@given(
    environment=st.dictionaries(NAMES, VALUES, max_size=6), command=st.sampled_from(COMMANDS), terminal=st.booleans()
)
def test_commands_that_read_end_as_documented(
    environment: dict[str, str], command: tuple[str, ...], *, terminal: bool
) -> None:
    with patched.dict(os.environ, environment), patched.dict(harness.mask._hidden):
        said = say_in_good_order(*command, terminal=terminal and "--json" not in command)
    assert said.code == 0
    if "--json" in command:
        json.loads(said.out)
