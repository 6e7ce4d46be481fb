"""The order of starts and windows."""

from collections import Counter
from itertools import groupby
from operator import itemgetter

import pytest

from harness.model.app import Endpoint
from harness.model.cell import CROWD_ENDPOINTS, Cell, RateRule, Subject, Workload, rung
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan import order
from harness.plan.profiles import PROFILES


@pytest.fixture
def plan() -> Plan:
    subjects = tuple(Subject(app=name, variant="controlled") for name in ("a", "b", "c", "d"))
    return Plan(
        profile=ProfileName.QUICK,
        seed=7,
        timing=PROFILES[ProfileName.QUICK].timing,
        subjects=subjects,
        cells=tuple(
            Cell(subject=subject, endpoint=endpoint, workload=Workload.CAPACITY, connections=8)
            for subject in subjects
            for endpoint in (Endpoint.HELLO, Endpoint.JSON)
        ),
        cpus=CpuLayout(server=(0,), generator=(1,), database=(1,)),
        estimated_s=1.0,
    )


def test_each_block_measures_every_cell_once(plan: Plan) -> None:
    windows = order.window_order(plan, 0).loaded
    blocks = [windows[start : start + len(plan.cells)] for start in range(0, len(windows), len(plan.cells))]
    assert len(blocks) == plan.timing.capacity_windows
    assert all(sorted(block) == list(range(len(plan.cells))) for block in blocks)


def test_the_order_changes_from_block_to_block_and_round_to_round(plan: Plan) -> None:
    first, second = (order.window_order(plan, index).loaded for index in (0, 1))
    assert first[: len(plan.cells)] != first[len(plan.cells) : 2 * len(plan.cells)]
    assert first != second


def test_more_windows_go_to_the_rate_at_which_apps_are_compared_than_to_those_of_their_own(plan: Plan) -> None:
    timing = plan.timing.model_copy(update={"latency_windows": 5, "own_rate_windows": 2})
    latency = plan.cells[0].model_copy(update={"workload": Workload.LATENCY})
    cells = tuple(latency.model_copy(update={"rate": rule}) for rule in RateRule)
    planned = order.window_order(plan.model_copy(update={"timing": timing, "cells": cells}), 0).loaded
    counted = {cells[index].rate: count for index, count in Counter(planned).items()}
    assert counted == {RateRule.COMMON: 5, RateRule.HALF: 2, RateRule.HIGH: 2}


def test_a_plan_that_does_not_tell_them_apart_gives_all_rates_as_many(plan: Plan) -> None:
    timing = plan.timing.model_copy(update={"latency_windows": 5})
    latency = plan.cells[0].model_copy(update={"workload": Workload.LATENCY})
    assert {timing.windows_of(latency.model_copy(update={"rate": rule})) for rule in RateRule} == {5}


def test_numbers_of_connections_that_only_draw_a_curve_have_one_window_in_a_round(plan: Plan) -> None:
    timing = plan.timing.model_copy(update={"concurrency_windows": 3, "drawn_once": (4, 16)})
    cells = [
        plan.cells[0].model_copy(update={"workload": workload, "connections": connections})
        for workload, connections in (
            (Workload.CONCURRENCY, 4),
            (Workload.CONCURRENCY, 8),
            (Workload.CONCURRENCY, 16),
            (Workload.CAPACITY, 16),
        )
    ]
    planned = order.window_order(plan.model_copy(update={"timing": timing, "cells": tuple(cells)}), 0).loaded
    assert Counter(planned) == {0: 1, 1: 3, 2: 1, 3: timing.capacity_windows}


def test_blocks_of_latency_stand_between_those_of_capacity_over_the_whole_round(plan: Plan) -> None:
    """A cell of latency meets as many states of the host as it has windows."""
    timing = plan.timing.model_copy(update={"capacity_windows": 6, "latency_windows": 4, "concurrency_windows": 2})
    cells = [
        cell.model_copy(
            update={"workload": workload, "rate": RateRule.COMMON if workload is Workload.LATENCY else None}
        )
        for workload in (Workload.CAPACITY, Workload.LATENCY, Workload.CONCURRENCY)
        for cell in plan.cells
    ]
    planned = order.window_order(plan.model_copy(update={"timing": timing, "cells": tuple(cells)}), 0).loaded
    kinds = "".join("l" if cells[index].workload is Workload.LATENCY else "c" for index in planned)
    assert [(kind, len(list(run))) for kind, run in groupby(kinds)] == [
        ("c", 16),
        ("l", 8),
        ("c", 16),
        ("l", 8),
        ("c", 16),
        ("l", 8),
        ("c", 8),
        ("l", 8),
        ("c", 8),
    ]
    counts = Counter(planned)
    assert {(cells[index].workload, count) for index, count in counts.items()} == {
        (Workload.CAPACITY, 6),
        (Workload.LATENCY, 4),
        (Workload.CONCURRENCY, 2),
    }


def test_the_same_seed_gives_the_same_order_and_another_seed_another(plan: Plan) -> None:
    other = plan.model_copy(update={"seed": 8})
    assert order.window_order(plan, 3) == order.window_order(plan, 3)
    assert order.window_order(plan, 3) != order.window_order(other, 3)


def test_over_many_rounds_no_subject_is_started_first_more_often_than_the_others(plan: Plan) -> None:
    firsts = Counter(order.start_order(plan, index)[0].app for index in range(400))
    # 400 draws of probability 1/4: a standard deviation of 8.7, so 60 to 140 is beyond four of them.
    assert all(60 < firsts[subject.app] < 140 for subject in plan.subjects)


def test_hash_seeds_differ_between_rounds_and_between_the_twins(plan: Plan) -> None:
    subject = plan.subjects[0]
    twin = subject.model_copy(update={"twin": True})
    seeds = {order.hash_seed(plan, index, who) for index in range(10) for who in (subject, twin)}
    assert len(seeds) == 20


def test_feeds_and_chats_of_a_subject_rise_one_after_the_other_in_their_first_rounds(plan: Plan) -> None:
    crowds = [(Workload.CHAT, 50, 50), (Workload.CHAT, 200, 10), (Workload.CHAT, 20, 10), (Workload.FEED, 100, None)]
    cells = tuple(
        Cell(subject=subject, endpoint=CROWD_ENDPOINTS[workload], workload=workload, connections=many, room=room)
        for workload, many, room in crowds
        for subject in plan.subjects
    )
    timing = plan.timing.model_copy(update={"feed_rounds": 1, "chat_rounds": 2})
    held = plan.model_copy(update={"timing": timing, "cells": cells})
    rungs = [(cells[index].subject, rung(cells[index])) for index in order.window_order(held, 0).crowds]
    assert len(list(groupby(rungs, key=itemgetter(0)))) == len(plan.subjects)
    for _, of_one in groupby(rungs, key=itemgetter(0)):
        assert [each for _, each in of_one] == [(0, 0, 100), (1, 10, 20), (1, 10, 200), (1, 50, 50)]
    assert {cells[index].workload for index in order.window_order(held, 1).crowds} == {Workload.CHAT}
    assert order.window_order(held, 2).crowds == ()
