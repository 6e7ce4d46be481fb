"""The engine against servers of known behaviour: figures within 2 % of the truth, or the right failure counted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.histogram import Histogram
from harness.load.client import Driver
from harness.model.app import Endpoint, KeepAlive
from harness.model.window import Failure, Phase, WindowReport, WindowSpec
from tests.waiting import undisturbed

NS_PER_S = 1_000_000_000
TIME_WAIT = "06"


def test_capacity_of_a_server_with_fixed_service_time(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """Four workers of 10 ms each answer 400 requests a second, and Little's law gives the latency."""
    spec = window(serve("workers", 4, 10).port, connections=32, lead_in_s=0.3, duration_s=2)

    def check(report: WindowReport) -> None:
        assert report.responses / 2 == pytest.approx(400, rel=0.02)
        assert report.latency_sum_ns / report.duration_ns == pytest.approx(32, rel=0.05)
        assert report.latency_sum_ns / report.responses == pytest.approx(32 / 400 * NS_PER_S, rel=0.02)
        assert Histogram.decode(report.latency).value_at(0.5) == pytest.approx(32 / 400 * NS_PER_S, rel=0.02)

    assert not undisturbed(lambda: driver.window(spec), check).failures


def test_open_loop_below_capacity_offers_and_completes_its_rate(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """At 200 of 400 requests a second, what was offered is answered, and mostly without waiting in line."""
    spec = window(serve("workers", 4, 10).port, rate_rps=200, connections=64, duration_s=2)

    def check(report: WindowReport) -> None:
        assert Histogram.decode(report.latency).value_at(0.5) < 0.015 * NS_PER_S

    report = undisturbed(lambda: driver.window(spec), check)
    assert report.offered == report.responses
    assert report.offered / 2 == pytest.approx(200, rel=4 / (200 * 2) ** 0.5)
    assert Histogram.decode(report.latency).value_at(0.5) >= 0.010 * NS_PER_S


def test_open_loop_above_capacity_shows_the_growing_queue(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """At 800 a second against 400, half is answered in time and the latency grows as long as the stretch."""
    spec = window(serve("workers", 4, 10).port, rate_rps=800, duration_s=2, timeout_s=60)

    def check(report: WindowReport) -> None:
        assert report.completed_in_time / 2 == pytest.approx(400, rel=0.02)
        assert Histogram.decode(report.service_time).value_at(0.99) < 0.1 * NS_PER_S

    report = undisturbed(lambda: driver.window(spec), check)
    assert report.responses == report.offered
    assert Histogram.decode(report.latency).value_at(0.99) > 1.8 * NS_PER_S
    assert Histogram.decode(report.schedule_lag).value_at(0.99) > 1.6 * NS_PER_S


def test_stall_shows_in_the_open_loop_only(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """A server that stalls for 0.4 s in 4 s: a tenth of the arrivals wait up to 0.4 s, which a closed loop omits."""

    def stalled(**load: object) -> Histogram:
        report = driver.window(window(serve("stalls", 0.4, 4).port, duration_s=3.9, **load))
        return Histogram.decode(report.latency)

    def check_opened(latency: Histogram) -> None:
        # The stall hits 0.4 / 3.9 of the arrivals, with waits spread evenly over 0 to 0.4 s: 0.361 s, less or more by
        # how many happened to arrive at its start, and more by what it takes to answer them all in the end.
        assert 0.33 * NS_PER_S < latency.value_at(0.99) < 0.42 * NS_PER_S
        assert latency.value_at(0.5) < 0.05 * NS_PER_S

    def check_closed(latency: Histogram) -> None:
        assert latency.value_at(0.99) < 0.1 * NS_PER_S

    undisturbed(lambda: stalled(rate_rps=500, connections=64), check_opened)
    assert undisturbed(stalled, check_closed).max > 0.35 * NS_PER_S


def has_failures(report: WindowReport) -> None:
    assert report.failures


def test_one_percent_of_errors_is_one_percent(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """Every hundredth answer is a 500: it counts as a failure, not as a response."""
    spec = window(serve("errors", 100).port, duration_s=1)
    report = undisturbed(lambda: driver.window(spec), has_failures)
    answers = report.responses + report.failures[Failure.STATUS]
    assert report.failures[Failure.STATUS] == pytest.approx(answers / 100, abs=1)
    assert report.first_failure.startswith("status: HTTP/1.1 500 Internal Server Error oops")


def test_an_order_that_had_to_be_refused_is_right_where_it_was_and_all_others_are_wrong(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """Two of five wrong orders are wrong in their quantity, which is all that this server ever says."""
    spec = window(serve("refuses-all").port, endpoint=Endpoint.ORDERS, duration_s=1)
    report = undisturbed(lambda: driver.window(spec), has_failures)
    answers = report.responses + sum(report.failures.values())
    assert set(report.failures) == {Failure.STATUS}
    assert report.responses / answers == pytest.approx(2 / 5 / 20, rel=0.5)
    assert "HTTP/1.1 422 Unprocessable quantity is wrong" in (report.first_failure or "")


def test_an_order_that_is_accepted_with_another_total_is_a_wrong_body(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    spec = window(serve("accepts-all").port, endpoint=Endpoint.ORDERS, duration_s=0.2)
    report = undisturbed(lambda: driver.window(spec), has_failures)
    assert report.responses == 0
    assert set(report.failures) == {Failure.WRONG_BODY}


@pytest.mark.fault(
    where="server",
    what="It answers wrongly under load",
    happens="No wrong answer counts as one; its cells are invalid and quote the first.",
    lost="Its cells",
    exit_code=0,
)
def test_wrong_bodies_never_count_as_responses(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """The first 100 answers are right: exactly those count."""
    report = undisturbed(lambda: driver.window(window(serve("wrong-after", 100).port, lead_in_s=0)), has_failures)
    assert report.responses == 100
    assert set(report.failures) == {Failure.WRONG_BODY}
    assert "Hello, Wurld!" in report.first_failure


@pytest.mark.parametrize("behaviour", ["right", "chunked", "bytewise", "head-then-body"])
def test_count_equals_the_servers_own(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec], behaviour: str
) -> None:
    """However an answer is cut into packets or chunks, it counts once."""

    def check(report: WindowReport) -> None:
        assert 0 < report.responses < report.responses_total

    def measured() -> WindowReport:
        server = serve(behaviour)
        report = driver.window(window(server.port))
        counts = server.counts()
        assert report.requests_total == report.responses_total == counts["requests"]
        assert counts["connections"] == 8
        assert report.reconnects == 0
        assert not report.failures
        return report

    undisturbed(measured, check)


@pytest.mark.parametrize("behaviour", ["closing", "unframed"])
@pytest.mark.parametrize("keep_alive", [True, False, "mixed"])
def test_connection_closed_after_each_response(
    driver: Driver,
    serve: Callable[..., Any],
    window: Callable[..., WindowSpec],
    behaviour: str,
    *,
    keep_alive: KeepAlive,
) -> None:
    """Each request gets a connection of its own; that is counted only where the server may have kept it."""

    def check(report: WindowReport) -> None:
        assert report.responses > 16

    def measured() -> WindowReport:
        server = serve(behaviour)
        report = driver.window(window(server.port, keep_alive=keep_alive))
        counts = server.counts()
        assert report.responses_total == report.requests_total == counts["requests"]
        assert counts["connections"] >= counts["requests"]
        assert not report.failures
        return report

    report = undisturbed(measured, check)
    assert (report.reconnects == pytest.approx(report.responses, abs=8)) is bool(keep_alive)


def test_ports_are_not_used_up_by_closed_connections(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """Thousands of short connections a second leave none behind that would occupy a port for a minute."""
    port = serve("closing").port
    driver.window(window(port, keep_alive=False, connections=32, duration_s=1))
    table = Path("/proc/net/tcp").read_text().splitlines()
    waiting = [line for line in table if f":{port:04X} " in line and line.split()[3] == TIME_WAIT]
    assert len(waiting) < 50


@pytest.mark.fault(
    where="server",
    what="Its answers end half-way, or are no HTTP",
    happens="Each counts as what it is, and the load goes on with new connections; its cells are invalid.",
    lost="Its cells",
    exit_code=0,
)
@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        ("half", Failure.CLOSED_EARLY),
        ("garbage", Failure.MALFORMED),
        ("surplus", Failure.MALFORMED),
    ],
)
def test_broken_responses_count_as_what_they_are(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec], behaviour: str, failure: Failure
) -> None:
    """No broken response counts as an answer, and the load goes on with a new connection."""

    def check(report: WindowReport) -> None:
        assert report.failures[failure] > 8

    spec = window(serve(behaviour).port)
    report = undisturbed(lambda: driver.window(spec), check)
    assert report.responses == 0
    assert set(report.failures) == {failure}


@pytest.mark.parametrize("pace", [{}, {"rate_rps": 200}])
def test_hung_server_ends_the_window_within_its_timeout(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec], pace: dict[str, float]
) -> None:
    """A server that never answers: every request times out, and the window ends; else the driver would be given up."""
    report = driver.window(window(serve("silent").port, timeout_s=1, **pace))
    assert report.responses == 0
    assert set(report.failures) == {Failure.TIMEOUT}
    assert report.failures[Failure.TIMEOUT] == (report.offered or 8)


def test_server_that_hangs_in_mid_window(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """What was answered before counts, and each connection's last request has timed out."""

    def hanging() -> WindowReport:
        return driver.window(window(serve("silent-after", 100).port, lead_in_s=0, timeout_s=1))

    def check(report: WindowReport) -> None:
        assert report.responses_total == 100

    report = undisturbed(hanging, check)
    assert report.responses == 100
    assert report.failures == {Failure.TIMEOUT: 8}


@pytest.mark.fault(
    where="server",
    what="It refuses connections under load",
    happens="They are counted and tried again with pauses; its cells are invalid.",
    lost="Its cells",
    exit_code=0,
)
@pytest.mark.parametrize("pace", [{}, {"rate_rps": 200}])
def test_refused_connections_are_counted_and_not_hammered(
    driver: Driver, window: Callable[..., WindowSpec], pace: dict[str, float], closed_port: int
) -> None:
    """Nobody listens: each connection is tried a few times, not thousands."""

    def check(report: WindowReport) -> None:
        assert report.failures.get(Failure.CONNECT, 0) > 0

    report = undisturbed(lambda: driver.window(window(closed_port, **pace)), check)
    assert report.responses == 0
    assert report.failures[Failure.CONNECT] < 300
    assert "refused" in report.first_failure


def test_phases_are_announced_at_the_edges_of_the_stretch(
    driver: Driver, serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """`opened` and `closed` arrive as they happen, exactly the counted stretch apart."""
    spec = window(serve("right").port)
    heard: list[tuple[Phase, int]] = []

    def measure() -> WindowReport:
        heard.clear()
        return driver.window(spec, lambda phase: heard.append((phase, time.monotonic_ns())))

    def check(report: WindowReport) -> None:
        (opened, opened_heard), (closed, closed_heard) = heard
        assert (opened.event, closed.event) == ("opened", "closed")
        assert closed.at_ns - opened.at_ns == report.duration_ns == NS_PER_S // 2
        assert 0 <= opened_heard - opened.at_ns < NS_PER_S // 20
        assert 0 <= closed_heard - closed.at_ns < NS_PER_S // 20

    undisturbed(measure, check)
