"""The orders of `/orders`: what is a right one, and what it costs."""

import re
from typing import Any, Final

REFERENCE: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
MOST_LINES: Final = 50
LONGEST_SKU: Final = 20


class WrongOrderError(Exception):
    """The client sent no order, or a wrong one; the message names the field that is wrong."""


def accept_order(order: Any) -> dict[str, Any]:
    """Check an order and answer it; `WrongOrderError` where it is wrong. Half a cent is rounded up."""
    if not isinstance(order, dict):
        raise WrongOrderError("an order is an object")
    reference, lines = order.get("reference"), order.get("lines")
    if not (isinstance(reference, str) and REFERENCE.fullmatch(reference)):
        raise WrongOrderError("reference must be 1 to 40 letters, digits and hyphens")
    charged_percent = 100 - integer(order, "discount_percent", 0, 50)
    if not (isinstance(lines, list) and 1 <= len(lines) <= MOST_LINES):
        raise WrongOrderError(f"lines must be a list of 1 to {MOST_LINES} lines")
    sum_cents = sum(map(line_cents, lines))
    return {"reference": reference, "lines": len(lines), "total_cents": (sum_cents * charged_percent + 50) // 100}


def line_cents(line: Any) -> int:
    """What one line costs."""
    if not isinstance(line, dict):
        raise WrongOrderError("lines must hold objects")
    sku = line.get("sku")
    if not (isinstance(sku, str) and 1 <= len(sku) <= LONGEST_SKU):
        raise WrongOrderError(f"sku must be a text of 1 to {LONGEST_SKU} characters")
    return integer(line, "quantity", 1, 1_000) * integer(line, "unit_cents", 1, 1_000_000)


def integer(fields: dict[str, Any], name: str, low: int, high: int) -> int:
    """A field that must be an integer from `low` to `high`."""
    value = fields.get(name)
    # To Python, true is an integer too.
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise WrongOrderError(f"{name} must be an integer from {low} to {high}")
    return value
