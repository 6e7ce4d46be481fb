"""A cell whose server closes connections that it should keep says so, with what the manifest can say of it."""

import pytest

from harness.analysis.analyse import analyse
from harness.model.app import KeepAlive
from harness.model.window import Failure
from tests.unit.analysis.simulate import Simulation, subject

REMEDY = "set keep_alive = false in this variant of the app's manifest"
ANNOUNCED, UNANNOUNCED = {"reconnects": 400}, {"failures": {Failure.CLOSED_EARLY: 400}, "reconnects": 400}


def reasons(*, keep_alive: KeepAlive = True, **changes: object) -> str:
    recorded = Simulation(capacities_rps={subject("flask"): 1_000.0}).recorded()
    windows = tuple(
        window.model_copy(
            update={
                "report": window.report.model_copy(update=changes),
                "spec": window.spec.model_copy(update={"keep_alive": keep_alive}),
            }
        )
        if window.report and window.spec
        else window
        for window in recorded.windows
    )
    (cell,) = analyse(recorded.model_copy(update={"windows": windows})).cells
    return "; ".join(cell.reasons)


@pytest.mark.parametrize("changes", [ANNOUNCED, UNANNOUNCED])
def test_the_remedy_stands_in_the_reason_once(changes: dict[str, object]) -> None:
    assert reasons(**changes).count(REMEDY) == 1


def test_mixed_is_a_remedy_only_where_no_request_is_lost() -> None:
    assert '"mixed"' in reasons(**ANNOUNCED)
    assert '"mixed"' not in reasons(**UNANNOUNCED)
    assert REMEDY in reasons(keep_alive="mixed", **UNANNOUNCED)
    assert not reasons(keep_alive="mixed", **ANNOUNCED)


def test_other_failures_have_other_remedies() -> None:
    told = reasons(failures={Failure.STATUS: 400, Failure.CLOSED_EARLY: 3})
    assert "of the requests failed" in told
    assert REMEDY not in told
