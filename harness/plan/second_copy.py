"""The second copy of an app that tests the run: both are measured alike, and no more than chance tells them apart."""

from collections.abc import Sequence
from typing import Final

from harness.model.app import ENDLESS, REFERENCE_FAMILIES, App
from harness.model.cell import Cell, Subject, Workload

_RANKED: Final = (Workload.CAPACITY, Workload.LATENCY)


def twins_cells(apps: Sequence[App], cells: Sequence[Cell]) -> list[Cell]:
    """The A/A pair's second copy: of a framework rather than a baseline, and of one that declares the most.

    It is measured on all that is ranked.
    """
    ranked = [cell for cell in cells if cell.workload in _RANKED]
    if not ranked:
        return []
    manifests = {app.name: app.manifest for app in apps}

    def suits(subject: Subject) -> tuple[bool, int]:
        manifest = manifests[subject.app]
        return manifest.family not in REFERENCE_FAMILIES, len(set(manifest.endpoints) - ENDLESS)

    original = max((cell.subject for cell in ranked), key=suits)  # the first of those that suit best
    twin = original.model_copy(update={"twin": True})
    return [cell.model_copy(update={"subject": twin}) for cell in ranked if cell.subject == original]
