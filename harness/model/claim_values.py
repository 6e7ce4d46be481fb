"""The single values of a claims file, and how one that can't be used is told."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from harness.model.base import Name


def wrong(what: str, *at: str | int) -> PydanticCustomError:
    """What is wrong with a claims file; `at` leads from where that is noticed to the key that has to be mended."""
    return PydanticCustomError("claim", "{what}", {"what": what, "at": at})


def each_once[Value](values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values, none of which may stand twice: it would count twice."""
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise wrong(f"'{twice}' stands twice")
    return values


type Subjects = Annotated[tuple[Name, ...], Field(min_length=1), AfterValidator(each_once)]
"""Apps that a claim is about; it must hold for each."""

type Amount = Annotated[float, Field(ge=1e-9, le=1e15, strict=True, allow_inf_nan=False)]
"""A margin or a bound. What lies beyond these is no figure of a server, and can't be reckoned with."""

type Many = Annotated[int, Field(ge=1, le=60_000, strict=True)]
"""Connections, subscribers, routes or processes; a host has no more ports than that."""
