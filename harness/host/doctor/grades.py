"""Turns a measured value into a grade."""

from harness.model.host import Grade


def at_most(value: float, *, good: float, poor: float) -> Grade:
    """For what should be small: good and poor up to the bounds, unfit beyond."""
    if value <= good:
        return Grade.GOOD
    return Grade.POOR if value <= poor else Grade.UNFIT


def at_least(value: float, *, good: float, poor: float) -> Grade:
    """For what should be large: good and poor down to the bounds, unfit below."""
    return at_most(-value, good=-good, poor=-poor)
