"""The single values of a claims file, and how one that can't be used is told."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError


def wrong(what: str, *at: str | int) -> PydanticCustomError:
    """What is wrong with a claims file; `at` leads from where that is noticed to the key that has to be mended."""
    return PydanticCustomError("claim", "{what}", {"what": what, "at": at})


def each_once[Value](values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values, none of which may stand twice: it would count twice."""
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise wrong(f"'{twice}' stands twice")
    return values


VARIANT_SIGN: Final = "/"
"""Stands between an app and the variant that a claim means of it."""

PARTICIPANT_PATTERN: Final = r"^[a-z][a-z0-9_-]{0,39}(/[a-z][a-z0-9_-]{0,39})?$"

type Participant = Annotated[str, Field(pattern=PARTICIPANT_PATTERN)]
"""An app in each way that it is to be deployed (`litestar`), or one variant of it (`litestar/granian`)."""

type Participants = Annotated[tuple[Participant, ...], Field(min_length=1), AfterValidator(each_once)]
"""Those that a claim is about, and it must hold for each; or those that they are compared with."""

type Amount = Annotated[float, Field(ge=1e-9, le=1e15, strict=True, allow_inf_nan=False)]
"""A margin or a bound. What lies beyond these is no figure of a server, and can't be reckoned with."""

type Many = Annotated[int, Field(ge=1, le=60_000, strict=True)]
"""Connections, subscribers, routes or processes; a host has no more ports than that."""


class Combination(StrEnum):
    """How a claim's comparisons make up the claim."""

    ALL = "all"
    ANY = "any"
    COUNT = "count"
    """At least so many as `count` says."""
