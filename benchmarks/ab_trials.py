"""Whether real runs of `bench ab` find what they should, and nothing else: a table of some thirty of them. Not a test.

    python benchmarks/ab_trials.py [--app fastapi] [--minutes N] [--folder .bench/ab-trials] [-- OPTIONS OF BENCH AB]

An app is copied into a repository of its own, with a middleware that counts to a number before it answers: to 0 in the
commit. It is then measured against itself 16 times, 8 times where it takes 5 % more CPU time per request than the
commit, and 4 times with 10 %, in a shuffled order. How far it has to count for that is measured before, in a run in
which it counts so far that a request takes some half to twice as much. A second start goes on where the first was cut
off: what is done stands in `ab_trials.jsonl` beside this file, each trial with the commit, the CPU and the day. So one
day's trials count on another, and on another host. Other options make other trials, and need another folder.

It takes some three hours on a calm host of two CPUs; `--minutes` begins no trial after so many. Have nothing else run
there meanwhile. `--minutes 0` only prints the table.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import exp, log
from pathlib import Path
from statistics import fmean, median
from typing import Final

from scipy.optimize import brentq

from harness.host.description import cpu_model
from harness.host.git import Git

ROOT: Final = Path(__file__).parents[1]
BENCH: Final = Path(sys.executable).parent / "bench"
RESULTS: Final = Path(__file__).with_suffix(".jsonl")
"""A line for each trial that was measured, wherever that was."""
SEED: Final = 1
TRIAL_COUNT: Final = 10_000
"""What the middleware counts to in the calibration: some 150 us."""
COUNT_LINE: Final = """
from itertools import repeat

SPIN = 0
"""
"""Each turn of `repeat` costs the same; of `range`, numbers up to 256 cost a fifth of what others do."""
OF_CPU: Final = "server_cpu_us_per_request"

MIDDLEWARES: Final[Mapping[str, str]] = {
    "fastapi": """

class Spin:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        for _ in repeat(None, SPIN):
            pass
        await self.app(scope, receive, send)


app.add_middleware(Spin)
""",
    "flask": """

_create_app = create_app


def create_app() -> Flask:
    app = _create_app()
    answer = app.wsgi_app

    def spin(environ, start_response):
        for _ in repeat(None, SPIN):
            pass
        return answer(environ, start_response)

    app.wsgi_app = spin
    return app
""",
}


@dataclass(frozen=True)
class Trial:
    """One run."""

    slower: float
    """How much more CPU time B takes per request; 0 for the app against itself."""
    number: int


@dataclass(frozen=True)
class Result:
    """How it went."""

    slower: float
    number: int
    outcome: str
    ratio: float | None
    low: float | None
    high: float | None
    p_value: float | None
    rounds: int
    minutes: float
    exit_code: int
    app: str
    options: list[str]
    """Of `bench ab`."""
    commit: str
    """Of this repository."""
    cpu_model: str
    began: str
    """When: ISO 8601, in UTC."""

    @property
    def is_slower(self) -> bool:
        """Whether B was said to be."""
        return self.outcome == "slower"

    @property
    def false_alarm(self) -> bool:
        """Whether something was said that is not so."""
        return self.outcome == "faster" or (self.is_slower and not self.slower)

    @property
    def holds(self) -> bool:
        """Whether the interval contains the truth, as far as that was calibrated."""
        return self.low is not None and self.high is not None and self.low <= 1 + self.slower <= self.high


class Workshop:
    """The folder with the app's repository, the calibration and the results."""

    def __init__(self, folder: Path, app: str, options: Sequence[str]) -> None:
        self._folder, self._app, self._options = folder.absolute(), app, tuple(options)
        self._file = self._folder / "apps" / f"{app}_app" / "app.py"
        if not (self._folder / "settings.json").is_file():
            self._open()
        asked = {"app": app, "options": list(options)}
        begun = json.loads((self._folder / "settings.json").read_text())
        if begun != asked:
            sys.exit(f"{folder} was begun with {begun}: give these, or another --folder")

    def done(self) -> list[Result]:
        """The trials that were measured, of this app with these options."""
        lines = RESULTS.read_text().splitlines() if RESULTS.is_file() else []
        results = [Result(**json.loads(line)) for line in lines]
        return [each for each in results if (each.app, tuple(each.options)) == (self._app, self._options)]

    def count_for(self, slower: float) -> int:
        """What to count to for the mean CPU time per request, over the endpoints, to be so much larger."""
        file = self._folder / "calibration.json"
        if not file.is_file():
            print("calibrating the middleware", file=sys.stderr)
            found, _, _ = self._bench(TRIAL_COUNT, seed=SEED)
            costs = [each for each in found["changes"] if each["metric"] == OF_CPU and each["ratio"]]
            extra = [each["ratio"]["value"] - 1 for each in costs]
            file.write_text(json.dumps(extra))
        extra = json.loads(file.read_text())
        if not extra or min(extra) <= 0:
            sys.exit(f"the calibration shows no work in the middleware: {extra}; remove {file} and try again")

        def surplus(share: float) -> float:
            return fmean(log(1 + share * each) for each in extra) - log(1 + slower)

        return round(TRIAL_COUNT * brentq(surplus, 0.0, 10.0))

    def carry_out(self, trial: Trial) -> Result:
        """Measure it and write it down."""
        count = self.count_for(trial.slower) if trial.slower else 0
        began = datetime.now(UTC)
        found, minutes, code = self._bench(count, seed=SEED + trial.number)
        (app,) = found["apps"]
        cpu = app["cpu"] or {}
        result = Result(
            slower=trial.slower,
            number=trial.number,
            outcome=app["outcome"],
            ratio=cpu.get("value"),
            low=cpu.get("low"),
            high=cpu.get("high"),
            p_value=app["p_value"],
            rounds=app["rounds"],
            minutes=minutes,
            exit_code=code,
            app=self._app,
            options=list(self._options),
            commit=Git(ROOT)("rev-parse", "--short", "HEAD"),
            cpu_model=cpu_model(),
            began=began.isoformat(timespec="seconds"),
        )
        with RESULTS.open("a") as lines:
            lines.write(json.dumps(asdict(result)) + "\n")
        print(f"{100 * trial.slower:g} %, {minutes:.1f} min: {found['verdict']}", file=sys.stderr)
        return result

    def _bench(self, count: int, *, seed: int) -> tuple[dict, float, int]:
        self._file.write_text(self._file.read_text().replace(self._count_line(), f"SPIN = {count}\n"))
        began = time.monotonic()
        command = (BENCH, "ab", "HEAD", "--app", self._app, "--json", "--fail-on-regression", "--seed", str(seed))
        command = (*command, "--runtime", "process")  # unless the options say otherwise
        done = subprocess.run((*command, *self._options), cwd=self._folder, stdout=subprocess.PIPE, check=False)
        if done.returncode not in {0, 4, 5} or not done.stdout:  # 4: some windows were lost
            sys.exit(f"bench ab ended with {done.returncode}; start this again to go on")
        return json.loads(done.stdout), (time.monotonic() - began) / 60, done.returncode

    def _count_line(self) -> str:
        lines = self._file.read_text().splitlines(keepends=True)
        return next(line for line in lines if line.startswith("SPIN = "))

    def _open(self) -> None:
        shutil.copytree(
            ROOT / "apps" / f"{self._app}_app",
            self._file.parent,
            ignore=shutil.ignore_patterns(".venv", "__pycache__"),
            dirs_exist_ok=True,
        )
        self._file.write_text(f"{self._file.read_text()}\n\n{COUNT_LINE}{MIDDLEWARES[self._app]}")
        manifest = self._file.parent / "pyproject.toml"  # the layer that it is built upon is not here
        manifest.write_text(re.sub(r"^built_on = .*\n", "", manifest.read_text(), flags=re.MULTILINE))
        names = {f"GIT_{role}_{what}": "ab trials" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        for words in (("init", "--quiet"), ("add", "apps"), ("commit", "--quiet", "--no-gpg-sign", "--message", "app")):
            subprocess.run(("git", *words), cwd=self._folder, env={**os.environ, **names}, check=True)
        settings = json.dumps({"app": self._app, "options": list(self._options)})
        (self._folder / "settings.json").write_text(settings)


def table(results: Sequence[Result]) -> str:
    """A row for each kind of trial."""
    names = ("B takes more", "runs", "said slower", "false alarms", "minutes, median (most)", "rounds, median")
    names += ("ratio, mean", "intervals that hold")
    rows = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for slower in sorted({each.slower for each in results}):
        own = [each for each in results if each.slower == slower]
        ratios = [log(each.ratio) for each in own if each.ratio]
        minutes = [each.minutes for each in own]
        rows.append(
            f"| {100 * slower:g} % | {len(own)} | {sum(each.is_slower for each in own)} "
            f"| {sum(each.false_alarm for each in own)} | {median(minutes):.1f} ({max(minutes):.1f}) "
            f"| {median(each.rounds for each in own):g} | {exp(fmean(ratios)) if ratios else float('nan'):.3f} "
            f"| {sum(each.holds for each in own)} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", choices=sorted(MIDDLEWARES), default="fastapi")
    parser.add_argument("--folder", type=Path, default=Path(".bench/ab-trials"))
    parser.add_argument("--against-itself", type=int, default=16)
    parser.add_argument("--slower-by-5", type=int, default=8)
    parser.add_argument("--slower-by-10", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no trial after so many")
    parser.add_argument("options", nargs="*", help="of bench ab, after --")
    asked = parser.parse_args()
    kinds = ((0.0, asked.against_itself), (0.05, asked.slower_by_5), (0.10, asked.slower_by_10))
    wanted = [Trial(slower, number) for slower, count in kinds for number in range(count)]
    random.Random(SEED).shuffle(wanted)  # so that no kind has the host at its worst by itself
    workshop = Workshop(asked.folder, asked.app, asked.options)
    done = {Trial(each.slower, each.number) for each in workshop.done()}
    end = time.monotonic() + 60 * asked.minutes
    for trial in wanted:
        if trial not in done and time.monotonic() < end:
            workshop.carry_out(trial)
    print(table([each for each in workshop.done() if Trial(each.slower, each.number) in set(wanted)]))


if __name__ == "__main__":
    main()
