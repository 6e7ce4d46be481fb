"""A Ctrl-C while something is written down is a Ctrl-C, and no bug of pydantic's."""

import pytest
from pydantic_core import PydanticSerializationError

from harness.results.records import encode
from tests.unit.analysis.simulate import started, subject

BADLY = started(subject("app"), 0, log_excerpt="the last words of a server")


def interrupt(_: str) -> str:
    raise KeyboardInterrupt


def fail(_: str) -> str:
    raise RuntimeError("a fault of the mask")


def test_it_comes_through_the_text_that_was_under_way() -> None:
    with pytest.raises(KeyboardInterrupt):
        encode(BADLY, interrupt)
    with pytest.raises(KeyboardInterrupt):
        BADLY.model_dump(context=interrupt)


def test_a_fault_stays_a_fault() -> None:
    with pytest.raises(PydanticSerializationError, match="a fault of the mask"):
        encode(BADLY, fail)
