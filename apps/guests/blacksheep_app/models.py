"""What is posted, and what an order is answered with."""

from typing import Annotated

from pydantic import BaseModel, Field


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
