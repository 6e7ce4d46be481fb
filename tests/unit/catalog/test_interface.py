"""What is in a framework's distribution tells how servers call it, or the user is asked."""

import pytest

from harness.catalog.interface import another_interface, infer_interface, see_to_framework
from harness.catalog.package import Package
from harness.model.app import Interface
from harness.model.errors import UsageError

WSGI_APP, ASGI_APP = ({"interface": each, "name": "thing.App"} for each in (Interface.WSGI, Interface.ASGI))


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
        # What can be called counts before what is said.
        ({"applications": [ASGI_APP], "summary": "Better than WSGI"}, Interface.ASGI, "thing.App is called by ASGI"),
        ({"summary": "ASGI on Twisted", "requires": ["twisted", "werkzeug"]}, Interface.ASGI, "summary"),
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
        ({"applications": [WSGI_APP, ASGI_APP]}, "thing.App is called by WSGI and thing.App is called by ASGI"),
        ({"requires": ["django", "pydantic"]}, "seems to be both WSGI and ASGI: it needs django"),
        ({"requires": ["twisted", "werkzeug"]}, r"may be WSGI \(it needs werkzeug\), or served by twisted"),
        ({"summary": "Handwsgiving about casgis"}, "nothing in thing 1.0 tells"),
        ({"classifiers": ["Framework :: AsyncIO"]}, "nothing in thing 1.0 tells"),
        ({"programs": ["robyn"]}, "it installs the program robyn"),
        ({"programs": ["robyn", "test_server"]}, "it installs the programs robyn and test_server"),
        ({}, "nothing in thing 1.0 tells"),
    ],
)
def test_where_the_distribution_does_not_tell_the_user_is_asked(told: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refused:
        infer_interface(package(**told))
    assert "--interface wsgi, asgi, or native" in refused.value.hint


def test_a_copy_of_an_app_of_another_interface_is_warned_of() -> None:
    asgi = package(applications=[ASGI_APP])
    told = another_interface(asgi, Interface.WSGI)
    assert told is not None
    assert told.startswith("thing is called by ASGI (thing.App is called by ASGI), and the copy by WSGI")
    assert "--interface asgi" in told
    assert another_interface(asgi, Interface.ASGI) is None
    assert another_interface(package(), Interface.WSGI) is None, "nothing tells"
    assert another_interface(package(applications=[WSGI_APP, ASGI_APP]), Interface.WSGI) is None


@pytest.mark.parametrize(
    "told",
    [
        {"applications": [WSGI_APP]},
        {"keywords": ["asgi"]},
        {"classifiers": ["Topic :: Internet :: WWW/HTTP :: HTTP Servers"]},
        {"summary": "Async http client/server framework"},
        {"summary": "The little framework for the Web"},
    ],
)
def test_a_web_framework_is_one_by_its_code_or_its_words(told: dict[str, object]) -> None:
    see_to_framework(package(**told))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"summary": "My first app"},
        {"requires": ["gunicorn", "webob"]},
        {"keywords": ["web"]},
        {"summary": "A testing framework"},
    ],
)
def test_what_is_only_called_like_the_app_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"has a thing 1\.0, and nothing in it says") as refused:
        see_to_framework(package(**told))
    assert "--package thing" in refused.value.hint
    assert "--like" in refused.value.hint
