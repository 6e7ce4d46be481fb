"""How long does a command take to tell its help, as a multiple of what importing click takes? Not a test.

    python benchmarks/start_up.py [--turns 7]

`bench --help` and each `bench COMMAND --help` are timed, each right after `python -c 'import click'`, in turn; the
ratio is formed within each pair, so that a slow or a busy host slows both. Exits with 1 where the median ratio of
any is over the budget.
"""

import argparse
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from harness.cli.main import bench

BUDGET = 8.0
"""Times `import click`. The values that options choose from are pydantic's, whose import alone takes four."""

BENCH = str(Path(sysconfig.get_path("scripts")) / "bench")
CLICK = [sys.executable, "-c", "import click"]


def main() -> None:
    """Print a row for each command, and say whether all are within the budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=7)
    turns = parser.parse_args().turns
    commands = [[BENCH, "--help"], *([BENCH, name, "--help"] for name in bench.commands)]
    pairs: list[list[tuple[float, float]]] = [[] for _ in commands]
    for turn in range(-1, turns):
        for command, timed in zip(commands, pairs, strict=True):
            pair = (took_s(CLICK), took_s(command))
            if turn >= 0:  # the first one reads files that are cached from then on
                timed.append(pair)
    table = Table(
        Column("command", no_wrap=True), "click, ms", "help, ms", "times", "lowest", "highest", "within", box=None
    )
    over = []
    for command, timed in zip(commands, pairs, strict=True):
        name = " ".join(("bench", *command[1:]))
        times = [told / click for click, told in timed]
        if statistics.median(times) > BUDGET:
            over.append(name)
        table.add_row(
            name,
            *(f"{statistics.median(column) * 1e3:.0f}" for column in zip(*timed, strict=True)),
            *(f"{each:.1f}" for each in (statistics.median(times), min(times), max(times))),
            "no" if name in over else "yes",
        )
    Console().print(table)
    print(f"{turns} pairs each, medians; the budget is {BUDGET:g} times `import click`")
    if over:
        raise SystemExit(f"over it: {', '.join(over)}")


def took_s(command: list[str]) -> float:
    """How long the command takes, from its start to its end."""
    began_s = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began_s


if __name__ == "__main__":
    main()
