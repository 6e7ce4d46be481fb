import pytest

from harness.model.app import Endpoint, Family
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.findings import Comparison, CopiesTest, Estimate, Findings, Ranking, RankRow
from harness.model.latency_figure import Latency, LatencyFigure
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.standings import capacity_standings, latency_standings
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()
CAST = Cast(RUN)
SANIC, FASTAPI, FLASK, DJANGO, BARE = (
    Subject(app=app, variant="controlled") for app in ("sanic", "fastapi", "flask", "django", "asgi")
)
OTHERS = (
    *(Subject(app=app, variant="controlled") for app in ("bottle", "pyramid", "hostile")),
    Subject(app="tornado", variant="default"),
)


def about(value: float) -> Estimate:
    return Estimate(value=value, low=value * 0.96, high=value * 1.04)


def findings_with(
    *places: tuple[int, Subject, float],
    comparisons: tuple[Comparison, ...] = (),
    workload: Workload = Workload.CAPACITY,
) -> Findings:
    ranks = [rank for rank, _, _ in places]
    best = places[0][2] if places else 1.0
    rows = tuple(
        RankRow(
            rank=rank,
            tied=ranks.count(rank) > 1,
            subject=subject,
            value=about(value),
            ratio_to_best=about(value / best),
        )
        for rank, subject, value in places
    )
    latency = workload is Workload.LATENCY
    ranking = Ranking(
        endpoint=Endpoint.JSON,
        workload=workload,
        rate=RateRule.COMMON if latency else None,
        figure=LatencyFigure(latency=Latency.AS_MET, quantile=0.99) if latency else None,
        unit="p99 as met, us" if latency else "requests/s",
        higher_is_better=not latency,
        rows=rows,
        invalid=(),
    )
    ranked = {row.subject for row in rows}
    return Findings(
        run_id="r",
        cells=tuple(each for each in FINDINGS.cells if each.cell.subject in ranked),
        rankings=(ranking,),
        comparisons=comparisons,
        overheads=(),
        sanity=(),
        copies=CopiesTest(subject=None),
        rounds_complete=4,
        rounds_planned=4,
        median_ratio_half_width=0.05,
    )


def capacity_text(findings: Findings) -> str:
    return in_both(findings)[0]


def in_both(findings: Findings) -> tuple[str, str]:
    """At length, and in short."""
    ((endpoint, text, short),) = capacity_standings(findings, CAST)
    assert endpoint == "json"
    return text.replace(NBSP, " "), short.replace(NBSP, " ")


def test_a_sole_leader_is_named_with_its_interval_and_its_lead_over_the_next() -> None:
    text = capacity_text(findings_with((1, FASTAPI, 3000), (2, FLASK, 1500), (3, DJANGO, 1000)))
    first = "FastAPI (controlled, uvicorn) answers the most requests"
    assert text.startswith(f"{first}: 3,000 requests/s (2,880 to 3,120).")
    assert "That is 2.00 (1.92 to 2.08) times what the next, Flask (controlled, gunicorn gthread), answers." in text
    last = "The lowest capacity is that of Django (controlled, gunicorn gthread)"
    assert f"{last}: 1,000 requests/s (960 to 1,040)" in text
    assert "lower than the first by a factor of 3.00 (2.88 to 3.13)" in text
    assert "Tied" not in text


def test_tied_leaders_share_first_place_and_no_lead_is_claimed() -> None:
    text = capacity_text(findings_with((1, FASTAPI, 3000), (1, SANIC, 2950), (3, FLASK, 1500)))
    assert text.startswith(
        "FastAPI (controlled, uvicorn) and Sanic (controlled, uvicorn) share first place: "
        "this run can't tell them apart."
    )
    assert "times what the next" not in text


def test_ties_further_down_are_named_with_their_place() -> None:
    text = capacity_text(findings_with((1, SANIC, 7000), (2, FLASK, 1500), (2, DJANGO, 1480)))
    second = "Flask (controlled, gunicorn gthread) and Django (controlled, gunicorn gthread)"
    assert f"Tied in second place: {second}." in text


def test_a_baseline_ahead_of_all_frameworks_is_no_leader() -> None:
    text = capacity_text(findings_with((1, BARE, 11_000), (2, SANIC, 7000), (3, FLASK, 1500)))
    assert CAST.label(BARE).family is Family.BASELINE
    assert text.startswith("Sanic")
    assert "Bare ASGI" not in text


def test_a_lead_is_given_only_where_its_interval_was_formed_within_rounds() -> None:
    places = ((1, BARE, 11_000), (2, SANIC, 7000), (3, FLASK, 1500))
    assert "That is" not in capacity_text(findings_with(*places))
    pair = Comparison(
        a=FLASK,
        b=SANIC,
        endpoint=Endpoint.JSON,
        workload=Workload.CAPACITY,
        rate=None,
        ratio=Estimate(value=0.2, low=0.16, high=0.25),
        tied=False,
    )
    assert "That is 5.00 (4.00 to 6.25) times" in capacity_text(findings_with(*places, comparisons=(pair,)))


def test_a_single_valid_framework_and_none_at_all_are_said_plainly() -> None:
    alone = capacity_text(findings_with((1, FLASK, 1500)))
    assert alone.startswith("Only Flask (controlled, gunicorn gthread) has a valid result")
    assert capacity_text(findings_with()) == "No framework has a valid result."


def test_of_a_latency_that_others_have_none_of_it_is_not_said_that_they_are_invalid() -> None:
    """Their cells may be valid: as met, they have one."""
    findings = findings_with((1, FLASK, 1500), workload=Workload.LATENCY)
    cells = [
        findings.cells[0].model_copy(
            update={
                "cell": Cell(
                    subject=each,
                    endpoint=Endpoint.JSON,
                    workload=Workload.LATENCY,
                    connections=64,
                    rate=RateRule.COMMON,
                ),
                "valid": True,
            }
        )
        for each in (FLASK, SANIC)
    ]
    ((_, text, _),) = latency_standings(findings.model_copy(update={"cells": tuple(cells)}), CAST)
    known = "The p99 as met is known of Flask (controlled, gunicorn gthread) only: 1.50 ms"
    assert text.replace(NBSP, " ").startswith(known)


def test_latencies_are_told_in_milliseconds_at_the_common_rate_and_less_is_better() -> None:
    findings = findings_with((1, SANIC, 800), (2, FLASK, 4000), workload=Workload.LATENCY)
    ((what, text, _),) = latency_standings(findings, CAST)
    assert what.replace(NBSP, " ") == "json at the common rate of 640 requests/s"
    assert "has the lowest p99 as met: 0.800 ms" in text.replace(NBSP, " ")
    assert "is 5.00 (4.80 to 5.20) times as long" in text.replace(NBSP, " ")


def test_a_percentile_that_too_few_requests_tell_is_not_called_invalid() -> None:
    cell = Cell(subject=FLASK, endpoint=Endpoint.JSON, workload=Workload.LATENCY, connections=64, rate=RateRule.COMMON)
    valid = next(each for each in FINDINGS.cells if each.valid).model_copy(update={"cell": cell})
    nobody = findings_with(workload=Workload.LATENCY)
    ((_, none, _),) = latency_standings(nobody.model_copy(update={"cells": ()}), CAST)
    ((_, some, short),) = latency_standings(nobody.model_copy(update={"cells": (valid,)}), CAST)
    assert none == "No framework has a valid result."
    assert some.startswith("The p99 as met is known of no framework: a p99 takes ")
    assert short == "The p99 as met is known of no framework.", "the table below says why"


def test_in_short_only_the_ends_are_told() -> None:
    text, short = in_both(findings_with((1, SANIC, 7000), (2, FLASK, 1500), (2, FASTAPI, 1480), (4, DJANGO, 900)))
    assert short.startswith("Sanic (controlled, uvicorn) answers the most requests: 7,000 requests/s")
    assert "The lowest capacity is that of Django" in short
    assert ("Tied" in text, "Tied" in short) == (True, False)


def test_in_short_many_that_share_first_place_are_counted() -> None:
    places = tuple((1, each, 3000 - place) for place, each in enumerate((SANIC, FASTAPI, FLASK)))
    _, short = in_both(findings_with(*places))
    assert short == (
        "3 deployments share first place: this run can't tell them apart. The best estimate is that of Sanic "
        "(controlled, uvicorn), 3,000 requests/s (2,880 to 3,120)."
    )
    _, two = in_both(findings_with(*places[:2]))
    assert two.startswith("Sanic (controlled, uvicorn) and FastAPI (controlled, uvicorn) share first place")


def lacking(findings: Findings, *subjects: Subject) -> Findings:
    """The same with cells of these, which no ranking has."""
    cells = (each for each in FINDINGS.cells if each.cell.subject in subjects)
    return findings.model_copy(update={"cells": (*findings.cells, *cells)})


@pytest.mark.parametrize("workload", [Workload.CAPACITY, Workload.LATENCY])
def test_the_last_is_the_last_of_those_that_are_known_and_the_others_are_named(workload: Workload) -> None:
    """The summary of the example had the fastest of those that could be told as the slowest of all."""
    latency = workload is Workload.LATENCY
    standings = latency_standings if latency else capacity_standings
    what = "p99 as met" if latency else "capacity"
    end = "highest" if latency else "lowest"
    places = [(1, SANIC, 900.0), (2, FASTAPI, 950.0), (3, FLASK, 990.0)]
    ranked = findings_with(*places, workload=workload)
    for findings, known, rest in (
        (ranked, "", ""),
        (
            lacking(ranked, DJANGO),
            " that is known",
            f" The {what} is not known of Django (controlled, gunicorn gthread).",
        ),
        (lacking(ranked, BARE), "", ""),
        (lacking(ranked, DJANGO, *OTHERS), " that is known", f" The {what} is not known of 5 deployments."),
    ):
        ((_, text, short),) = standings(findings, CAST)
        for told in (text.replace(NBSP, " "), short.replace(NBSP, " ")):
            assert f"The {end} {what}{known} is that of Flask (controlled, gunicorn gthread): " in told
            assert told.endswith(rest)
            assert ("not known of" in told) is bool(rest)
