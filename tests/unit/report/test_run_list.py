"""The list of runs: what each holds, and the one count of cells that every place has."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.analysis.analyse import analyse
from harness.cli import list as cli_list
from harness.cli.main import bench
from harness.history.assemble import assemble
from harness.history.digest import make_digest, read_digest
from harness.history.digest_file import DIGEST_FILE
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.comparison import RunSummary
from harness.model.history import HostHistory, UnreadRun
from harness.model.verdict import Verdict
from harness.report.markup import document
from harness.report.numbers import NBSP, reading
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats
from harness.report.view.history import index_view
from harness.report.view.quality import quality_view
from harness.report.view.ranking import rank_text
from harness.report.view.validity import validity_view
from harness.results.folder import read_run
from harness.results.records import RecordedRun
from harness.results.run_folders import RECORDS_FILE
from tests.unit.comparison.recorded import a_recorded_run, with_footprints
from tests.unit.history.test_change_points import summaries

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
AS_COMMITTED = shutil.ignore_patterns("digest.json")
"""A run or list made in this checkout leaves a digest there."""


@pytest.fixture(scope="module")
def recorded() -> RecordedRun:
    """With a second copy, footprints, and an app that never started."""
    whole = with_footprints(a_recorded_run(1))
    dead = tuple(
        each.model_copy(update={"fault": "it ended with code 3", "start_s": None})
        if each.subject.app == "app2"
        else each
        for each in whole.starts
    )
    return whole.model_copy(update={"starts": dead})


def test_cells_are_counted_alike_in_the_plan_the_list_and_the_report(recorded: RecordedRun) -> None:
    findings, cast = analyse(recorded), Cast(recorded.run)
    digest = make_digest(recorded, "run", findings)
    planned = len(recorded.run.plan.cells)
    invalid = planned - digest.cells_valid
    assert digest.cells == planned
    assert 0 < invalid < planned
    cells = next(row for row in quality_view(recorded.run, findings).rows if row.name == "Cells that passed every gate")
    assert cells.value == f"{digest.cells_valid} of {planned}, each an app on an endpoint under one load"
    validity = validity_view(findings, cast)
    assert (validity.cells, len(validity.invalid)) == (planned, invalid)
    (told,) = (each for each in caveats(recorded.run, findings, cast) if "take no rank" in each)
    assert told.replace(NBSP, " ").startswith(f"{invalid} of {planned} cells are invalid")


def test_an_invalid_footprint_is_named_with_its_reason(recorded: RecordedRun) -> None:
    named = [each for each in validity_view(analyse(recorded), Cast(recorded.run)).invalid if each.cell == "footprint"]
    assert [each.label.key for each in named] == ["app2/controlled"]
    assert "it ended with code 3" in named[0].reasons[0]


def test_the_list_says_which_apps_a_run_has_and_what_was_measured_of_them(recorded: RecordedRun) -> None:
    digest = make_digest(recorded, "run")
    (row,) = index_view([digest], [], assemble([])).runs
    assert row.apps == "app0, app1, app2, app3, app4, app5"
    assert row.measured == "capacity, latency, footprint on hello, json"
    page = document("index.html.jinja", index_view([digest], [], assemble([])), title="Runs")
    assert row.apps in page
    assert row.measured in page


def test_the_terminal_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE, tmp_path / "reports" / "sample", ignore=AS_COMMITTED)
    monkeypatch.chdir(tmp_path)
    listed = CliRunner().invoke(bench, ["list", "runs"], standalone_mode=False).output
    assert "flask" in listed.splitlines()[1]
    findings = CliRunner().invoke(bench, ["show", "sample", "--json"], standalone_mode=False)
    counted = findings.stdout.count('"valid": ')
    history = CliRunner().invoke(bench, ["history"], standalone_mode=False).output
    assert f"/{counted}" in history


def drawn(runs: Sequence[RunSummary]) -> tuple[HostHistory, dict[str, str], str]:
    """The history, what stands over each panel of throughput, and what is said of the host."""
    history = assemble(runs)
    view = index_view([], [], history).hosts[0]
    plot = next(each.plot for each in view.metrics if each.heading == "Throughput")
    panels = {panel.title: panel.detail for panel in plot.panels} if plot else {}
    return history.hosts[0], panels, f"{view.sentence} {plot.caption.text if plot else 'none drawn'}"


def only(run: RunSummary, *apps: str) -> RunSummary:
    return run.model_copy(update={"cells": tuple(each for each in run.cells if each.cell.subject.app in apps)})


ALL = tuple(f"app{place}" for place in range(10))


def test_no_change_is_said_only_of_what_was_looked_at() -> None:
    """An app that came with the last two runs, and one that was in the first only."""
    runs = [only(run, *ALL[1:9]) for run in summaries(1, {}, runs=8)]
    first, *_, before, last = summaries(1, {}, runs=8)
    runs = [only(first, *ALL[:9]), *runs[1:6], only(before, *ALL[1:]), only(last, *ALL[1:])]
    _, panels, said = drawn(runs)
    assert panels == {**dict.fromkeys(ALL[1:9], "no change"), "app9": "too few runs to tell"}
    assert "Not drawn, as no two runs under equal conditions have it: app0." in said


def test_runs_with_too_few_apps_in_common_have_no_change_denied() -> None:
    history, panels, said = drawn([only(run, "app1", "app2") for run in summaries(1, {}, runs=8)])
    assert panels == {}
    assert not any(series.looked_at for series in history.series)
    assert "Changes are not looked for: that takes 6 runs under equal conditions, with 5 apps in common" in said
    assert "No change" not in said


def test_the_list_opens_with_the_newest_run_and_its_verdicts(recorded: RecordedRun) -> None:
    digest = make_digest(recorded, "newest", analyse(recorded))
    counted = digest.model_copy(update={"verdicts": {Verdict.REFUTED: 7, Verdict.NOT_RUN: 2, Verdict.INVALID: 0}})
    page = document("index.html.jinja", index_view([counted], [], assemble([])), title="Runs")
    newest = page.partition('id="newest"')[2].partition("</section>")[0]
    assert 'href="newest/index.html"' in newest
    assert [int(number) for number in re.findall(r"<b>(\d+)</b>", newest)] == [7, 2]
    assert newest.count('href="newest/index.html#verdicts"') == 2
    assert 'id="newest"' not in document("index.html.jinja", index_view([], [], assemble([])), title="Runs")


def test_of_runs_that_can_not_be_read_none_is_said_to_be_there_not_yet() -> None:
    torn = UnreadRun(name="torn", reason="it is cut off")
    for unread, told, untrue in (([torn], "None that can be read", "No run yet"), ([], "No run yet", "None that can")):
        page = document("index.html.jinja", index_view([], unread, assemble([])), title="Runs")
        assert told in page
        assert untrue not in page


def test_the_newest_run_shows_who_has_what_rank_as_its_own_report_does(recorded: RecordedRun) -> None:
    findings = analyse(recorded)
    digest = make_digest(recorded, "newest", findings)
    ranking = next(each for each in findings.rankings if each.endpoint is Endpoint.JSON and each.figure is None)
    plot = index_view([digest], [], assemble([])).newest
    assert plot is not None
    assert plot.caption.title == "Capacity on json, requests per second"
    assert [(row.key, row.rank, row.value, row.href) for row in plot.rows] == [
        (
            row.subject.key,
            rank_text(row),
            reading(row.value).value,
            f"newest/index.html#app-{row.subject.app}",
        )
        for row in ranking.rows
    ]
    page = document("index.html.jinja", index_view([digest], [], assemble([])), title="Runs")
    assert "<h3>Capacity on json, requests per second</h3>" in page
    nothing = digest.model_copy(update={"standing": None})
    assert index_view([nothing], [], assemble([])).newest is None


def test_of_many_deployments_it_shows_the_usual_ones_as_the_report_does(recorded: RecordedRun) -> None:
    """Whichever of their names they are the usual ones by."""
    digest = make_digest(recorded, "newest")
    assert digest.standing
    (like, *_) = digest.standing.places
    variants = ("granian", "plain", *(f"other-{number}" for number in range(8)))
    places = [
        like.model_copy(update={"subject": Subject(app=app, variant=each), "also": also if each == "plain" else ()})
        for app, also in (("one", ("default",)), ("two", ("controlled",)))
        for each in variants
    ]
    standing = digest.standing.model_copy(update={"places": tuple(places)})
    plot = index_view([digest.model_copy(update={"standing": standing})], [], assemble([])).newest
    assert plot
    assert [row.key for row in plot.rows] == ["one/plain", "two/plain"]


def test_it_knows_what_else_a_deployment_counts_as(recorded: RecordedRun) -> None:
    deployments = tuple(each.model_copy(update={"also": ("default",)}) for each in recorded.run.deployments)
    known = recorded.model_copy(update={"run": recorded.run.model_copy(update={"deployments": deployments})})
    standing = make_digest(known, "newest").standing
    assert standing
    assert {each.also for each in standing.places} == {("default",)}


def test_the_terminal_reads_what_was_recorded_only_where_no_digest_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "reports" / "sample", ignore=AS_COMMITTED))
    monkeypatch.chdir(tmp_path)
    read: list[Path] = []
    monkeypatch.setattr(cli_list, "read_run", lambda folder: (read.append(folder), read_run(folder))[1])

    def listed() -> str:
        return CliRunner().invoke(bench, ["list", "runs", "--json"], standalone_mode=False).stdout

    before = listed()
    assert len(read) == 1
    read_digest(folder)
    assert listed() == before
    assert len(read) == 1
    records = folder / RECORDS_FILE
    os.utime(records, ns=(0, (folder / DIGEST_FILE).stat().st_mtime_ns + 1))
    assert listed() == before
    assert len(read) == 2


def test_a_digest_from_before_ranks_were_kept_is_made_anew(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "sample", ignore=AS_COMMITTED))
    made = read_digest(folder)
    assert made.standing is not None
    kept = folder / DIGEST_FILE
    assert read_digest(folder) == made
    kept.write_text(
        json.dumps(
            {key: of for key, of in json.loads(kept.read_text()).items() if key not in {"standing", "app_names"}}
        )
    )
    assert read_digest(folder) == made
