"""Who writes much to its log is told of once in a run."""

from types import SimpleNamespace
from typing import Any, cast

from harness.measure.crew import WORDY, Crew
from harness.measure.run_context import RunContext
from harness.model.naming import called_as
from tests.unit.analysis.simulate import subject
from tests.unit.plan.manifests import app_with


def test_a_log_that_is_cut_is_told_of_once_in_all_rounds() -> None:
    told: list[str] = []
    app = app_with("chatty", ("hello",), controlled=())
    context = SimpleNamespace(wordy=set(), progress=SimpleNamespace(trouble=told.append), apps={"chatty": app})
    servers: dict[Any, Any] = {
        subject("chatty"): SimpleNamespace(cut_log=lambda: 1_000_000),
        subject("quiet"): SimpleNamespace(cut_log=lambda: 0),
    }
    for index in range(2):
        crew = Crew(cast("RunContext", context), index)
        crew._servers = servers
        crew.cut_logs()
        crew.cut_logs()
    assert told == [f"{called_as(subject('chatty'), app)} {WORDY}"]
