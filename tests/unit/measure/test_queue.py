"""When a server is started afresh after a window of requests that wait."""

from harness.measure.waiting_queue import leaves_a_queue
from tests.unit.analysis.simulate import EMPTY_REPORT


def test_a_server_that_has_more_waiting_than_it_can_is_renewed() -> None:
    def left(responses: int, connections: int) -> bool:
        report = EMPTY_REPORT.model_copy(update={"responses": responses, "duration_ns": 500_000_000})
        return leaves_a_queue(report, connections)

    assert left(5, 16)  # one at a time
    assert left(80, 512)  # sixteen at a time
    assert not left(80, 16)
    assert not left(2_400, 512)
