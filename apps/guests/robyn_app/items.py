"""The items of `/items`."""

from datetime import date, timedelta
from typing import Any, Final

FIRST_DAY: Final = date(2000, 1, 1)
GROUPS: Final = ("garden", "kitchen", "café", "Möbel")


def list_items(count: int, factor: int) -> list[dict[str, Any]]:
    """So many items; what is in each follows from its number and the factor."""
    return [make_item(index, count, index * factor % 9973) for index in range(1, count + 1)]


def make_item(index: int, count: int, value: int) -> dict[str, Any]:
    """One of `count` items, the first of which has index 1."""
    return {
        "id": index,
        "name": f"Item {index} of {count}",
        "sku": f"SKU-{value:05d}",
        "quantity": value % 100,
        "price": (2 * value + 1) / 8,
        "available": value % 3 != 0,
        "made_on": FIRST_DAY + timedelta(days=value),
        "size": {"width": value % 90 + 10, "height": value % 70 + 10},
        "tags": [GROUPS[value % 4], f"shelf {value % 12}"],
        "previous": index - 1 if index > 1 else None,
    }
