"""Takes a CPU away for a while, again and again, as a host does: `python rt_spinner.py CPU STALL_MS GAP_MS`.

It runs with a real-time priority above everything of the harness's, so that whatever else is on that CPU stands still.
Gaps are exponential with that mean, from a seed that nobody knows. It prints `ready`, and each stall when it is over:
its beginning and its end by `time.monotonic_ns()`. It ends with its standard input, and each stall ends by itself.
"""

import os
import random
import select
import sys
import time

PRIORITY = 50
_LONGEST_S = 0.2


def main(cpu: int, stall_s: float, gap_s: float) -> None:
    os.sched_setaffinity(0, {cpu})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    gaps = random.SystemRandom()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], gaps.expovariate(1 / gap_s))[0]:
        began_ns = ended_ns = time.monotonic_ns()
        while ended_ns < began_ns + min(stall_s, _LONGEST_S) * 1e9:
            ended_ns = time.monotonic_ns()
        print(began_ns, ended_ns, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]) / 1e3, float(sys.argv[3]) / 1e3)
