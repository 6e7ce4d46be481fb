"""What is left of a plan where some of it can't be had."""

from collections.abc import Collection, Sequence

from harness.model.app import App
from harness.model.plan import Plan
from harness.plan.pace import at_pace
from harness.plan.second_copy import twins_cells


def left_of(plan: Plan, apps: Sequence[App], gone: Collection[tuple[str, str]]) -> Plan:
    """The plan without these apps' variants, and with another A/A pair where that was of one of them."""
    cells = [
        cell for cell in plan.cells if not cell.subject.twin and (cell.subject.app, cell.subject.variant) not in gone
    ]
    cells += twins_cells(apps, cells)
    subjects = tuple(dict.fromkeys(cell.subject for cell in cells))
    return at_pace(plan.model_copy(update={"cells": tuple(cells), "subjects": subjects}), plan.pace)
