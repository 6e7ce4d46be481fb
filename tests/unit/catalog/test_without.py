"""A variant that does without a part of the app, or has one more, differs in nothing else from `controlled`."""

from typing import Any

import pytest
from pydantic import ValidationError

from harness.model.app import Manifest

WHOLE: dict[str, Any] = {"server": "gunicorn gthread", "interface": "wsgi", "command": ["gunicorn"], "why": "w"}


def manifest(controlled: str = "controlled", **changes: object) -> Manifest:
    variants = {controlled: WHOLE, "sql": WHOLE | {"without": "its ORM"} | changes}
    return Manifest.model_validate({"title": "T", "family": "micro", "endpoints": ["db"], "variants": variants})


def test_it_may_have_variables_of_its_own() -> None:
    assert manifest(environment={"SETTINGS": "sql"}).variants["sql"].without == "its ORM"


def test_it_may_need_packages_of_its_own() -> None:
    made = manifest(without=None, adds="an ORM", packages={"sqlalchemy": "2.1.9"}).variants["sql"]
    assert (made.without, made.adds, made.packages) == (None, "an ORM", {"sqlalchemy": "2.1.9"})


def test_it_is_held_against_whatever_counts_as_controlled() -> None:
    def beside(server: str) -> Manifest:
        other = WHOLE | {"without": "its ORM", "server": server}
        variants = {"default": WHOLE | {"also": ["controlled"]}, "sql": other}
        return Manifest.model_validate({"title": "T", "family": "micro", "endpoints": ["db"], "variants": variants})

    assert beside(WHOLE["server"]).variants["sql"].without == "its ORM"
    with pytest.raises(ValidationError, match="`server` has to be that of `controlled`"):
        beside("uvicorn")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"adds": "an ORM"}, "variants.sql.without: it adds something too"),
        ({"without": None, "adds": "an ORM", "keep_alive": False}, "variants.sql.adds: `keep_alive` has to be"),
        ({"server": "uvicorn"}, "variants.sql.without: `server` has to be that of `controlled`"),
        ({"interface": "asgi"}, "variants.sql.without: `interface` has to be"),
        ({"keep_alive": False}, "variants.sql.without: `keep_alive` has to be"),
        ({"controlled": "other"}, "variants.sql.without: there is no other variant `controlled` to hold it against"),
        ({"controlled": "other", "also": ["controlled"]}, "there is no other variant `controlled`"),
    ],
)
def test_what_else_differs_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        manifest(**changes)
    (problem,) = refused.value.errors()
    assert told in f"{'.'.join(problem['ctx']['at'])}: {problem['msg']}"
