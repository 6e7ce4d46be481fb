"""A framework's metadata tells how servers call it, or the user is asked."""

import pytest

from harness.catalog.interface import infer_interface
from harness.model.app import Interface
from harness.model.errors import UsageError
from harness.model.package import Package


def package(**told: object) -> Package:
    return Package.model_validate({"name": "thing", "version": "1.0", **told})


@pytest.mark.parametrize(
    ("told", "interface", "why"),
    [
        ({"classifiers": ["Topic :: Internet :: WWW/HTTP :: WSGI :: Application"]}, Interface.WSGI, "classifiers"),
        ({"keywords": ["web", "asgi"]}, Interface.ASGI, "keywords"),
        ({"summary": "A Python ASGI web framework"}, Interface.ASGI, "summary"),
        ({"requires": ["click", "webob"]}, Interface.WSGI, "webob"),
        ({"requires": ["starlette"]}, Interface.ASGI, "starlette"),
        ({"classifiers": ["Framework :: AsyncIO"]}, Interface.ASGI, "AsyncIO"),
        # Quart's own words against what it borrows from Flask.
        ({"summary": "An ASGI framework", "requires": ["werkzeug", "flask"]}, Interface.ASGI, "summary"),
    ],
)
def test_the_interface_is_inferred_with_its_evidence(told: dict[str, object], interface: Interface, why: str) -> None:
    found, evidence = infer_interface(package(**told))
    assert found is interface
    assert why in evidence


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"keywords": ["asgi", "wsgi"]}, "both"),
        ({"summary": "Handwsgiving about casgis"}, "nothing in the metadata"),
        ({}, "nothing in the metadata"),
    ],
)
def test_where_the_metadata_does_not_tell_the_user_is_asked(told: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refused:
        infer_interface(package(**told))
    assert "--interface" in refused.value.hint
