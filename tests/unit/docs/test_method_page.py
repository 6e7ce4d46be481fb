"""docs/method.md has the gates, limits and numbers that the code has."""

import pytest

from harness.analysis.copies import allowed
from harness.analysis.gates import (
    MAX_CEILING_SHARE,
    MAX_ERROR_SHARE,
    MAX_GENERATOR_CPU_SHARE,
    MAX_GENERATOR_CPU_SHARE_FOR_LATENCY,
    MAX_LITTLE_DEVIATION,
    MAX_LITTLE_DEVIATION_WITH_EDGES,
    MAX_RECONNECT_SHARE,
    MIN_RESPONSES,
    MIN_RESPONSES_IDLE,
    MIN_RESPONSES_WAITING,
)
from harness.analysis.generator_delay import MAX_DIFFERENCE, MAX_DIFFERENCE_FOR_LATENCY
from harness.analysis.host_dependence import DRAWS
from harness.analysis.latency.of_server import SETTLE_MEDIANS
from harness.analysis.latency.offered_rate import MIN_ACHIEVED_SHARE
from harness.analysis.latency.stalls import MAX_LOAD, REPAY
from harness.companion import WATCH_PRIORITY
from harness.comparison.across import ASSUMED_HOST_SD, OTHER_LOAD
from harness.comparison.from_run_to_run import MIN_APPS
from harness.comparison.power import CHANCE
from harness.history.change_points import MIN_RUNS
from harness.host.cpus import lay_out, lay_out_apart
from harness.measure.capacities import MAX_FAILURE_SHARE
from harness.measure.rates import KEEPS_BETWEEN, MOST_LOAD, ROUND_RATES
from harness.measure.warmup import STILL_RISING
from harness.metering.witness import MAX_LATE_SHARE, READ_AHEAD_S
from harness.model.cell import IDLE_RATE_RPS, WAIT_MS
from harness.model.comparison import REGRESSION_MARGIN
from harness.model.crowds.crowd import HELD_ENOUGH
from harness.model.findings import TIE_MARGIN
from harness.model.host import HostCpus
from harness.model.host_speed import HOST_DEPENDENCE_LEVEL
from harness.model.latency_figure import MIN_RESPONSES_FOR_LATENCY
from harness.model.plan import ProfileName
from harness.model.validity import GateName
from harness.model.window import WindowSpec
from harness.plan.budget import ACCEPTING_S, MANY_CONNECTIONS, RATE_PASSES
from harness.plan.first_pace import AT_ONCE
from harness.plan.lengths import LEAST_ANSWERS, LEAST_REQUESTS, LONGEST_S, MOST_TIMES, WAVES
from harness.plan.limit_search import FIRST_STEP, LEAST_STEP, START_SHARE
from harness.plan.profiles import CAPACITY_CONNECTIONS, IDLE_CONNECTIONS, LATENCY_CONNECTIONS, PROFILES
from harness.plan.sequential import LOOKS
from tests.unit.docs.pages import percent, rows_of, words_of

PAGE = "docs/method.md"
STANDARD = PROFILES[ProfileName.STANDARD]
RATES = PROFILES[ProfileName.RATES].timing
SECONDS = {1.0: "a second", 2.0: "two seconds"}
IN_WORDS = {3: "three", 4: "four", 5: "five", 6: "six", 8: "eight", 10: "ten"}

LIMITS = {
    GateName.ERRORS: [percent(MAX_ERROR_SHARE)],
    GateName.RECONNECTS: [percent(MAX_RECONNECT_SHARE)],
    GateName.ENOUGH_DATA: [
        (
            f"{MIN_RESPONSES} right answers in all (latency {MIN_RESPONSES_FOR_LATENCY}, `idle` {MIN_RESPONSES_IDLE}, "
            f"`waiting` {MIN_RESPONSES_WAITING})"
        )
    ],
    GateName.GENERATOR_CPU: [
        f"{percent(MAX_GENERATOR_CPU_SHARE)} (capacity)",
        f"{percent(MAX_GENERATOR_CPU_SHARE_FOR_LATENCY)} (latency, limit)",
    ],
    GateName.GENERATOR_DELAY: [
        f"{percent(MAX_DIFFERENCE)} (throughput)",
        f"{percent(MAX_DIFFERENCE_FOR_LATENCY)} (latency)",
    ],
    GateName.GENERATOR_BOUND: [percent(MAX_CEILING_SHARE)],
    GateName.LITTLES_LAW: [percent(MAX_LITTLE_DEVIATION)],
    GateName.OFFERED_RATE: [percent(MIN_ACHIEVED_SHARE)],
}


def gates() -> dict[str, str]:
    return {name: limit for name, limit, *_ in rows_of(PAGE, "| gate | limit | because |")}


def test_the_table_has_every_gate_and_no_other() -> None:
    assert set(gates()) == {each.value for each in GateName}


@pytest.mark.parametrize("gate", LIMITS)
def test_a_gate_has_the_limit_that_is_said_of_it(gate: GateName) -> None:
    for limit in LIMITS[gate]:
        assert limit in gates()[gate.value]


@pytest.mark.parametrize(
    "said",
    [
        f"**tied** unless the whole interval of their ratio lies beyond {percent(TIE_MARGIN)}",
        f"the one for a regression, {percent(REGRESSION_MARGIN)}",
        f"Runs from before this was counted are held to {percent(MAX_LITTLE_DEVIATION_WITH_EDGES)}",
        f"with 3 pairs, more than {allowed(3)}; with 5, more than {allowed(5)};",
        f"readings are shuffled {DRAWS:,} times",
        f"below {percent(HOST_DEPENDENCE_LEVEL)}, it names who got most and least",
        f"Recovering takes {IN_WORDS[int(REPAY)]} times the stall's length",
        f"then the queue has {IN_WORDS[int(SETTLE_MEDIANS)]} times the median latency",
        f"**From {percent(MAX_LOAD)} of its own capacity on**",
        f"`ulimit -r {WATCH_PRIORITY}`",
        f"long in the making, by more than {percent(MAX_LATE_SHARE)} of the window together",
    ],
)
def test_the_analysis_goes_by_the_figures_that_stand_there(said: str) -> None:
    assert said in words_of(PAGE)


@pytest.mark.parametrize(
    "said",
    [
        f"**Capacity** is closed-loop: {CAPACITY_CONNECTIONS} connections",
        f"open loop at a given rate, on {LATENCY_CONNECTIONS} connections",
        f"without an answer after {WindowSpec.model_fields['timeout_s'].default:g} s has failed",
        f"open loop at {IDLE_RATE_RPS:g} requests/s, on {IDLE_CONNECTIONS} connections",
        f"is read over {RATES.idle_window_s:g} s",
        f"closed loop on `/wait?ms={WAIT_MS}`, {STANDARD.waiting[0]} to {STANDARD.waiting[-1]} connections",
        f"{STANDARD.concurrency[0]} to {STANDARD.concurrency[-1]} connections; those that no claim compares",
        f"has registered {STANDARD.routes[-1]:,} other routes",
        f"{STANDARD.feed[0]:,} to {STANDARD.feed[-1]:,} subscribers",
        (
            f"{STANDARD.chat[0]:,} to {STANDARD.chat[-1]:,} members in rooms of ten, a message a second each; "
            f"then {STANDARD.chat_in_one_room[0]:,} in one room"
        ),
        f"Feeds are measured in {IN_WORDS[STANDARD.timing.feed_rounds]} rounds of a standard run",
        f"got less than {percent(HELD_ENOUGH)} of their messages in time",
        (
            f"**Capacity:** {IN_WORDS[WAVES]} waves of answers ({IN_WORDS[WAVES]} for each connection), "
            f"and {LEAST_ANSWERS} answers"
        ),
        f"With {MANY_CONNECTIONS} connections or more, the server is left alone for {1000 * ACCEPTING_S:g} ms",
        (
            f"until one is not {percent(STILL_RISING - 1)} faster than all before it, "
            f"and in {IN_WORDS[STANDARD.timing.warm_windows_max]} windows at most"
        ),
        f"**Latency:** {LEAST_REQUESTS} requests at its rate",
        f"No window gets longer than {IN_WORDS[int(MOST_TIMES)]} usual ones or {SECONDS[LONGEST_S]}, whichever is more",
        f"of capacity mostly {STANDARD.timing.capacity_window_s:g} s",
        f"and {1000 * READ_AHEAD_S:g} ms before its end",
        f"It begins at {percent(START_SHARE)} of the capacity",
        f"The step, {percent(FIRST_STEP)} at first",
        f"down to {percent(LEAST_STEP)}",
        f"{', '.join(f'{each:g}' for each in ROUND_RATES[:-1])} or {ROUND_RATES[-1]:g} times a power of ten",
        f"looked at again in {IN_WORDS[RATE_PASSES]} passes over all of them",
        f"A window of which more than {percent(MAX_FAILURE_SHARE)} fails shows none",
        f"a closed loop keeps {AT_ONCE:g} CPUs busy",
        f"between {100 * KEEPS_BETWEEN[0]:g} and {percent(KEEPS_BETWEEN[1])} of the slowest app's capacity now",
        f"of which it is more than {percent(MOST_LOAD)} of the capacity",
    ],
)
def test_windows_rates_and_workloads_are_as_they_are_told(said: str) -> None:
    assert said in words_of(PAGE)


@pytest.mark.parametrize(
    "said",
    [
        f"After {', '.join(map(str, LOOKS[:-1]))} and {LOOKS[-1]} rounds",
        f"With fewer than {IN_WORDS[MIN_APPS]} apps in common",
        f"a host that changes by {percent(ASSUMED_HOST_SD)} (standard deviation) from run to run",
        f"of the two runs are within {percent(OTHER_LOAD)} of each other",
        f"with a chance of at least {percent(CHANCE)}",
        f"With fewer than {IN_WORDS[MIN_APPS]} deployments on an endpoint",
        f"A level needs {IN_WORDS[MIN_RUNS]} runs, so nothing is looked for in fewer than {IN_WORDS[2 * MIN_RUNS]}",
    ],
)
def test_runs_are_compared_as_it_is_told(said: str) -> None:
    assert said in words_of(PAGE)


def test_servers_have_one_cpu_on_every_host_as_the_page_says() -> None:
    """Where that is no longer so, `workers` is measured, and several pages have to say so."""
    alone = [lay_out(range(count), {}, generators) for count in range(1, 65) for generators in (1, 4)]
    apart = [lay_out_apart(HostCpus(allowed=tuple(range(count)), siblings={}), range(4)) for count in range(1, 65)]
    assert {len(each.server) for each in (*alone, *apart)} == {1}
    assert "one on hosts of any size, so `workers` is measured nowhere yet" in words_of(PAGE)


def test_so_many_cpus_does_a_team_of_generators_take() -> None:
    assert len(lay_out(range(4), {}, 3).generator) == 2
    assert len(lay_out(range(5), {}, 3).generator) == 3
    assert "three of them take five CPUs" in words_of("docs/scale-out.md")
