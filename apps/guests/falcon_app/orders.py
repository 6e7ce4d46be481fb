"""The orders of `/orders`: what is a right one, and what it costs."""

from typing import Any, Final

LINE: Final = {
    "type": "object",
    "required": ["sku", "quantity", "unit_cents"],
    "properties": {
        "sku": {"type": "string", "minLength": 1, "maxLength": 20},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 1_000},
        "unit_cents": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    },
}
ORDER: Final = {
    "$schema": "http://json-schema.org/draft-04/schema#",  # for later drafts, 2.0 is an integer too
    "type": "object",
    "required": ["reference", "discount_percent", "lines"],
    "properties": {
        "reference": {"type": "string", "pattern": r"^[A-Za-z0-9-]{1,40}\Z"},
        "discount_percent": {"type": "integer", "minimum": 0, "maximum": 50},
        "lines": {"type": "array", "minItems": 1, "maxItems": 50, "items": LINE},
    },
}
"""JSON Schema."""


def accept_order(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to a right order. Half a cent is rounded up."""
    sum_cents = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    return {
        "reference": order["reference"],
        "lines": len(order["lines"]),
        "total_cents": (sum_cents * (100 - order["discount_percent"]) + 50) // 100,
    }
