"""docs/add-a-framework.md documents every field of the manifest as the model does."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from harness.catalog.remaining import undeclared
from harness.model.app import Endpoint, Family, Interface, Manifest, NotOffered, Variant
from harness.model.base import Contract

PAGE = (Path(__file__).parents[3] / "docs" / "add-a-framework.md").read_text(encoding="utf-8")
CHOICES: dict[str, type[StrEnum]] = {"family": Family, "interface": Interface, "endpoints": Endpoint}


def rows(model: type[Contract]) -> list[str]:
    """The table of a model's fields as the page should have it."""
    found = []
    for name, field in model.model_fields.items():
        meaning = " ".join((field.description or "").split()).removesuffix(".")
        if name in CHOICES:
            meaning += f". Of: {', '.join(CHOICES[name])}"
        found.append(f"| `{name}` | {'required' if field.is_required() else 'optional'} | {meaning} |")
    return found


@pytest.mark.parametrize("model", [Manifest, Variant, NotOffered])
def test_the_table_has_every_field_with_its_meaning(model: type[Contract]) -> None:
    right = "| field | | meaning |\n|---|---|---|\n" + "\n".join(rows(model)) + "\n\n"
    assert right in PAGE, "the table should be:\n" + right
    assert all(field.description for field in model.model_fields.values())


def test_the_contract_has_a_row_for_every_endpoint() -> None:
    for endpoint in undeclared(()):
        assert re.search(rf"\| `(GET|POST|WebSocket) /{endpoint.value}\b", PAGE)
