"""What is left of a run that can't be trusted."""

from harness.model.cell import BY_REQUEST
from harness.model.comparison import RunSummary


def without_distrusted(run: RunSummary) -> RunSummary:
    """The run without the figures of its requests, where it can't be trusted: each says why."""
    if run.distrust is None:
        return run
    why = (f"the run can't be trusted: {run.distrust}",)
    return run.model_copy(
        update={
            "cells": tuple(
                cell.model_copy(update={"figures": {}, "reasons": why}) if cell.cell.workload in BY_REQUEST else cell
                for cell in run.cells
            )
        }
    )
