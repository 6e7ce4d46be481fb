"""What the endpoints answer with."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field


class Message(BaseModel):
    """The answer of `/json`."""

    message: str


class Size(BaseModel):
    """The size of an item, in millimetres."""

    width: int
    height: int


class Item(BaseModel):
    """One of the items of `/items`."""

    id: int
    name: str
    sku: str
    quantity: int
    price: float
    available: bool
    made_on: date
    size: Size
    tags: list[str]
    previous: int | None


class Items(BaseModel):
    """The answer of `/items`."""

    items: list[Item]


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
