"""What the apps on Django write to their log: that they failed, and no line for what a client did wrong."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

APPS = Path(__file__).parents[3] / "apps"
SETTINGS = sorted((*APPS.glob("*_app/config/settings.py"), *APPS.glob("guests/*_app/config/settings.py")))

PROGRAM = """
import logging, logging.config
logging.getLogger("django").setLevel("INFO")  # as Django has it
logging.config.dictConfig({settings})
logging.getLogger("django.request").warning("Bad Request: /orders")
logging.getLogger("psycopg.pool").warning("connecting again")
logging.getLogger("django.request").error("Internal Server Error: /orders")
logging.getLogger("app").error("no more")
"""


def logging_of(settings: Path) -> str:
    """What the module sets LOGGING to, as it is written there."""
    for statement in ast.parse(settings.read_text(encoding="utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="LOGGING")], value=value):
                return ast.unparse(value)
    pytest.fail(f"{settings} sets no LOGGING")


def test_all_apps_on_django_are_looked_at() -> None:
    assert {settings.relative_to(APPS).parts[-3] for settings in SETTINGS} == {
        "django_app",
        "drf_app",
        "ninja_app",
        "channels_app",
    }


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings.parts[-3])
def test_errors_are_written_and_warnings_are_not(settings: Path) -> None:
    program = PROGRAM.format(settings=logging_of(settings))
    ran = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines() == ["Internal Server Error: /orders", "no more"]
