"""The order of starts and windows: seeded, so that a run can be repeated, and blocked.

Each round measures all its cells once, in random order, then all of them again in another order, and
so on (randomized complete blocks, Fisher 1935): what changes slowly on the host meets every app alike.
"""

import random
from collections.abc import Collection

from harness.model.cell import SATURATING, Subject, Workload
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
        capacity=_blocks(plan, round_index, "capacity", SATURATING),
        latency=_blocks(plan, round_index, "latency", {Workload.LATENCY}),
        waiting=_blocks(plan, round_index, "waiting", {Workload.WAITING}),
        feed=_ladders(plan, round_index) if round_index < plan.timing.feed_rounds else (),
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


def _blocks(plan: Plan, round_index: int, purpose: str, workloads: Collection[Workload]) -> tuple[int, ...]:
    generator = _generator(plan, round_index, purpose)
    windows = {
        index: plan.timing.windows(cell.workload) for index, cell in enumerate(plan.cells) if cell.workload in workloads
    }
    order: list[int] = []
    for block_index in range(max(windows.values(), default=0)):
        block = [index for index, count in windows.items() if count > block_index]
        generator.shuffle(block)
        order += block
    return tuple(order)


def _ladders(plan: Plan, round_index: int) -> tuple[int, ...]:
    feeds = [(index, cell) for index, cell in enumerate(plan.cells) if cell.workload is Workload.FEED]
    subjects = list(dict.fromkeys(cell.subject for _, cell in feeds))
    _generator(plan, round_index, "feed").shuffle(subjects)
    rungs = sorted(feeds, key=lambda feed: feed[1].connections)
    return tuple(index for subject in subjects for index, cell in rungs if cell.subject == subject)


def _generator(plan: Plan, round_index: int, purpose: str) -> random.Random:
    return random.Random(f"{plan.seed}/{round_index}/{purpose}")  # noqa: S311 - a repeatable order, no secret
