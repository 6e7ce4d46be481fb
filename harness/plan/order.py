"""The order of starts and windows: seeded, so that a run can be repeated, and blocked.

Each round measures all its cells once, in random order, then all of them again in another order, and
so on (randomized complete blocks, Fisher 1935): what changes slowly on the host meets every app alike.
"""

import random

from harness.model.cell import Subject, Workload
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
        capacity=_blocks(plan, round_index, Workload.CAPACITY, plan.timing.capacity_windows),
        latency=_blocks(plan, round_index, Workload.LATENCY, plan.timing.latency_windows),
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


def _blocks(plan: Plan, round_index: int, workload: Workload, repeats: int) -> tuple[int, ...]:
    generator = _generator(plan, round_index, workload.value)
    cells = [index for index, cell in enumerate(plan.cells) if cell.workload is workload]
    order: list[int] = []
    for _ in range(repeats):
        block = cells.copy()
        generator.shuffle(block)
        order += block
    return tuple(order)


def _generator(plan: Plan, round_index: int, purpose: str) -> random.Random:
    return random.Random(f"{plan.seed}/{round_index}/{purpose}")  # noqa: S311 - a repeatable order, no secret
