"""A real run records what its parts took, corrects by that what it announced, and tells the next plan."""

import json
import re
from pathlib import Path

import pytest

from harness.model.course import Course, Part, Span
from harness.model.run import Window, WindowKind
from harness.plan.budget import course_of
from harness.plan.pace import at_pace, corrected, expected_s, learned
from harness.report.numbers import NBSP, duration
from harness.results.folder import read_run
from tests.integration.cli.conftest import Bench, MakeApp, Read

OF_KIND = {WindowKind.WARM: Part.WARMING, WindowKind.MEASURED: Part.WINDOWS}
SMOKE = ("--profile", "smoke", "--endpoint", "hello", "--workload", "capacity", "--workload", "footprint")


def test_a_run_ends_by_its_limit_with_the_rounds_that_decide_and_is_complete(
    make_app: MakeApp, bench: Bench, tmp_path: Path
) -> None:
    make_app("sound")
    done = bench("run", *SMOKE, "--rounds", "20", "--minutes", "0.1")
    assert done.returncode == 0, done.stderr
    by_limit = "3 of 20 rounds, by its limit of 0.1 minutes (and 3 at least); --rounds 20 takes all"
    announced = by_limit.replace("at least)", "at least, which take longer)")
    assert f"; {announced}\n" in done.stderr, "announced"
    assert f"\n{by_limit}\n" in done.stderr, "and told at the end"
    assert "round 3 of 3: " in done.stderr
    folder = tmp_path / done.stdout.strip()
    recorded = read_run(folder)
    assert (recorded.rounds_complete, recorded.run.stopped, recorded.lacks) == (3, by_limit, None)
    assert f"It ended by the clock: {by_limit}." in (folder / "summary.md").read_text()


def asked_s(windows: tuple[Window, ...], round_index: int, part: Part) -> float:
    """How long the windows of a part were to last, by what the load generator was told."""
    specs = [each.spec for each in windows if each.round_index == round_index and OF_KIND[each.kind] is part]
    return sum(spec.lead_in_s + spec.duration_s + spec.settle_s for spec in specs if spec)


def test_a_run_records_its_parts_and_the_next_is_announced_by_them(
    make_app: MakeApp, bench: Bench, read: Read, tmp_path: Path
) -> None:
    make_app("sound")
    done = bench("run", *SMOKE, "--rounds", "2")
    assert done.returncode == 0, done.stderr
    beside_others = r"(; others used \d+\.\d of its CPUs meanwhile, so it may differ)?"
    assert re.search(rf"about \d:\d\d:\d\d in all, by a trial of this host{beside_others}\n", done.stderr)
    recorded = read_run(tmp_path / done.stdout.strip())
    (checked,) = json.loads(bench("show", "--json").stdout)["contracts"]
    assert checked["failed"] == [], "and so the run ended with success"
    run, plan = recorded.run, recorded.run.plan
    planned, took = course_of(plan), run.took
    assert took
    assert took.setup
    assert took.report
    told = re.search(
        r"\nit took (\d):(\d\d):(\d\d), and its report \d:\d\d:\d\d; \d:\d\d:\d\d was announced", done.stderr
    )
    assert told, done.stderr
    hours, minutes, seconds = map(int, told.groups())
    shown = f"- Took: {duration(3600 * hours + 60 * minutes + seconds)}\n".replace(NBSP, " ")
    folder = tmp_path / done.stdout.strip()
    assert shown in (folder / "summary.md").read_text(), "the terminal and the report have one figure"
    assert read("report", folder.name).code == 0
    assert shown in (folder / "summary.md").read_text()
    assert took.report.by_clock_s == 0 < took.report.by_host_s
    assert took.setup.by_clock_s == pytest.approx(planned.setup.by_clock_s if planned.setup else 0)
    assert [*took.rounds] == [0, 1]
    for index, parts in took.rounds.items():
        assert {*parts} == {*planned.rounds[index]}
        for part, span in parts.items():
            if part in OF_KIND.values():
                assert span.by_clock_s == pytest.approx(asked_s(recorded.windows, index, part))
                assert span.by_host_s > 0
            else:
                assert span.by_clock_s == 0

    # What the first round says of the second: as many and as long windows, and all else as it took.
    pace = corrected(plan.pace, planned.rounds[0], took.rounds[0])
    again = {part: span for part, span in planned.rounds[1].items() if part in took.rounds[0]}
    same = Course(rounds={0: {part: took.rounds[0][part] for part in again}})
    assert expected_s(again, pace) == pytest.approx(sum(span.total_s for span in same.parts().values()))

    told = bench("plan", *SMOKE, "--rounds", "5", "--json")
    found = json.loads(told.stdout)
    longer = plan.model_copy(update={"timing": plan.timing.model_copy(update={"rounds": 5})})
    known = learned(run, longer)
    assert known
    assert (
        found["pace"]["told"].partition(", in which this host was ")[0]
        == f"as learned from the run of {run.started_at:%Y-%m-%d %H:%M} UTC"
    )
    assert found["estimated_s"] == pytest.approx(at_pace(longer, known).estimated_s)
    assert Span() not in took.parts().values()
