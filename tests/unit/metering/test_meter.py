import time

from harness.metering.meter import Meter
from harness.metering.reading import MeterReading


class Account:
    """Of a server or a database, which takes its time to read."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s = takes_s
        self.read_ns = 0

    def cpu_ns(self) -> int:
        time.sleep(self.takes_s)
        self.read_ns = time.monotonic_ns()
        return 1

    def throttled_ns(self) -> int:
        return 0


def test_a_window_is_the_difference_of_two_readings() -> None:
    opened = MeterReading(at_ns=100, server_cpu_ns=10, database_cpu_ns=20, steal_ns=0, throttled_ns=1)
    closed = MeterReading(at_ns=600, server_cpu_ns=410, database_cpu_ns=25, steal_ns=30, throttled_ns=1)
    meter = opened.until(closed)
    assert (meter.elapsed_ns, meter.server_cpu_ns, meter.database_cpu_ns) == (500, 400, 5)
    assert (meter.steal_ns, meter.throttled_ns) == (30, 0)


def test_an_unknown_database_stays_unknown_and_is_not_zero() -> None:
    opened = MeterReading(at_ns=100, server_cpu_ns=10, database_cpu_ns=None, steal_ns=0, throttled_ns=0)
    closed = MeterReading(at_ns=600, server_cpu_ns=10, database_cpu_ns=None, steal_ns=0, throttled_ns=0)
    assert opened.until(closed).database_cpu_ns is None


def test_accounts_that_go_back_cost_no_run() -> None:
    """Steal does where a virtual machine moves to another host; throttling where the server's control group is gone."""
    opened = MeterReading(at_ns=100, server_cpu_ns=10, database_cpu_ns=0, steal_ns=70, throttled_ns=50)
    closed = MeterReading(at_ns=600, server_cpu_ns=410, database_cpu_ns=0, steal_ns=30, throttled_ns=0)
    meter = opened.until(closed)
    assert (meter.server_cpu_ns, meter.steal_ns, meter.throttled_ns) == (400, 0, 0)


def test_each_time_stamp_is_of_the_middle_of_reading_what_it_stands_by() -> None:
    server, database = Account(0.02), Account(0.05)
    begun_ns = time.monotonic_ns()
    reading = Meter(server, database, (0,)).read()
    ended_ns = time.monotonic_ns()
    assert begun_ns + 10_000_000 <= reading.at_ns <= server.read_ns - 10_000_000
    assert 50_000_000 <= reading.after_ns <= ended_ns - server.read_ns
    assert reading.database_at_ns is not None
    assert server.read_ns + 25_000_000 <= reading.database_at_ns <= ended_ns - 25_000_000


def test_what_the_database_consumed_is_that_of_as_long_a_time_as_the_server_s() -> None:
    """It is read over another stretch, as its many processes take long: by its own clock it used half a CPU."""
    opened = MeterReading(
        at_ns=100, server_cpu_ns=0, database_cpu_ns=20, steal_ns=0, throttled_ns=0, database_at_ns=140
    )
    closed = MeterReading(
        at_ns=600, server_cpu_ns=0, database_cpu_ns=220, steal_ns=0, throttled_ns=0, database_at_ns=540
    )
    assert opened.until(closed).database_cpu_ns == 250
