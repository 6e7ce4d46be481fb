"""Of a valid cell, what is not known says why, by the same words wherever it is shown."""

from html import unescape
from pathlib import Path

import numpy as np
import pytest

from harness.analysis.analyse import analyse
from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import is_known
from harness.claims.evaluate import evaluate
from harness.claims.no_value import UNREAD_WORDS
from harness.claims.read import ARTICLE, read_claims
from harness.cli import show
from harness.model.cell import Workload
from harness.model.claim import Claim, ClaimsFile
from harness.model.latency_figure import (
    Latency,
    LatencyFigure,
    enough_rounds,
    few_requests_words,
    requests_for,
    requests_in_a_round,
)
from harness.report.markup import html
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.cpu_per_request import cpu_view
from harness.report.view.curves import lack_of_percentile
from harness.report.view.latency import latency_view
from harness.report.view.ratios import RatioBook
from harness.report.view.terms import NOT_KNOWN
from harness.results.records import RecordedRun
from tests.saying import say
from tests.unit.analysis.latency.test_percentiles import rounds_of
from tests.unit.analysis.simulate import Simulation, subject

READ, UNREAD = subject("flask"), subject("bottle")


@pytest.fixture(scope="module")
def recorded() -> RecordedRun:
    """Of one app no meter was read in time, and of neither did enough requests arrive for a p99."""
    whole = Simulation({READ: 300.0, UNREAD: 150.0}, rounds=2, latency_windows=1).recorded()
    windows = (
        each.model_copy(update={"meter": None}) if each.cell.startswith(UNREAD.key) else each for each in whole.windows
    )
    return whole.model_copy(update={"windows": tuple(windows)})


def test_a_cpu_time_that_was_not_read_says_so_in_the_report(recorded: RecordedRun) -> None:
    findings = analyse(recorded)
    cast = Cast(recorded.run, findings.contracts)
    (endpoint,) = cpu_view(findings, RatioBook.of(findings), cast).endpoints
    lacks = {row.label.key: row.lack for row in endpoint.rows}
    assert lacks[READ.key] is None
    unread = lacks[UNREAD.key]
    assert unread is not None
    assert (unread.word, unread.why) == (NOT_KNOWN, UNREAD_WORDS)
    assert endpoint.plot is not None
    assert [row.note for row in endpoint.plot.rows if row.key == UNREAD.key] == [f"{NOT_KNOWN}: {UNREAD_WORDS}"]
    claims = evaluate(read_claims(ARTICLE), recorded)
    page = unescape(html(compose(recorded.run, findings, claims, recorded.starts, ())))
    assert ">not measured<" not in page
    assert page.count(UNREAD_WORDS) >= 2, "in the table and in the picture"


def test_bench_show_says_it_too(recorded: RecordedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "read_chosen", lambda _: (Path(), recorded))
    said = say("show").out
    (line,) = (line for line in said.splitlines() if line.startswith("no CPU time of the server: "))
    assert line.startswith(f"no CPU time of the server: {UNREAD_WORDS}: bottle ")
    assert "flask" not in line


def test_a_claim_that_rests_on_it_says_it_too(recorded: RecordedRun) -> None:
    condition = {
        "form": "bound",
        "subjects": ("bottle",),
        "metric": "server_cpu_us_per_request",
        "endpoints": ("json",),
        "deployments": ("controlled",),
        "at_most": 1,
    }
    claim = Claim.model_validate({"id": "one", "says": "It is cheap.", "condition": (condition,)})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded).claims
    assert UNREAD_WORDS in found.sentence


def test_a_percentile_says_how_many_requests_it_takes_and_what_has_them(recorded: RecordedRun) -> None:
    findings = analyse(recorded)
    (group,) = latency_view(findings, Cast(recorded.run, findings.contracts)).groups
    figure = LatencyFigure(latency=Latency.AS_MET, quantile=0.99)
    (slow,) = (
        each for each in findings.cells if each.cell.workload is Workload.LATENCY and each.cell.subject == UNREAD
    )
    lacking = lack_of_percentile(slow, figure)
    assert lacking is not None
    rounds = enough_rounds(400, slow.requests, 2)
    assert lacking.text == (
        f"not known: a p99 takes 400 requests, and {slow.requests} came in 2 rounds: --rounds {rounds} or a longer "
        "--profile would be enough"
    )
    assert "takes 400 requests, 67 of them in each round, and " in group.ranked_by
    (by_p99,) = (table for table in group.rankings if table.plot is None)
    assert {row.lack.word for row in by_p99.rows if row.lack} == {NOT_KNOWN}


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99, 0.999])
def test_so_many_requests_as_are_told_are_what_a_percentile_takes(quantile: float) -> None:
    needed = requests_for(quantile)
    assert is_known(rounds_of([1.0], 1, requests=needed), quantile)
    assert not is_known(rounds_of([1.0], 1, requests=needed - 2), quantile)
    least = requests_in_a_round(quantile)
    known, unknown = (
        Durations.of_requests(np.linspace(1e6, 2e6, number), np.zeros(0)) for number in (least, least - 1)
    )
    assert known.quantile_ns(quantile) is not None
    assert unknown.quantile_ns(quantile) is None


def test_what_would_be_enough_is_more_than_just_enough() -> None:
    assert enough_rounds(400, 50.0, 1) * 50 >= 400
    assert few_requests_words(0.99, [70, 143], 1) == (
        "a p99 takes 400 requests, and 70 to 143 came in 1 round: --rounds 7 or a longer --profile would be enough"
    )
    assert few_requests_words(0.99, [132, 303], 3) == (
        "a p99 takes 400 requests, 67 of them in each round, and 132 to 303 came in 3 rounds: "
        "a longer --profile has more"
    ), "44 in each round tell none, however many rounds there are"
    assert "a longer --profile has more" in few_requests_words(0.99, [0], 1)
    assert few_requests_words(0.99, [600], 12).startswith("a p99 takes 67 requests in a round, and fewer came")
