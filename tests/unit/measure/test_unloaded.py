"""What an app is said to write JSON with has to be loaded, where that can be seen."""

import pytest

from harness.measure.verify import unloaded
from harness.model.app import Libraries
from tests.unit.analysis.simulate import subject
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
