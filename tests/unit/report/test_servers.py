"""Whose server it is, and what it does with connections, as the report tells it."""

import pytest

from harness.model.app import Interface
from harness.model.run import Deployment
from harness.report.figure.spec import Tone
from harness.report.view.cast import Cast
from harness.report.view.deployments import deployments_view
from harness.report.view.found import found_view
from harness.report.view.terms import tone
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, STARTS = Sample().build()


def first_deployed(**fields: object) -> tuple[Cast, Deployment]:
    """The sample's run with other words on how its first app is deployed."""
    first, *others = RUN.deployments
    changed = first.model_copy(update=fields)
    return Cast(RUN.model_copy(update={"deployments": (changed, *others)})), changed


@pytest.mark.parametrize(
    ("interface", "own_server", "title", "server", "told", "colour"),
    [
        (Interface.WSGI, True, "CherryPy", "cheroot", "own server cheroot", Tone.NATIVE),
        (Interface.ASGI, True, "Robyn", "Robyn", "own server", Tone.NATIVE),
        (Interface.NATIVE, False, "aiohttp", "gunicorn", "gunicorn", Tone.NATIVE),
        (Interface.WSGI, False, "Waitress", "waitress", "waitress", Tone.WSGI),
        (Interface.NATIVE, None, "Sanic", "Sanic", "own server", Tone.NATIVE),
    ],
)
def test_whose_server_it_is_is_a_field_of_its_own(  # noqa: PLR0913 - a row of the table
    *,
    interface: Interface,
    own_server: bool | None,
    title: str,
    server: str,
    told: str,
    colour: Tone,
) -> None:
    cast, deployment = first_deployed(interface=interface, own_server=own_server, title=title, server=server)
    label = cast.label(deployment.subject)
    assert label.server == told
    assert tone(label) is colour


def test_a_server_that_keeps_some_connections_is_told_in_its_card_and_to_beware_of() -> None:
    cast, deployment = first_deployed(keep_alive="mixed")
    run = RUN.model_copy(update={"deployments": (deployment, *RUN.deployments[1:])})
    name = cast.label(deployment.subject).in_sentence
    (told,) = [text for text in found_view(run, FINDINGS, cast).caveats if "closes others" in text]
    assert told.startswith(f"{name} keeps some connections open")
    cards = [card for app in deployments_view(run, FINDINGS, STARTS, (), cast).apps for card in app.cards]
    assert [card.connections for card in cards if card.label.key == deployment.subject.key] == [
        "some kept open between requests, others closed"
    ]
    assert not any("closes others" in text for text in found_view(RUN, FINDINGS, Cast(RUN)).caveats)
