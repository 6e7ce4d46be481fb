"""A cell whose server closes connections that it should keep says so, with what the manifest can say of it."""

import pytest

from harness.analysis.analyse import analyse
from harness.model.window import Failure
from tests.unit.analysis.simulate import Simulation, subject

REMEDY = "set keep_alive = false in this variant of the app's manifest"


def reasons(**changes: object) -> str:
    recorded = Simulation(capacities_rps={subject("flask"): 1_000.0}).recorded()
    windows = tuple(
        window.model_copy(update={"report": window.report.model_copy(update=changes)}) if window.report else window
        for window in recorded.windows
    )
    (cell,) = analyse(recorded.model_copy(update={"windows": windows})).cells
    return "; ".join(cell.reasons)


@pytest.mark.parametrize("changes", [{"failures": {Failure.CLOSED_EARLY: 400}}, {"reconnects": 400}])
def test_the_remedy_stands_in_the_reason(changes: dict[str, object]) -> None:
    assert REMEDY in reasons(**changes)


def test_other_failures_have_other_remedies() -> None:
    told = reasons(failures={Failure.STATUS: 400, Failure.CLOSED_EARLY: 3})
    assert "of the requests failed" in told
    assert REMEDY not in told
