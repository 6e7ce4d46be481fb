"""What the endpoints answer with."""

from typing import Annotated

from pydantic import BaseModel, Field


class Message(BaseModel):
    """The answer of `/json`."""

    message: str


class World(BaseModel):
    """A row of the `world` table."""

    id: int
    random_number: Annotated[int, Field(serialization_alias="randomNumber")]


class Waited(BaseModel):
    """How many milliseconds `/wait` waited."""

    waited: int


class FeedEvent(BaseModel):
    """The data of one event of `/feed`."""

    sequence: int
    sent_at_ns: int
