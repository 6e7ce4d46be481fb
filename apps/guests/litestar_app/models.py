"""What is posted, and what the endpoints answer with."""

from datetime import date
from typing import Annotated

from msgspec import Struct
from pydantic import BaseModel, Field


class Message(Struct):
    """The answer of `/json`."""

    message: str


class Size(Struct):
    """The size of an item, in millimetres."""

    width: int
    height: int


class Item(Struct):
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


class Items(Struct):
    """The answer of `/items`."""

    items: list[Item]


class OrderLine(BaseModel):
    """One line of an order. Strict, as a text is no number."""

    sku: Annotated[str, Field(min_length=1, max_length=20)]
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000)]
    unit_cents: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Order(BaseModel):
    """What is posted to `/orders`."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    discount_percent: Annotated[int, Field(strict=True, ge=0, le=50)]
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=50)]


class AcceptedOrder(Struct):
    """The answer of `/orders`."""

    reference: str
    lines: int
    total_cents: int


class World(Struct, rename="camel"):
    """A row of the `world` table."""

    id: int
    random_number: int


class Waited(Struct):
    """How many milliseconds `/wait` waited."""

    waited: int


class FeedEvent(Struct):
    """The data of one event of `/feed`."""

    sequence: int
    sent_at_ns: int
