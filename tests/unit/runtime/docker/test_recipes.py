"""What the images' recipes copy from a checkout that others may not be let read."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[4]
RECIPES = ("apps/Dockerfile", "harness/runtime/images/driver.Dockerfile")


@pytest.mark.parametrize("recipe", RECIPES)
def test_all_that_is_copied_from_a_checkout_into_an_image_is_for_its_user_to_read(recipe: str) -> None:
    """But for the stages that are not kept, which root works in."""
    last = (PROJECT / recipe).read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    copied = re.findall(r"^COPY (.*)$", last, re.MULTILINE)
    assert len(copied) > 2
    assert [line for line in copied if not line.startswith(("--from=environment", "--chmod=755"))] == []
