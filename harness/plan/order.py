"""The order of starts and windows: seeded, so that a run can be repeated, and blocked.

Each round measures all its cells once, in random order, then all of them again in another order, and
so on (randomized complete blocks, Fisher 1935): what changes slowly on the host meets every app alike. Blocks of
latency, `idle` and `limit` stand between those of capacity, evenly spread over the round: a host does not keep its
state for long, and a percentile that rests on one stretch of time is one of that stretch.
"""

import random
from collections.abc import Collection, Sequence
from itertools import chain
from operator import itemgetter

from harness.model.cell import CROWDS, SATURATING, Subject, Workload, rung
from harness.model.plan import Plan, WindowOrder


def start_order(plan: Plan, round_index: int) -> tuple[Subject, ...]:
    """The subjects in the order in which this round starts them."""
    subjects = list(plan.subjects)
    _generator(plan, round_index, "start").shuffle(subjects)
    return tuple(subjects)


def window_order(plan: Plan, round_index: int) -> WindowOrder:
    """The measured windows of one round."""
    return WindowOrder(
        round_index=round_index,
        loaded=_spread(
            _blocks(plan, round_index, "capacity", SATURATING),
            _blocks(plan, round_index, "latency", {Workload.LATENCY}),
            _blocks(plan, round_index, "idle", {Workload.IDLE}),
            _blocks(plan, round_index, "limit", {Workload.LIMIT}),
        ),
        waiting=tuple(chain.from_iterable(_blocks(plan, round_index, "waiting", {Workload.WAITING}))),
        crowds=_ladders(plan, round_index),
    )


def hash_seed(plan: Plan, round_index: int, subject: Subject) -> int:
    """The `PYTHONHASHSEED` of one start: other in each, and the same when the run is repeated.

    String hashes decide dictionary layouts and so shift a server's speed a little; a fixed seed would
    give one app a lucky layout in every round.
    """
    return _generator(plan, round_index, f"hash:{subject.key}").randint(1, 2**32 - 1)


def window_seed(plan: Plan, round_index: int, sequence: int) -> int:
    """The seed of one window's random ids and arrival times."""
    return _generator(plan, round_index, f"window:{sequence}").getrandbits(63)


type _Block = Sequence[int]


def _blocks(plan: Plan, round_index: int, purpose: str, workloads: Collection[Workload]) -> list[_Block]:
    generator = _generator(plan, round_index, purpose)
    windows = {
        index: plan.timing.windows_of(cell) for index, cell in enumerate(plan.cells) if cell.workload in workloads
    }
    blocks: list[_Block] = []
    for block_index in range(max(windows.values(), default=0)):
        block = [index for index, count in windows.items() if count > block_index]
        generator.shuffle(block)
        blocks.append(block)
    return blocks


def _spread(*sorts: Sequence[_Block]) -> tuple[int, ...]:
    """The blocks of each sort at even distances; where two fall together, the first sort's comes first."""
    placed = [((place + 0.5) / len(blocks), block) for blocks in sorts for place, block in enumerate(blocks)]
    return tuple(chain.from_iterable(block for _, block in sorted(placed, key=itemgetter(0))))


def _ladders(plan: Plan, round_index: int) -> tuple[int, ...]:
    held = [
        (index, cell)
        for index, cell in enumerate(plan.cells)
        if cell.workload in CROWDS and round_index < plan.timing.crowd_rounds(cell.workload)
    ]
    subjects = list(dict.fromkeys(cell.subject for _, cell in held))
    _generator(plan, round_index, "feed").shuffle(subjects)
    rungs = sorted(held, key=lambda each: rung(each[1]))
    return tuple(index for subject in subjects for index, cell in rungs if cell.subject == subject)


def _generator(plan: Plan, round_index: int, purpose: str) -> random.Random:
    return random.Random(f"{plan.seed}/{round_index}/{purpose}")  # noqa: S311 - a repeatable order, no secret
