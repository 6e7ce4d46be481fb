"""Taking the host's stalls out of latencies, by when requests arrived.

A shared host stops its CPUs again and again, for some milliseconds. What a request meets of that says nothing of the
server. But which requests met one? To leave out those that overlap a stall is to leave out the slow ones first, for the
longer a request takes, the likelier it overlaps. Here, nothing that is left out depends on how long a request took:

- Requests that arrive during a stall, or while the server catches up on one, are left out. How long that is follows
  from the stalls alone, with the same constants for every app: a stall leaves a debt of `REPAY` times its length, which
  is paid off as time goes by, and then the queue is given `settle_ns` to take its usual length.
- Requests that are under way when a stall begins are cut off there: they would have taken longer than so long, and that
  is all that is known of them (`durations`). Stalls don't wait for anybody's requests, so what cuts off is independent
  of what is cut off, as the product-limit estimator asks.

Work comes in at `load` times the speed at which it is done, so catching up takes load / (1 - load) of a stall's length
on average: 1.9 at 65 %, with a wide scatter. From there on, a queue has not recovered before the next stall where they
come often, and only latencies as met are shown. `tests/unit/analysis/latency/test_stalls.py` shows all this.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from harness.analysis.latency.durations import Durations
from harness.analysis.table import Array

REPAY: Final = 3.0
"""Times a stall's length: 1.9 is the mean at the highest load that this is done at, the rest is for its scatter."""

MAX_LOAD: Final = 0.65
"""Of a server's capacity. From here on, a queue recovers too slowly."""

type Stretch = tuple[int, int]
"""Beginning and length, in ns."""


def clear_of_stalls(
    arrivals_ns: Array, latencies_ns: Array, stalls: Sequence[Stretch], watched: Stretch, settle_ns: float
) -> Durations:
    """The latencies of the requests of one window without the stalls.

    Args:
        arrivals_ns: When each request was due.
        latencies_ns: How long each took from then on.
        stalls: Of any CPU that has a part in a request, in any order, on the same clock.
        watched: When stalls were looked for. What arrived before is taken to have met one; so is what was under way
            after.
        settle_ns: How long the queue is given once a stall's debt is paid.
    """
    begins_ns, ends_ns = _apart([(watched[0], 0), *stalls, (sum(watched), 0)])
    clear_ns = _clear_from(begins_ns, ends_ns, settle_ns)
    last = np.searchsorted(begins_ns, arrivals_ns, side="right") - 1
    is_clear = (last >= 0) & (last < len(begins_ns) - 1) & (arrivals_ns >= clear_ns[last])
    until_next_ns = begins_ns[last[is_clear] + 1] - arrivals_ns[is_clear]
    took_ns = latencies_ns[is_clear]
    answered = took_ns <= until_next_ns
    return Durations.of_requests(took_ns[answered], until_next_ns[~answered])


def held_up(held: Sequence[Stretch], arrivals_ns: Array, latencies_ns: Array, least_ns: int) -> list[Stretch]:
    """Of the stretches in which others had the server's CPU, those in which the server needed it.

    What others do while it has nothing to do costs nobody anything, as long as they go when a request arrives; on a
    busy host they do little else. So a stretch counts from when a request was under way in it; and if that was for
    less than `least_ns`, not at all. When others go is up to the kernel, and not to what the request then takes.
    """
    if not held or not len(arrivals_ns):
        return []
    begins_ns, ends_ns = _apart(list(zip(arrivals_ns.tolist(), latencies_ns.tolist(), strict=True)))
    found = []
    for begin, length in held:
        place = np.searchsorted(ends_ns, begin, side="right")
        needed_ns = max(begin, int(begins_ns[place])) if place < len(begins_ns) else begin + length
        if begin + length - needed_ns >= least_ns:
            found.append((needed_ns, begin + length - needed_ns))
    return found


def _apart(stalls: Sequence[Stretch]) -> tuple[Array, Array]:
    """Beginnings and ends of stretches in order, those that overlap as one."""
    ordered = np.array(sorted(stalls), dtype=float)
    begins, ends = ordered[:, 0], np.maximum.accumulate(ordered.sum(axis=1))
    first = np.concatenate(([True], begins[1:] > ends[:-1]))
    return begins[first], ends[np.concatenate((first[1:], [True]))]


def _clear_from(begins_ns: Array, ends_ns: Array, settle_ns: float) -> Array:
    """For each stall, when its debt and that of all before it are paid and the queue has settled."""
    clear_ns = np.empty(len(begins_ns))
    paid_ns = -np.inf
    for place, (begins, ends) in enumerate(zip(begins_ns.tolist(), ends_ns.tolist(), strict=True)):
        debt_ns = max(0.0, paid_ns - begins) + REPAY * (ends - begins)
        paid_ns = ends + debt_ns
        clear_ns[place] = paid_ns + settle_ns
    return clear_ns
