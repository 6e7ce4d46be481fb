"""Subjects are compared and hashed by hand, since a report asks so often: by all that they are."""

import pytest

from harness.model.cell import Subject

USUAL = Subject(app="flask", variant="controlled")
OTHERWISE = {"app": "fastapi", "variant": "recommended", "twin": True, "extra_routes": 1_000, "workers": 2}


@pytest.mark.parametrize("field", Subject.model_fields)
def test_subjects_that_differ_in_any_field_are_two(field: str) -> None:
    other = USUAL.model_copy(update={field: OTHERWISE[field]})
    assert other != USUAL
    assert {USUAL: 1, other: 2}[other] == 2


def test_subjects_that_say_the_same_are_one() -> None:
    same = Subject.model_validate_json(USUAL.model_dump_json())
    assert same is not USUAL
    assert same == USUAL
    assert {USUAL: 1}[same] == 1


def test_nothing_else_is_a_subject() -> None:
    assert USUAL.key != USUAL


@pytest.mark.parametrize("field", Subject.model_fields)
def test_an_original_is_one_as_its_app_and_variant_make_it(field: str) -> None:
    other = USUAL.model_copy(update={field: OTHERWISE[field]})
    assert other.is_original is (other == other.original)
