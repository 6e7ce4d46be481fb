import time
from collections.abc import Callable

from harness.metering.meter import Meter
from harness.runtime.local.server import Server
from tests.waiting import eventually


def test_a_meter_reads_what_a_server_spends_between_two_instants(launch: Callable[..., Server]) -> None:
    """The tiny server is asked for 0.5 s of CPU time, 0.3 of it in a child."""
    server = launch("spender")
    meter = Meter(server, None, [0])
    opened = meter.read()
    server.await_ready()
    spent = opened.until(meter.read())
    assert spent.server_cpu_ns / 1e9 > 0.4
    assert spent.server_cpu_ns <= spent.elapsed_ns
    assert opened.database_cpu_ns == 0

    def is_idle() -> bool:
        before = meter.read()
        time.sleep(0.2)
        return before.until(meter.read()).server_cpu_ns < 5_000_000

    eventually(is_idle, "a stretch in which the server spends nothing")
