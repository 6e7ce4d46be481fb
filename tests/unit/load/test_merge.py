"""Reports of several workers as one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.arrival_log import ArrivalLog
from harness.histogram import Histogram
from harness.load.merge import merge_reports, shares
from harness.model.app import Endpoint
from harness.model.window import Failure, Mode, WindowReport, WindowSpec

QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)


def encoded(latencies_ns: list[int]) -> str:
    histogram = Histogram()
    histogram.record_many(np.array(latencies_ns, dtype=np.int64))
    return histogram.encode()


def report(latencies_ns: list[int], **changes: object) -> WindowReport:
    values: dict[str, object] = {
        "duration_ns": 1_000_000_000,
        "responses": len(latencies_ns),
        "reconnects": 0,
        "latency": encoded(latencies_ns),
        "latency_sum_ns": sum(latencies_ns),
        "generator_cpu_ns": 10,
        "generator_run_delay_ns": 1,
        "requests_total": len(latencies_ns),
        "responses_total": len(latencies_ns),
    }
    return WindowReport.model_validate(values | changes)


latencies = st.lists(st.integers(min_value=1, max_value=10**10), max_size=200)


@given(parts=st.lists(latencies, min_size=1, max_size=4))
@settings(deadline=None)
def test_merged_percentiles_are_those_of_one_histogram_over_all_samples(parts: list[list[int]]) -> None:
    merged = merge_reports([(f"w{index}", report(part)) for index, part in enumerate(parts)], skew_ns=0)
    everything = Histogram.decode(encoded([each for part in parts for each in part]))
    together = Histogram.decode(merged.latency)
    assert together.buckets() == everything.buckets()
    assert [together.value_at(q) for q in QUANTILES] == [everything.value_at(q) for q in QUANTILES]
    assert merged.responses == sum(map(len, parts))
    assert merged.latency_sum_ns == sum(map(sum, parts))


def test_each_worker_keeps_its_name_and_its_share() -> None:
    merged = merge_reports(
        [("a/0", report([5, 6], generator_cpu_ns=70)), ("b/1", report([7], generator_run_delay_ns=90))], skew_ns=3
    )
    assert [(share.name, share.responses) for share in merged.workers] == [("a/0", 2), ("b/1", 1)]
    assert merged.workers[0].generator_cpu_ns == 70
    assert merged.workers[1].generator_run_delay_ns == 90
    assert merged.generator_cpu_ns == 80
    assert merged.skew_ns == 3


def test_failures_add_up_and_the_first_names_its_worker() -> None:
    failing = report([], failures={Failure.STATUS: 2}, first_failure="status: 500")
    merged = merge_reports([("a/0", report([1])), ("b/1", failing), ("c/2", failing)], skew_ns=0)
    assert merged.failures == {Failure.STATUS: 4}
    assert merged.first_failure == "b/1: status: 500"


def test_open_loop_figures_stay_missing_where_there_are_none() -> None:
    assert merge_reports([("a/0", report([1]))], skew_ns=0).offered is None
    counted = report([1], offered=3, completed_in_time=2, service_time=encoded([1]), schedule_lag=encoded([1]))
    merged = merge_reports([("a/0", counted), ("b/1", counted)], skew_ns=0)
    assert (merged.offered, merged.completed_in_time) == (6, 4)
    assert Histogram.decode(merged.service_time or "").total == 2


def test_shares_keep_the_whole_rate_and_differ_in_their_seeds() -> None:
    spec = WindowSpec(
        host="h", port=1, endpoint=Endpoint.JSON, mode=Mode.OPEN, connections=9, rate_rps=900, lead_in_s=0, duration_s=1
    )
    parts = shares(spec, [5, 4])
    assert [part.connections for part in parts] == [5, 4]
    assert [part.rate_rps for part in parts] == [500, 400]
    assert len({part.seed for part in parts}) == 2


def test_interim_responses_add_up_and_stay_unknown_where_one_worker_did_not_count_them() -> None:
    counted, unknown = report([1], interim_responses=3), report([1])
    assert merge_reports([("a", counted), ("b", counted)], skew_ns=0).interim_responses == 6
    assert merge_reports([("a", unknown)], skew_ns=0).interim_responses is None


def test_requests_of_all_workers_stand_in_the_order_in_which_they_were_due() -> None:
    def log(arrivals_ms: list[int], latency_ms: int) -> str:
        arrivals = np.array(arrivals_ms, dtype=np.int64) * 1_000_000
        return ArrivalLog.of(arrivals, np.full(len(arrivals), latency_ms * 1_000_000)).encode()

    parts = [("a", report([1], arrivals=log([0, 5], 2))), ("b", report([1], arrivals=log([3], 7)))]
    merged = ArrivalLog.decode(merge_reports(parts, skew_ns=0).arrivals or "")
    assert (merged.arrivals_ns / 1e6).tolist() == [0, 3, 5]
    assert (merged.latencies_ns / 1e6).tolist() == [2, 7, 2]
    assert merge_reports([*parts, ("c", report([1]))], skew_ns=0).arrivals is None, "one that lacks makes all lack"


def test_statuses_of_all_workers_add_up() -> None:
    parts = [("a", report([], statuses={500: 3, 503: 1})), ("b", report([], statuses={500: 4})), ("c", report([1]))]
    assert merge_reports(parts, skew_ns=0).statuses == {500: 7, 503: 1}
