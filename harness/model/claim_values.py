"""The single values of a claims file."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from harness.model.base import Contract, each_once, wrong

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


class Statement(Contract):
    """Where a statement is made."""

    section: str | None = None
    """Under which heading."""
    link: HttpUrl | None = None
    """The page."""
    accessed: Annotated[date, Field(strict=True)] | None = None
    """The day on which the page was read: it may say otherwise by now."""

    @model_validator(mode="after")
    def _has_link_and_day_together(self) -> "Statement":
        if (self.link is None) != (self.accessed is None):
            missing, there = ("link", "accessed") if self.link is None else ("accessed", "link")
            raise wrong(f"{there} is given without {missing}: give the page, and the day on which it was read", there)
        return self
