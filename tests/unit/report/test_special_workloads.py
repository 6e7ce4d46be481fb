"""The sections on requests that wait, feeds and growth: what they say of valid, invalid, skipped and missing cells."""

import pytest

from harness.model.app import Endpoint, Libraries
from harness.model.cell import Cell, Subject, Workload
from harness.model.crowds.chat import ChatFaults
from harness.model.findings import Bound, CellFinding, Change, CrowdFinding, Estimate, Findings
from harness.model.host_speed import HostDependence, HostQuantity
from harness.model.validity import Gate, GateName
from harness.report.card.facts import facts, measured_of
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.crowds import CHATS, FEEDS, crowds_view
from harness.report.view.growth import GrowthTable, growth_view
from harness.report.view.ratios import RatioBook
from harness.report.view.waiting import added_ms, waiting_view
from tests.unit.results.sample import deployment, run_of

FLASK, TORNADO = (Subject(app=app, variant="controlled") for app in ("flask", "tornado"))
WRITTEN = {"libraries": Libraries(serializer="json")}
RUN = run_of([], deployments=tuple(deployment(each).model_copy(update=WRITTEN) for each in (FLASK, TORNADO)))
CAST = Cast(RUN)
FAILED = Gate(name=GateName.ERRORS, held=False, value=0.5, limit=0.001, explanation="half of it failed")


def exactly(value: float) -> Estimate:
    return Estimate(value=value, low=value, high=value)


def cell(subject: Subject, workload: Workload, connections: int, endpoint: Endpoint = Endpoint.JSON) -> Cell:
    return Cell(subject=subject, endpoint=endpoint, workload=workload, connections=connections)


def found(of: Cell, *, valid: bool = True, **figures: object) -> CellFinding:
    values: dict[str, object] = {
        "cell": of,
        "valid": valid,
        "reasons": () if valid else ("errors: half of it failed",),
        "gates": () if valid else (FAILED,),
        "rounds": 3,
        "windows": 3,
        "windows_lost": 0,
        "requests": 100,
        "failures": {},
        "first_failure": None,
        "throughput_rps": None,
        "server_cpu_us_per_request": None,
        "database_cpu_us_per_request": None,
        "server_cpu_share": 0.1,
        "generator_cpu_share": 0.1,
        "bound": Bound.IDLE,
        "offered_rps": None,
    }
    return CellFinding.model_validate(values | figures)


def findings(**parts: object) -> Findings:
    empty: dict[str, object] = {
        "run_id": "r",
        "cells": (),
        "rankings": (),
        "comparisons": (),
        "overheads": (),
        "sanity": (),
        "copies": {"subject": None},
        "rounds_complete": 3,
        "rounds_planned": 3,
        "median_ratio_half_width": None,
    }
    return Findings.model_validate(empty | parts)


def waiting(subject: Subject, in_flight: float, *, valid: bool = True) -> CellFinding:
    of = cell(subject, Workload.WAITING, 512, Endpoint.WAIT)
    return found(of, valid=valid, in_flight=exactly(in_flight) if valid else None)


def test_who_has_most_in_flight_comes_first_and_the_others_stand_in_line() -> None:
    view = waiting_view(findings(cells=(waiting(FLASK, 16.0), waiting(TORNADO, 512.0))), CAST)
    assert [row.label.title for row in view.rows] == [CAST.label(TORNADO).title, CAST.label(FLASK).title]
    first, second = (row.cells[0] for row in view.rows)
    assert first is not None
    assert second is not None
    assert first.added is not None
    assert first.added.value == "0"
    assert second.added is not None
    assert second.added.value == "3,100"


def test_time_in_line_follows_from_little_s_law() -> None:
    """Of 512 connections 16 at a time: each batch takes 100 ms, so a request needs 3.2 s, of which it waits 0.1."""
    assert added_ms(exactly(16.0), 512).value == pytest.approx(3_100)
    assert added_ms(exactly(600.0), 512).value == 0


def test_an_invalid_cell_says_why_and_shows_no_number() -> None:
    (row,) = waiting_view(findings(cells=(waiting(FLASK, 16.0, valid=False),)), CAST).rows
    (only,) = row.cells
    assert only is not None
    assert only.in_flight is None
    assert "half of it failed" in only.lack.why


def feed(subject: Subject, subscribers: int, **figures: object) -> CrowdFinding:
    values: dict[str, object] = {
        "cell": cell(subject, Workload.FEED, subscribers, Endpoint.FEED),
        "valid": True,
        "gates": (),
        "rounds": 3,
        **dict.fromkeys(
            ("held", "served", "delivered_share", "lag_p50_us", "lag_p99_us", "lag_max_us", "opening_s",
             "memory_bytes_per_subscriber", "server_cpu_us_per_event", "first_failure"),
        ),
        **dict.fromkeys(
            ("asked", "dropped", "late_comers", "unanswered", "refused", "untried", "due", "delivered", "late",
             "missing", "disordered"),
            0,
        ),
    }  # fmt: skip
    return CrowdFinding.model_validate(values | figures)


def test_feeds_tell_what_became_of_everybody() -> None:
    held = feed(
        FLASK,
        1_000,
        held=exactly(16),
        asked=3_000,
        unanswered=192,
        untried=2_760,
        due=6_000,
        delivered=96,
        missing=5_904,
    )
    skipped = feed(FLASK, 2_000, rounds=0, skipped="not tried: of 1,000 subscribers it held 16")
    most = feed(TORNADO, 1_000, held=exactly(1_000), asked=3_000, due=6_000, delivered=6_000)
    view = crowds_view((held, skipped, most), FEEDS, CAST)
    assert [(row.label.title, row.number) for row in view.rows] == [
        (CAST.label(TORNADO).title, "1,000"),
        (CAST.label(FLASK).title, "1,000"),
        (CAST.label(FLASK).title, "2,000"),
    ]
    assert "all were let in and stayed" in view.rows[0].accounts
    assert "192 unanswered, 2,760 not tried behind those" in view.rows[1].accounts
    assert "96 of 6,000 events due came in time, 5,904 missing" in view.rows[1].accounts
    assert view.rows[2].skipped.startswith("not tried")
    assert view.rows[2].held is None


def test_growth_shows_what_is_kept_and_hides_what_is_invalid() -> None:
    many = FLASK.model_copy(update={"extra_routes": 1_000})
    other = TORNADO.model_copy(update={"extra_routes": 1_000})
    cells = (
        found(cell(FLASK, Workload.ROUTES, 32), throughput_rps=exactly(2_000)),
        found(cell(many, Workload.ROUTES, 32), throughput_rps=exactly(1_000)),
        found(cell(TORNADO, Workload.ROUTES, 32), throughput_rps=exactly(2_000)),
        found(cell(other, Workload.ROUTES, 32), valid=False),
    )
    change = Change(subject=many, workload=Workload.ROUTES, kept=exactly(0.5))
    (table,) = growth_view(findings(cells=cells, changes=(change,)), CAST).tables
    assert [row.label.title for row in table.rows] == [CAST.label(FLASK).title, CAST.label(TORNADO).title]
    assert table.rows[0].kept_percent is not None
    assert table.rows[0].kept_percent.value.startswith("50")
    assert "half of it failed" in table.rows[1].lack.why
    assert table.rows[1].kept_percent is None
    assert (table.endpoint, table.libraries) == ("json", "Serializer")
    assert growth_view(findings(), CAST).tables == ()


def test_chats_tell_rooms_apart_and_what_was_wrong() -> None:
    small = chat(FLASK, 500, 10, served=exactly(480), asked=1_000, due=9, delivered=7, missing=2, chat=faults(lost=1))
    large = chat(FLASK, 1_000, 1_000, served=exactly(1_000))
    view = crowds_view((large, small), CHATS, CAST)
    assert [row.number for row in view.rows] == ["500 in rooms of 10", "1,000 in one room"]
    assert "7 of 9 messages due came in time, 2 missing, 1 of them lost" in view.rows[0].accounts
    assert view.plot is not None
    assert [row.value for row in view.plot.rows] == ["480"], "one room is another thing than many"
    measured = measured_of(RUN, findings(chats=(small, large)), (), RatioBook(()), CAST)
    (served,) = [fact for fact in facts(measured) if fact.of[FLASK.key].value and not fact.unit]
    assert served.what == view.plot.caption.title == "Members served in rooms of 10", "the other stands in the table"


def chat(subject: Subject, members: int, room: int, **figures: object) -> CrowdFinding:
    of = cell(subject, Workload.CHAT, members, Endpoint.CHAT).model_copy(update={"room": room})
    return feed(subject, members, cell=of, **figures)


def faults(**counts: int) -> ChatFaults:
    return ChatFaults(**dict.fromkeys(ChatFaults.model_fields, 0) | counts)


def test_the_most_of_a_subject_is_where_it_is_sure_to_have_had_most_in_the_plot_as_on_its_card() -> None:
    """It held 5,000 in every round, and of 10,000 anything from none to all."""
    sure = feed(TORNADO, 5_000, held=exactly(5_000))
    unsure = feed(TORNADO, 10_000, held=Estimate(value=5_001, low=470, high=10_000))
    some = feed(FLASK, 1_000, held=exactly(16))
    view = crowds_view((sure, unsure, some), FEEDS, CAST)
    assert view.plot is not None
    assert [(row.value, row.interval) for row in view.plot.rows] == [("5,000", ""), ("16", "")]
    measured = measured_of(RUN, findings(feeds=(sure, unsure, some)), (), RatioBook(()), CAST)
    (held,) = [fact for fact in facts(measured) if fact.what == "Subscribers held"]
    assert {key: known.value and known.value.value for key, known in held.of.items()} == {
        TORNADO.key: "5,000",
        FLASK.key: "16",
    }


def test_what_a_server_has_more_of_is_said_once_where_it_is_the_same_for_all() -> None:
    def table(*routes: int) -> GrowthTable:
        grown = [
            each.model_copy(update={"extra_routes": more}) for each, more in zip((FLASK, TORNADO), routes, strict=True)
        ]
        cells = tuple(found(cell(each, Workload.ROUTES, 32)) for each in (FLASK, TORNADO, *grown))
        (made,) = growth_view(findings(cells=cells), CAST).tables
        return made

    assert table(1_000, 1_000).alike == "1,000 other routes"
    assert table(1_000, 500).alike == ""


@pytest.mark.parametrize(
    ("rounds", "told"),
    [
        (2, "Measured in the first 2 of the run's 3 rounds, since so many members take long to let in."),
        (3, ""),
        (8, ""),
    ],
)
def test_chats_of_fewer_rounds_than_the_run_say_so(rounds: int, told: str) -> None:
    timing = RUN.plan.timing.model_copy(update={"chat_rounds": rounds})
    run = RUN.model_copy(update={"plan": RUN.plan.model_copy(update={"timing": timing})})
    chats = (chat(FLASK, 500, 10, served=exactly(480)),)
    assert measured_of(run, findings(chats=chats), (), RatioBook(()), CAST).chats.tried == told


def test_more_than_all_of_a_throughput_is_explained_where_it_stands() -> None:
    many = FLASK.model_copy(update={"extra_routes": 1_000})
    cells = tuple(found(cell(each, Workload.ROUTES, 32), throughput_rps=exactly(2_000)) for each in (FLASK, many))
    host = HostDependence(
        quantity=HostQuantity.SPEED,
        p_value=0.006,
        windows=99,
        most=TORNADO,
        most_excess=0.05,
        least=many,
        least_excess=-0.076,
    )

    def caption(low: float) -> str:
        change = Change(subject=many, workload=Workload.ROUTES, kept=Estimate(value=1.09, low=low, high=1.18))
        (table,) = growth_view(findings(cells=cells, changes=(change,), host_dependence=(host,)), CAST).tables
        assert table.plot is not None
        return table.plot.caption.text.replace(NBSP, " ")

    name = CAST.label(FLASK).in_sentence
    assert f"more than 100 %, as of {name}, is chance or the host's doing" in caption(1.01)
    assert f"Under {name} with them the CPU was 7.6 % faster" in caption(1.01)
    assert "hardly" not in caption(0.99)
