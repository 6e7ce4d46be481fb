"""What is posted, and what the endpoints answer with."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema


class Message(Schema):
    """The answer of `/json`."""

    message: str


class Size(Schema):
    """The size of an item, in millimetres."""

    width: int
    height: int


class Item(Schema):
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


class Items(Schema):
    """The answer of `/items`."""

    items: list[Item]


class OrderLine(Schema):
    """One line of an order. Strict, as a text is no number."""

    sku: Annotated[str, Field(min_length=1, max_length=20)]
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000)]
    unit_cents: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Order(Schema):
    """What is posted to `/orders`."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    discount_percent: Annotated[int, Field(strict=True, ge=0, le=50)]
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=50)]


class AcceptedOrder(Schema):
    """The answer of `/orders`."""

    reference: str
    lines: int
    total_cents: int


class WorldRow(Schema):
    """A row of the `world` table."""

    id: int
    randomNumber: Annotated[int, Field(alias="random_number")]  # noqa: N815 - what the API calls it


class Waited(Schema):
    """How many milliseconds `/wait` waited."""

    waited: int
