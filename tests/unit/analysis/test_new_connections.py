"""Connections that a server closed and its clients opened anew are counted, for whoever reads its figures."""

import pytest

from harness.analysis.analyse import analyse
from harness.model.app import KeepAlive
from harness.model.run import Window
from tests.unit.analysis.test_analyse import edited, simulated


@pytest.mark.parametrize(("keep_alive", "counted"), [(True, 3), ("mixed", 3), (False, None)])
def test_they_are_counted_unless_each_request_has_its_own(keep_alive: KeepAlive, counted: int | None) -> None:
    def reconnecting(window: Window) -> Window:
        assert window.report
        return window.model_copy(
            update={
                "spec": window.spec.model_copy(update={"keep_alive": keep_alive}),
                "report": window.report.model_copy(update={"reconnects": 3}),
            }
        )

    found = analyse(edited(simulated(), reconnecting)).cells
    assert all(each.windows for each in found)
    assert [each.reconnects for each in found] == [counted and counted * each.windows for each in found]
