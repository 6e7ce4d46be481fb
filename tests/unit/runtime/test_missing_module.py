"""A module that is missing, out of what servers write as they end."""

from pathlib import Path

import pytest

from harness.runtime.missing_module import raised_last, remedy_for_missing_module

FOLDER = Path("my apps/missing_app")
LOG = """\
Traceback (most recent call last):
  File "app.py", line 2, in <module>
    import orjson
ModuleNotFoundError: No module named 'orjson'"""


def test_the_remedy_names_the_module_and_the_command_that_locks() -> None:
    remedy = remedy_for_missing_module(LOG, FOLDER)
    assert remedy is not None
    assert "no module 'orjson'" in remedy
    assert "`uv lock --project 'my apps/missing_app'`" in remedy


def test_the_last_of_several_is_the_one_that_ended_it() -> None:
    log = "\n\nDuring handling of the above exception, another exception occurred:\n\n".join(
        (LOG.replace("orjson", "a"), LOG)
    )
    assert "'orjson'" in str(remedy_for_missing_module(log, FOLDER))


def test_any_other_end_has_no_such_remedy() -> None:
    assert remedy_for_missing_module("ImportError: cannot import name 'x' from 'y'", FOLDER) is None


@pytest.mark.parametrize(
    ("log", "error"),
    [
        (
            f"Exception in worker process\n{LOG}\nWorker exiting (pid: 7)",
            "Error: No module named 'orjson'",
        ),
        (f"{LOG}\n\nThe above exception was the direct cause of the next:\n\n{LOG.replace('orjson', 'b')}", "'b'"),
        ('Traceback (most recent call last):\n  File "app.py", line 1\n    x =\n      ^\nconfig.Refused: no', ": no"),
        ("    import orjson\nImportError: cannot import name 'x' from 'y'\nshutting down", "from 'y'"),
        ("listening on port 80\nno error: it ends", None),
        ("Traceback (most recent call last):\n  cut off here", None),
    ],
)
def test_the_error_is_the_last_line_of_the_last_traceback(log: str, error: str | None) -> None:
    found = raised_last(log)
    assert found is None if error is None else str(found).endswith(error)
