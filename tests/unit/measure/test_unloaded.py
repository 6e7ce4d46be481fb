"""What an app is said to write JSON with has to be loaded, where that can be seen, and nothing else that does so."""

from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest

from harness.contract.conformance import check
from harness.host.interpreter_facts import ACCELERATORS
from harness.measure import verify as verifying
from harness.measure.crew import Crew
from harness.measure.run_context import RunContext
from harness.measure.verify import loaded_too, unloaded
from harness.metering.process_tree import Memory
from harness.model.app import Libraries
from harness.model.naming import JSON_LIBRARIES
from harness.model.run import Start
from tests.troubles import Troubles
from tests.unit.analysis.simulate import subject
from tests.unit.measure.two_apps import runtime_of, two_apps
from tests.unit.results.sample import deployment


@pytest.mark.parametrize(
    ("serializer", "loaded", "told"),
    [
        ("ujson", ("uvloop",), 1),
        ("ujson 6", (), 1),
        ("ujson", ("uvloop", "ujson"), 0),
        ("json", (), 0),
        (None, ("ujson",), 0),
    ],
)
def test_only_what_could_be_seen_and_is_not_loaded_is_told(
    serializer: str | None, loaded: tuple[str, ...], told: int
) -> None:
    said = Libraries(orm="none", driver="psycopg 3", serializer=serializer)
    of = deployment(subject("sanic")).model_copy(update={"libraries": said, "accelerators": loaded})
    sentences = list(unloaded(of))
    assert len(sentences) == told
    assert not told or "sanic/controlled is said to have ujson as its serializer" in sentences[0]


@pytest.mark.parametrize(
    ("serializer", "loaded", "too"),
    [
        ("json", ("orjson", "uvloop"), "orjson"),
        ("json", ("ujson", "msgspec", "orjson"), "msgspec, orjson, ujson"),
        ("json", ("rapidjson",), "python-rapidjson"),
        ("pydantic 2", ("orjson",), "orjson"),
        ("ujson 6", ("orjson", "ujson"), "orjson"),
        ("json", ("uvloop", "httptools", "psycopg_c"), None),
        ("orjson", ("orjson",), None),
        ("msgspec 1", ("msgspec",), None),
        ("python-rapidjson 1", ("rapidjson",), None),
        ("Python_RapidJSON", ("rapidjson",), None),
        (None, ("orjson",), None),
    ],
)
def test_what_else_could_write_the_json_and_is_loaded_is_told(
    serializer: str | None, loaded: tuple[str, ...], too: str | None
) -> None:
    of = deployment(subject("sanic")).model_copy(
        update={"libraries": Libraries(serializer=serializer), "accelerators": loaded}
    )
    told = list(loaded_too(of))
    assert len(told) == (too is not None)
    if too is not None:
        assert told[0].startswith(
            f"sanic/controlled is said to have {serializer} as its serializer, and has loaded {too} "
        )
        assert "`serializer` in its manifest" in told[0]


def test_what_is_said_to_be_loaded_for_something_else_is_not_asked_about() -> None:
    of = deployment(subject("sanic")).model_copy(
        update={
            "libraries": Libraries(serializer="json"),
            "accelerators": ("msgspec", "orjson", "rapidjson"),
            "also_loads": ("MsgSpec", "python_rapidjson"),
        }
    )
    (told,) = loaded_too(of)
    assert "has loaded orjson too" in told
    assert told.endswith('also_loads = ["MsgSpec", "python_rapidjson", "orjson"]'), "what is there already stays"
    every = of.model_copy(update={"also_loads": ("msgspec", "orjson", "python-rapidjson")})
    assert not list(loaded_too(every))


def test_all_that_could_write_it_is_looked_for() -> None:
    assert JSON_LIBRARIES.keys() <= set(ACCELERATORS)


def test_what_is_imported_by_the_first_request_that_needs_it_is_seen_by_verify_and_by_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its first right answer, to /hello, came without it."""
    monkeypatch.setattr(verifying, "check", partial(check, checks=()))
    progress = Troubles()
    with two_apps() as (apps, servers):
        runtime, server = runtime_of(servers), servers["odd"]
        seen: set[str] = set()
        server.look_at_accelerators = lambda: seen.add("orjson")
        runtime.deployment = lambda _, subject: deployment(subject).model_copy(
            update={"libraries": Libraries(serializer="json"), "accelerators": tuple(seen)}
        )
        list(verifying.verify(apps[:1], (), runtime, progress))
        assert [each for each in progress.told if "has loaded orjson too" in each]
        seen.clear()
        crew = Crew(cast("RunContext", SimpleNamespace(writer=SimpleNamespace(append=lambda _: None))), 0)
        crew._servers = {server.subject: server}
        crew._starts = {server.subject: Start.model_construct()}
        server.memory = lambda: Memory(rss_bytes=1, pss_bytes=1, charged_bytes=None, processes=1)
        crew.read_memory()
    assert seen == {"orjson"}
