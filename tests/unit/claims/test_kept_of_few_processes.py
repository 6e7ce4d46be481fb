"""What a run keeps with its most processes, where that most is no more than what it is compared with."""

import pytest

from harness.model.cell import Subject, Workload
from harness.model.verdict import Verdict
from tests.unit.analysis.simulate import subject
from tests.unit.claims.test_evaluate import FAST, held, kept, run


@pytest.mark.parametrize(("over", "verdict"), [(1, Verdict.SUPPORTED), (2, Verdict.NOT_RUN), (4, Verdict.NOT_RUN)])
def test_nothing_is_compared_with_itself_or_with_more(over: int, verdict: Verdict) -> None:
    subjects = {Subject(app="one", variant="controlled", workers=workers): 2_000.0 * workers for workers in (1, 2)}
    recorded = run({**subjects, FAST: 8_000, subject("fast", twin=True): 8_000}, rounds=6)
    cells = tuple(
        cell.model_copy(update={"workload": Workload.WORKERS}) if cell.subject.app == "one" else cell
        for cell in recorded.run.plan.cells
    )
    keys = {old.key: new.key for old, new in zip(recorded.run.plan.cells, cells, strict=True)}
    plan = recorded.run.plan.model_copy(update={"cells": cells})
    windows = tuple(window.model_copy(update={"cell": keys[window.cell]}) for window in recorded.windows)
    header = recorded.run.model_copy(update={"plan": plan})
    found = held(
        recorded.model_copy(update={"run": header, "windows": windows}),
        kept(workload=Workload.WORKERS, at="most", over=over),
    )
    assert found.verdict is verdict, found.sentence
    if verdict is Verdict.NOT_RUN:
        assert f"workers was measured with 2 at most, which is not more than {over}" in found.sentence
