from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.report.numbers import NBSP, reading
from harness.report.view.cast import Cast
from harness.report.view.scaling import EndpointScaling, scaling_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()
CAST = Cast(RUN)
FLASK = Subject(app="flask", variant="controlled")


def more_connections(finding: CellFinding, connections: int, factor: float) -> CellFinding:
    assert finding.throughput_rps is not None
    value = finding.throughput_rps.value * factor
    cell = finding.cell.model_copy(update={"connections": connections, "workload": Workload.CONCURRENCY})
    estimate = Estimate(value=value, low=value * 0.97, high=value * 1.03)
    return finding.model_copy(update={"cell": cell, "throughput_rps": estimate})


def swept(invalid: Subject | None = None) -> Findings:
    capacities = [
        each
        for each in FINDINGS.cells
        if each.cell.endpoint is Endpoint.JSON and each.cell.workload is Workload.CAPACITY
    ]
    swept = [more_connections(each, number, factor) for each in capacities for number, factor in ((8, 0.8), (512, 0.9))]
    broken = [
        each.model_copy(update={"valid": False})
        if each.cell.subject == invalid and each.cell.connections == 512
        else each
        for each in swept
    ]
    return FINDINGS.model_copy(update={"cells": (*FINDINGS.cells, *broken)})


def json_scaling(findings: Findings) -> EndpointScaling:
    (only,) = scaling_view(findings, CAST).endpoints
    return only


def test_a_run_with_one_number_of_connections_has_no_curve() -> None:
    assert scaling_view(FINDINGS, CAST).endpoints == ()


def test_capacity_and_the_sweep_make_one_curve_by_connections_without_the_twin() -> None:
    found = json_scaling(swept())
    assert found.connections == (8, 32, 512)
    assert found.libraries == "Serializer"
    assert found.plot is not None
    assert len(found.rows) == len(found.plot.panels) == len(RUN.plan.subjects) - 1
    flask = next(row for row in found.rows if row.label.key == FLASK.key)
    capacity = next(
        each.throughput_rps
        for each in FINDINGS.cells
        if each.cell.subject == FLASK and each.cell.endpoint is Endpoint.JSON and each.cell.connections == 32
    )
    assert capacity is not None
    middle = flask.cells[1]
    assert middle is not None
    assert middle.value == reading(capacity)
    panel = next(each for each in found.plot.panels if each.title == "Flask")
    assert [place for place, _ in panel.points] == [3, 5, 9]
    assert all(low < value < high for (_, value), (_, low, high) in zip(panel.points, panel.intervals, strict=True))


def test_an_invalid_point_is_told_in_the_table_and_left_out_of_the_curve() -> None:
    found = json_scaling(swept(invalid=FLASK))
    last = next(row for row in found.rows if row.label.key == FLASK.key).cells[-1]
    assert last is not None
    assert last.value is None
    assert found.plot is not None
    panel = next(each for each in found.plot.panels if each.title == "Flask")
    assert [place for place, _ in panel.points] == [3, 5]


def test_a_number_that_belongs_to_fewer_connections_than_the_others_says_to_how_many() -> None:
    plot = json_scaling(swept(invalid=FLASK)).plot
    assert plot is not None
    texts = {each.title: each.marked_text.replace(NBSP, " ") for each in plot.panels}
    assert texts.pop("Flask").endswith("/s at 32")
    assert all(each.endswith("/s") for each in texts.values())
