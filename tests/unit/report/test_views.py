from datetime import timedelta
from html import unescape

import pytest

from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.conformance import CheckResult, Conformance, ContractFinding, Outcome
from harness.model.course import Course, Part, Span
from harness.model.findings import CellFinding
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.host import Check, Grade
from harness.model.plan import ProfileName
from harness.model.run import Image
from harness.model.validity import Gate, GateName
from harness.report.figure.spec import Shape
from harness.report.markup import html as as_html
from harness.report.numbers import NBSP, count, inverse, reading
from harness.report.page import compose
from harness.report.view.capacity import capacity_view
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats
from harness.report.view.copies import copies_view, sanity_view
from harness.report.view.cpu_per_request import cpu_view
from harness.report.view.curves import curve_grid, nines, value_at
from harness.report.view.deployments import deployments_view, link
from harness.report.view.footprint import footprint_view
from harness.report.view.headline import headline_view
from harness.report.view.headroom import headroom_view
from harness.report.view.host import cpu_words, host_view
from harness.report.view.host_speed import speed_view
from harness.report.view.latency import latency_view
from harness.report.view.overhead import overhead_view
from harness.report.view.provenance import DataFile, data_view, reproduce_view
from harness.report.view.quality import quality_view
from harness.report.view.ratios import RatioBook
from harness.report.view.terms import Lack
from harness.report.view.validity import validity_view
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import HOSTILE_FAILURE, HOSTILE_SOURCE, HOSTILE_TITLE, Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
CAST = Cast(RUN)
BOOK = RatioBook(FINDINGS.comparisons, FINDINGS.cpu_comparisons)


def invalid(finding: CellFinding) -> CellFinding:
    return finding.model_copy(
        update={"valid": False, "reasons": ("errors: 4.0%",), "throughput_rps": None, "percentiles": (), "curve": ()}
    )


def test_every_cell_of_an_endpoint_stands_in_its_table_ranked_or_not() -> None:
    for endpoint in capacity_view(FINDINGS, CAST).endpoints:
        assert len(endpoint.table.rows) == len(RUN.plan.subjects)


def test_an_invalid_cell_has_a_reason_and_no_number_in_table_and_plot() -> None:
    table = next(each.table for each in capacity_view(FINDINGS, CAST).endpoints if each.endpoint == "db")
    row = next(row for row in table.rows if row.label.title == HOSTILE_TITLE)
    assert row.value is None
    assert row.rank == "\N{EN DASH}"
    assert row.lack
    assert "12 wrong answers" in row.lack.why
    assert table.plot is not None
    drawn = next(each for each in table.plot.rows if each.title == HOSTILE_TITLE)
    assert drawn.marks == ()
    assert drawn.note.startswith("invalid: ")


def test_rows_that_share_a_rank_carry_an_equals_sign_and_stand_on_one_band() -> None:
    table = capacity_view(FINDINGS, CAST).endpoints[0].table
    assert table.plot is not None
    tied = [row for row in table.plot.rows if row.tie_group is not None]
    assert {row.title for row in tied} == {"Tornado", "Bottle"}
    assert {row.rank for row in tied} == {"7="}


def test_the_best_has_no_ratio_to_itself() -> None:
    rows = capacity_view(FINDINGS, CAST).endpoints[0].table.rows
    assert rows[0].ratio is None
    assert rows[1].ratio is not None


def test_an_endpoint_without_any_valid_cell_keeps_its_table_and_has_no_plot() -> None:
    cells = tuple(invalid(each) if each.cell.endpoint == "hello" else each for each in FINDINGS.cells)
    rankings = tuple(
        each.model_copy(update={"rows": (), "invalid": RUN.plan.subjects}) if each.endpoint == "hello" else each
        for each in FINDINGS.rankings
    )
    findings = FINDINGS.model_copy(update={"cells": cells, "rankings": rankings})
    table = capacity_view(findings, CAST).endpoints[0].table
    assert table.plot is None
    assert all(row.lack == Lack("invalid", f"errors: 4.0{NBSP}%") for row in table.rows)


def test_a_subject_that_was_never_recorded_is_shown_as_invalid() -> None:
    ghost = Subject(app="ghost", variant="default")
    rankings = (FINDINGS.rankings[0].model_copy(update={"invalid": (ghost,)}), *FINDINGS.rankings[1:])
    rows = capacity_view(FINDINGS.model_copy(update={"rankings": rankings}), CAST).endpoints[0].table.rows
    assert rows[-1].label.title == "ghost"
    assert rows[-1].lack == Lack("invalid", "nothing was recorded for this cell")


def test_baselines_are_hollow_and_frameworks_filled() -> None:
    plot = capacity_view(FINDINGS, CAST).endpoints[0].table.plot
    assert plot is not None
    shapes = {row.title: row.marks[0].shape for row in plot.rows if row.marks}
    assert shapes["Bare ASGI"] is Shape.RING
    assert shapes["Flask"] is Shape.DOT


def test_the_twin_is_in_the_tables_and_not_in_the_plots() -> None:
    table = capacity_view(FINDINGS, CAST).endpoints[0].table
    assert table.plot is not None
    assert any(row.label.special for row in table.rows)
    assert [row.title for row in table.plot.rows].count("Flask") == 1


def test_latency_stands_in_milliseconds_with_all_percentiles_and_the_common_rate_first() -> None:
    run, findings, _, _ = Sample(profile=ProfileName.STANDARD).build()
    groups = latency_view(findings, Cast(run)).groups
    assert [group.rate for group in groups[:2]] == ["at the common rate", "at the common rate"]
    assert groups[0].offered.startswith("640")
    assert groups[-1].offered == ""
    first = groups[0].percentiles[0]
    shown = [float(reading.value) for reading in first.percentiles if reading]
    assert len(shown) == 4
    assert shown == sorted(shown)
    assert shown[-1] < float(first.slowest)
    assert shown[0] < 1


def test_a_latency_cell_that_is_invalid_has_no_curve_and_keeps_its_row() -> None:
    run, findings, _, _ = Sample(profile=ProfileName.STANDARD).build()
    group = next(each for each in latency_view(findings, Cast(run)).groups if "80 %" in each.rate)
    row = next(each for each in group.percentiles if each.lack)
    assert row.label.title == "Django"
    assert row.rank == "\N{EN DASH}"
    assert group.curves is not None
    assert len(group.curves.panels) == len([each for each in group.percentiles if not each.lack]) - 1  # the twin


def test_a_curve_never_goes_down_and_marks_the_p99_of_the_histogram() -> None:
    cells = [each for each in FINDINGS.cells if each.cell.workload is Workload.LATENCY]
    grid = curve_grid(cells, CAST, "name", "on json")
    assert grid is not None
    for panel in grid.panels:
        values = [milliseconds for _, milliseconds in panel.points]
        assert values == sorted(values)
        assert panel.marked is not None
        assert panel.marked[1] == value_at(panel.points, nines(0.99))


def test_cpu_per_request_is_cheapest_first_with_the_database_beside_it() -> None:
    view = cpu_view(FINDINGS, BOOK, CAST)
    db = next(each for each in view.endpoints if each.endpoint == "db")
    costs = [float(row.server.value.replace(",", "")) for row in db.rows if row.server and not row.lack]
    assert costs == sorted(costs)
    assert db.plot is not None
    assert all(len(row.marks) == 2 for row in db.plot.rows if row.marks)
    assert db.rows[-1].lack


def test_cpu_per_request_is_held_against_the_framework_that_takes_least_by_ratios_formed_within_rounds() -> None:
    hello = next(each for each in cpu_view(FINDINGS, BOOK, CAST).endpoints if each.endpoint == "hello")
    (least,) = [row.label for row in hello.rows if row.least]
    assert least.title == "Sanic", "it takes least of those that compete, and a baseline takes less"
    made = {
        (each.a.key, each.b.key): each.ratio
        for pair in FINDINGS.cpu_comparisons
        if pair.endpoint is Endpoint.HELLO
        for each in (pair, pair.model_copy(update={"a": pair.b, "b": pair.a, "ratio": inverse(pair.ratio)}))
    }
    for row in hello.rows:
        ratio = made.get((row.label.key, least.key))
        assert row.ratio == (reading(ratio) if ratio else None), row.label.key
    assert sum(row.ratio is not None for row in hello.rows) > 8


def test_overhead_is_counted_from_the_baseline_on_the_same_interface() -> None:
    rows = overhead_view(FINDINGS, CAST).endpoints[0].rows
    assert {row.label.title: row.baseline.title for row in rows}["FastAPI"] == "Bare ASGI"
    assert {row.label.title: row.baseline.title for row in rows}["Flask"] == "Bare WSGI"


def test_headroom_is_the_share_of_the_ceiling_and_unknown_without_one() -> None:
    view = headroom_view(FINDINGS, RUN, CAST)
    assert view.rows[0].label.title == "Bare ASGI"
    cell = view.rows[0].cells[0]
    assert cell is not None
    assert cell.share is not None
    assert cell.share.value == "36.8"
    assert view.plot is not None
    assert view.plot.reference is not None
    assert view.plot.reference.at == 70
    assert headroom_view(FINDINGS, RUN.model_copy(update={"ceiling": None}), CAST).ceiling == ""


def test_the_ceiling_is_held_against_capacities_as_counted_and_the_table_says_so_where_others_are_reported() -> None:
    told = "Capacity as counted, in per cent of the generator's ceiling"
    assert headroom_view(FINDINGS, RUN, CAST).caption.startswith(told)
    assert told in unescape(sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, ()), "headroom"))
    assert "as counted" not in headroom_view(FINDINGS.model_copy(update={"speed": None}), RUN, CAST).caption


def test_a_run_without_capacities_has_a_report_all_the_same() -> None:
    cells = tuple(each for each in FINDINGS.cells if each.cell.workload is not Workload.CAPACITY)
    page = as_html(compose(RUN, FINDINGS.model_copy(update={"cells": cells}), CLAIMS, STARTS, ()))
    assert "No capacity was measured in this run" in page


def test_memory_and_start_up_are_medians_with_their_range_and_faults_are_told() -> None:
    view = footprint_view(RUN, FINDINGS, STARTS, CAST)
    row = next(row for row in view.rows if row.label.title == HOSTILE_TITLE)
    assert row.starts == 4
    assert row.start_s is not None
    assert row.faults[0].startswith("Round 2: It ended with code 3")
    assert not any(row.label.special for row in view.rows)


def test_a_start_that_was_recorded_twice_counts_once_as_it_stood_last() -> None:
    subject = RUN.plan.subjects[0]
    first = next(start for start in STARTS if start.subject == subject)
    early = first.model_copy(update={"rss_loaded_bytes": None, "pss_loaded_bytes": None})
    row = next(
        row for row in footprint_view(RUN, FINDINGS, (early, first), CAST).rows if row.label == CAST.label(subject)
    )
    assert row.starts == 1
    assert row.loaded_mib is not None


def test_a_subject_without_a_start_is_shown_without_numbers() -> None:
    view = footprint_view(RUN, FINDINGS, (), CAST)
    assert len(view.rows) == len(RUN.plan.subjects) - 1
    assert all(row.idle_mib is None and row.processes == "unknown" for row in view.rows)
    assert view.plot is None


def test_each_gate_is_summed_up_by_its_worst_case() -> None:
    view = validity_view(FINDINGS, CAST)
    gates = {gate.name: gate for gate in view.gates}
    assert gates["responses verified"].failed == 1
    assert gates["generator ceiling"].worst.startswith(f"36.8{NBSP}%")
    assert gates["generator ceiling"].where == "Bare ASGI (controlled, uvicorn) on hello, capacity, 32 connections"
    assert view.invalid[0].first_failure == HOSTILE_FAILURE


def test_a_gate_with_another_limit_for_latencies_has_a_row_for_each() -> None:
    def busy(finding: CellFinding) -> CellFinding:
        latency = finding.cell.workload is Workload.LATENCY
        share, limit = (0.4, 0.5) if latency else (0.6, 0.8)
        told = f"it used {share:.0%}"
        gate = Gate(name=GateName.GENERATOR_CPU, held=True, value=share, limit=limit, explanation=told)
        return finding.model_copy(update={"gates": (gate,)})

    cells = tuple(map(busy, FINDINGS.cells))
    rows = validity_view(FINDINGS.model_copy(update={"cells": cells}), CAST).gates
    assert [(row.name.replace(NBSP, " "), row.worst.replace(NBSP, " ")) for row in rows] == [
        ("generator CPU, at most 50 %", "it used 40 %"),
        ("generator CPU, at most 80 %", "it used 60 %"),
    ]
    assert sum(row.applied for row in rows) == len(cells)
    capacities = tuple(each for each in cells if each.cell.workload is Workload.CAPACITY)
    (alone,) = validity_view(FINDINGS.model_copy(update={"cells": capacities}), CAST).gates
    assert alone.name == "generator CPU"


def test_the_copies_are_named_and_how_they_came_out() -> None:
    view = copies_view(FINDINGS, CAST)
    assert view.subject is not None
    assert view.subject.title == "Flask"
    assert (view.inside, len(view.rows), view.distrust) == (3, 3, "")
    apart = FINDINGS.copies.model_copy(update={"outside": 3, "distrust": "they differ"})
    told = copies_view(FINDINGS.model_copy(update={"copies": apart}), CAST)
    assert (told.inside, told.distrust) == (0, "they differ")
    page = sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, ()), "copies")
    assert "First copy over the second, with 95 % intervals" in page
    assert not any(pair.a.twin for pair in FINDINGS.copies.pairs)
    assert all(pair.b.twin for pair in FINDINGS.copies.pairs)


def test_the_host_s_speed_stands_beside_what_taking_it_out_changed() -> None:
    view = speed_view(FINDINGS, CAST)
    assert [(row.endpoint, row.slope, row.explained.replace(NBSP, " ")) for row in view.effects][:2] == [
        ("hello", "1.02", "61 %"),
        ("json", "0.87", "52 %"),
    ]
    assert view.known.replace(NBSP, " ").endswith("are known to within ±4.7 % or better")
    assert "as counted" in view.gain
    assert all(row.change.startswith("\N{MINUS SIGN}2") for each in view.endpoints for row in each.rows)
    assert {each.endpoint for each in view.endpoints} == {"hello", "json", "db"}


def test_a_run_without_a_speed_probe_says_so() -> None:
    assert not speed_view(FINDINGS.model_copy(update={"speed": None}), CAST).seen


def test_sanity_checks_are_parted_by_whether_they_held() -> None:
    failed = FINDINGS.sanity[0].model_copy(update={"held": False})
    view = sanity_view(FINDINGS.model_copy(update={"sanity": (failed, FINDINGS.sanity[1])}))
    assert (len(view.failed), len(view.held)) == (1, 1)


def test_only_web_addresses_can_be_followed() -> None:
    assert link("https://docs.example.org/x").href == "https://docs.example.org/x"
    assert link(HOSTILE_SOURCE).href == ""
    apps = deployments_view(RUN, FINDINGS, STARTS, (), CAST).apps
    hostile = next(app for app in apps if app.title == HOSTILE_TITLE).cards[0]
    assert hostile.source is not None
    assert hostile.source.href == ""


def test_a_framework_that_is_its_own_server_is_told_as_such() -> None:
    assert CAST.label(Subject(app="tornado", variant="default")).in_sentence == "Tornado (default, own server)"


def test_a_deployment_shows_the_command_that_was_run() -> None:
    card = deployments_view(RUN, FINDINGS, STARTS, (), CAST).apps[0].cards[0]
    assert card.command == 'gunicorn app:application --bind "${HOST}:${PORT}"'
    assert "PGO, LTO, GIL, no JIT" in card.interpreter


def test_an_app_shows_its_code_what_was_checked_and_what_its_servers_wrote_before_they_failed() -> None:
    apps = {app.name: app for app in deployments_view(RUN, FINDINGS, STARTS, (), CAST).apps}
    assert [file.path for file in apps["flask"].files] == ["app.py", "contract/__init__.py", "logo.png"]
    assert apps["flask"].lines == f"2{NBSP}lines"
    flask, hostile = apps["flask"].cards[0], apps["hostile"].cards[0]
    assert flask.starts == f"4{NBSP}starts, none with a fault"
    assert flask.answers.endswith(" right; 0 wrong; 0 failed")
    assert hostile.starts == f"4{NBSP}starts, 1 with a fault"
    assert hostile.answers.endswith(" right; 12 wrong; 0 failed")
    assert [log.when for log in hostile.logs] == ["round 2"]


def test_what_hostile_input_did_stands_with_its_app_and_the_last_result_holds() -> None:
    flask = Subject(app="flask", variant="controlled")
    probes = [
        FrameworkProbeResult(
            round_index=index, subject=flask, probe=FrameworkProbe.SQL_INJECTION, held=held, found=f"try {index}"
        )
        for index, held in enumerate((None, False, True))
    ]
    apps = {app.name: app for app in deployments_view(RUN, FINDINGS, STARTS, probes, CAST).apps}
    assert [(row.probe, row.outcome, row.found) for row in apps["flask"].probes] == [("sql-injection", "held", "try 2")]
    nothing = probes[-1].model_copy(update={"held": False, "offered": False})
    apps = {app.name: app for app in deployments_view(RUN, FINDINGS, STARTS, [nothing], CAST).apps}
    assert [row.outcome for row in apps["flask"].probes] == ["not offered"]
    assert apps["django"].probes == ()


def test_the_checks_of_the_contract_are_counted_and_the_failed_ones_told_in_full() -> None:
    def result(check: str, endpoint: Endpoint | None, outcome: Outcome) -> CheckResult:
        return CheckResult(check=check, endpoint=endpoint, outcome=outcome, found="500", expected="404", elapsed_s=0.1)

    results = (
        result("random ids", Endpoint.DB, Outcome.PASSED),
        result("unknown path", None, Outcome.FAILED),
        result("statements", Endpoint.DB, Outcome.SKIPPED),
    )
    checked = Conformance(round_index=0, subject=Subject(app="flask", variant="controlled"), results=results)
    apps = {app.name: app for app in deployments_view(RUN, FINDINGS, STARTS, [checked], CAST).apps}
    (card,) = (card for card in apps["flask"].cards if card.contract)
    assert card.contract == "1 passed, 1 failed, 1 skipped"
    assert [(each.endpoint, each.check, each.found) for each in card.failures] == [("server", "unknown path", "500")]
    assert apps["django"].cards[0].contract == ""
    broken = FINDINGS.model_copy(
        update={"contracts": (ContractFinding(subject=checked.subject, failed=checked.failed),)}
    )
    page = " ".join(sections_of(compose(RUN, broken, CLAIMS, STARTS, (), [checked]), "deployments").split())
    assert "1 passed, 1 failed, 1 skipped" in page
    assert "Where it does not keep the contract" in page
    assert "fails 1 check, the first: server, unknown path: 500." in page.replace(NBSP, " ")


def test_a_run_that_kept_no_code_says_so_in_each_app() -> None:
    run = RUN.model_copy(update={"sources": ()})
    assert all(app.files == () for app in deployments_view(run, FINDINGS, STARTS, (), CAST).apps)


def test_the_worst_check_of_the_host_stands_first_and_the_cpu_layout_is_told() -> None:
    view = host_view(RUN)
    assert view.checks[0].name == "CPU steal"
    assert cpu_words(RUN.plan.cpus) == "server on CPU 0; generator on CPU 1; database on CPU 1, shared"


def doctored(name: str, grade: Grade) -> Check:
    return Check(name=name, value="as found", grade=grade, why="It matters.")


def test_where_all_ran_in_containers_the_harness_s_own_interpreter_is_no_property_of_the_figures() -> None:
    """The example's page said that every number depends on CPython 3.13.0: the images had 3.13.5."""
    run = RUN.model_copy(update={"checks": (doctored("interpreter", Grade.POOR),)})
    image = Image(name="driver", digest="sha256:0", size_bytes=1, build_s=None)
    contained = run.model_copy(update={"driver_image": image})
    assert [check.name for check in host_view(run).checks] == ["interpreter"]
    assert host_view(contained).checks == ()
    assert "Generator's interpreter" in dict(host_view(run).facts)
    facts = dict(host_view(contained).facts)
    assert "Generator's interpreter" not in facts
    assert facts["Harness's interpreter"].endswith("; servers and generator ran on those of their images")
    assert any("interpreter" in each for each in caveats(run, FINDINGS, CAST))
    assert not any("interpreter" in each for each in caveats(contained, FINDINGS, CAST))
    (row,) = [each for each in quality_view(contained, FINDINGS).rows if each.name == "Checks of the host"]
    assert row.value == "none"


@pytest.mark.parametrize(("others", "explained"), [(Grade.GOOD, True), (Grade.UNFIT, False)])
def test_pressure_on_the_cpus_while_nothing_else_ran_is_explained(others: Grade, *, explained: bool) -> None:
    checks = (doctored("CPU pressure", Grade.UNFIT), doctored("other processes", others))
    told = {each.name: each.why for each in host_view(RUN.model_copy(update={"checks": checks})).checks}
    assert ("looks back over the minute before the run" in told["CPU pressure"]) is explained


def test_answers_that_no_card_counts_are_told() -> None:
    copy = sum(each.requests for each in FINDINGS.cells if not each.cell.subject.is_original)
    assert validity_view(FINDINGS, CAST).without_card.startswith(f"{count(copy)} of them by second copies")
    cards = FINDINGS.model_copy(
        update={"cells": tuple(each for each in FINDINGS.cells if each.cell.subject.is_original)}
    )
    assert validity_view(cards, CAST).without_card == ""


def test_two_hosts_are_told_apart() -> None:
    cpus = RUN.plan.cpus.model_copy(update={"load_host_apart": True})
    load_host = RUN.host.model_copy(update={"cpu_model": "another CPU"})
    plan = RUN.plan.model_copy(update={"cpus": cpus})
    facts = dict(host_view(RUN.model_copy(update={"load_host": load_host, "plan": plan})).facts)
    assert facts["App host: CPU"].startswith(RUN.host.cpu_model)
    assert facts["Load host: CPU"].startswith("another CPU")
    assert facts["CPU layout"] == (
        "on the app host, server on CPU 0 and database on CPU 1; on the load host, generator on CPU 1"
    )
    assert "App host: CPU" not in dict(host_view(RUN).facts)


def test_the_headline_counts_frameworks_only() -> None:
    view = headline_view(RUN, FINDINGS, CAST)
    assert view.title == "Eight Python web frameworks, measured"
    assert dict(view.facts)["Rounds"] == "4"
    cut_off = headline_view(RUN.model_copy(update={"finished_at": None}), FINDINGS, CAST)
    assert dict(cut_off.facts)["Took"] == "cut off before its end"


def test_a_run_in_which_no_framework_competes_is_called_by_what_is_in_it() -> None:
    """A run of a baseline alone was `No Python web frameworks, measured`, and `, beside bare WSGI.` below it."""

    def head(*names: str, broken: str = "") -> tuple[str, str]:
        subjects = tuple(each for each in RUN.plan.subjects if each.app in names and not each.twin)
        run = RUN.model_copy(update={"plan": RUN.plan.model_copy(update={"subjects": subjects})})
        contracts = [ContractFinding(subject=each, failed=("x: y",)) for each in subjects if each.app == broken]
        view = headline_view(run, FINDINGS, Cast(run, contracts))
        return view.title, view.subtitle

    assert head("wsgi") == ("Bare WSGI, measured", "No framework competes: Bare WSGI (baseline).")
    assert head("flask", broken="flask") == ("Flask, measured", "No framework competes: Flask (breaks the contract).")
    assert head("flask", "wsgi", broken="flask") == (
        "Flask and Bare WSGI, measured",
        "No framework competes: Flask (breaks the contract) and Bare WSGI (baseline).",
    )
    assert head("flask", "bottle", "wsgi", broken="flask") == (
        "One Python web framework, measured",
        "Bottle, beside Flask (breaks the contract) and Bare WSGI.",
    )
    assert head() == ("Nothing, measured", "No framework competes.")


def test_how_long_a_run_took_is_the_time_that_it_measured_whether_or_not_it_was_resumed() -> None:
    took = Course(
        setup=Span(by_host_s=2.0),
        rounds={0: {Part.STARTS: Span(by_host_s=8.0)}, 1: {Part.WINDOWS: Span(by_clock_s=33.0)}},
        report=Span(by_host_s=5.0),
    )
    days_later = RUN.model_copy(update={"finished_at": RUN.started_at + timedelta(days=3), "took": took})
    assert dict(headline_view(days_later, FINDINGS, CAST).facts)["Took"] == f"43{NBSP}s"
    unknown = days_later.model_copy(update={"took": None, "finished_at": RUN.started_at + timedelta(seconds=48)})
    assert dict(headline_view(unknown, FINDINGS, CAST).facts)["Took"] == f"48{NBSP}s"


def test_data_files_that_are_not_there_are_not_linked() -> None:
    view = data_view([DataFile("data.csv", 2048)])
    assert [file.name for file in view.downloads] == ["data.csv"]
    assert view.missing == ("data.parquet", "windows.jsonl", "run.json")


def test_the_command_that_made_the_run_is_given() -> None:
    assert reproduce_view(RUN).command == "bench run --profile quick --seed 7"


def test_a_run_in_which_nothing_was_measured_still_makes_a_page() -> None:
    empty = FINDINGS.model_copy(
        update={"cells": (), "rankings": (), "comparisons": (), "overheads": (), "sanity": (), "rounds_complete": 0}
    )
    page = compose(RUN.model_copy(update={"deployments": (), "checks": (), "database": None}), empty, CLAIMS, (), ())
    assert len(page.sections) == len({section.anchor for section in page.sections})


def test_an_app_that_does_not_declare_an_endpoint_is_named_where_it_is_absent_and_on_its_card() -> None:
    partial = tuple(
        each.model_copy(update={"endpoints": (Endpoint.HELLO, Endpoint.JSON)}) if each.title == "Tornado" else each
        for each in RUN.deployments
    )
    run = RUN.model_copy(update={"deployments": partial})
    by_endpoint = {each.endpoint: each.not_declared for each in capacity_view(FINDINGS, Cast(run)).endpoints}
    assert (by_endpoint["json"], by_endpoint["db"]) == ("", "Tornado")
    told = {app.title: app.cards[0].endpoints for app in deployments_view(run, FINDINGS, (), (), Cast(run)).apps}
    assert told["Tornado"] == "hello, json; not declared: items, orders, db, queries, fortunes, wait, feed, chat"
    assert told["Flask"] == "", "a run from before it was recorded"
