"""`bench show` says of a run what a reader has to know before believing it."""

import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.cli import show
from harness.cli.main import bench
from harness.model.app import Family
from harness.model.cell import Workload
from harness.model.conformance import Outcome
from harness.model.findings import TIE_MARGIN
from harness.report.markup import html, markdown
from harness.report.numbers import NBSP, reading
from harness.report.page import compose
from harness.report.view.ranking import ranking_caption
from harness.results.records import RecordedRun
from tests.saying import say
from tests.unit.analysis.fed import fed, talked
from tests.unit.analysis.simulate import Simulation, meter, subject
from tests.unit.analysis.test_contracts import checked
from tests.unit.analysis.test_outages import ENDED, FAST, SOUND, that_ended
from tests.unit.results.sample import deployment

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def shown(recorded: RecordedRun, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(show, "read_chosen", lambda _: (Path(), recorded))
    said = say("show")
    assert said.code == 0, said.err
    return said.out


def lines_of(text: str, heading: str) -> list[str]:
    """What stands below a heading, up to the next empty line."""
    return text.split(f"\n{heading}", 1)[1].split("\n\n", 1)[0].splitlines()[1:]


def test_a_baseline_stands_below_the_ranked_with_its_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    flask, bare = subject("flask"), subject("wsgi")
    deployments = (deployment(flask), deployment(bare, family=Family.BASELINE))
    recorded = Simulation(capacities_rps={flask: 2_000, bare: 6_000}, deployments=deployments).recorded()
    _, first, last, *_ = lines_of(shown(recorded, monkeypatch), "capacity of json")
    assert first.split()[:2] == ["1", "flask"]
    assert last.split()[:3] == ["-", "wsgi", "(baseline)"]
    assert "6," in last or "5," in last
    assert first.split()[-2:] == ["-", "-"]  # to be the best takes two


def test_of_whom_too_few_requests_tell_a_percentile_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    few = Simulation(capacities_rps={subject("slow"): 150}, rounds=2, latency_windows=1).recorded()
    told = lines_of(shown(few, monkeypatch), "latency of json at the common rate, p99 as met")
    assert "no valid cell" not in told
    (line,) = [line for line in told if line.startswith("too few requests to tell it of: slow")]
    assert re.search(r": a p99 takes 400 requests, and \d+ came in 2 rounds: --rounds \d+ or a longer --profile", line)
    assert line.endswith("; they are ranked by p50 as met")
    _, ranked, *_ = lines_of(shown(few, monkeypatch), "latency of json at the common rate, p50 as met")
    assert ranked.split()[:2] == ["1", "slow"]


RANK_RULE = (
    "A rank is one more than the number of those that were shown to be better by more than 3.0 %, directly or by way "
    "of others."
)


def test_what_a_rank_is_is_told_wherever_ranks_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """`2=`, `2=`, `3` is right where one of the two was shown to be better than the third; so it has to be said."""
    apart, tied = (
        Simulation({subject("fast"): 9_000, subject("slow"): 3_000, subject("slower"): least}).recorded()
        for least in (1_000, 3_000)
    )
    for ranked, ranks, shared in ((apart, (1, 2, 3), ""), (tied, (1, 2, 2), " `2=` is rank 2, shared.")):
        told = f"{RANK_RULE}{shared}"
        assert told in shown(ranked, monkeypatch).splitlines()
        caption = ranking_caption(TIE_MARGIN, ranks).replace(NBSP, " ")
        assert caption.count(RANK_RULE) == 1
        assert ("shaded band" in caption) is bool(shared)
        page = compose(ranked.run, analyse(ranked), evaluate(read_claims(ARTICLE), ranked), ranked.starts, ())
        assert f"{told} The full report" in markdown(page).replace(NBSP, " ")


def test_who_ended_by_itself_is_named_first_and_not_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(that_ended(SOUND.recorded(), FAST), monkeypatch)
    assert ENDED in text.splitlines()[0]
    assert [line.split()[1] for line in lines_of(text, "capacity of hello")[1:2]] == ["slow"]


def test_capacities_of_what_others_left_of_a_cpu_are_named_before_any_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    flask, lilya = subject("flask"), subject("lilya")
    recorded = Simulation({flask: 2_000, lilya: 373}, deployments=(deployment(flask), deployment(lilya))).recorded()
    windows = tuple(
        each.model_copy(update={"meter": meter(0.14, server_idle_ns=0)}) if each.cell.startswith("lilya") else each
        for each in recorded.windows
    )
    starved = recorded.model_copy(update={"windows": windows})
    sentence = (
        "Others had the server's CPU: on json, capacity, 32 connections, "
        "lilya (controlled, gunicorn gthread) at 14 % of a CPU. "
    )
    text = shown(starved, monkeypatch)
    assert text.splitlines()[0].startswith(sentence)
    assert text.count("Others had") == 1
    page = compose(starved.run, analyse(starved), evaluate(read_claims(ARTICLE), starved), starved.starts, ())
    beware, claims = markdown(page).replace(NBSP, " ").partition("What to beware of")[2].split("## Claims")
    assert sentence in beware
    assert sentence in claims, "a verdict on these capacities is no surer than they are"
    assert f"<strong>To beware of:</strong> {sentence}" in unescape(html(page)).replace(NBSP, " ")
    assert "Others had" not in shown(recorded, monkeypatch)
    monkeypatch.setattr("harness.cli.claims.read_chosen", lambda _: (Path(), starved))
    before, _, verdicts = say("claims").out.partition("Quality: ")
    assert before.startswith(sentence)
    assert verdicts


def test_whether_the_host_cared_who_was_measured_and_what_latencies_are_not_known_is_said() -> None:
    shown = CliRunner().invoke(bench, ["show", str(SAMPLE)], standalone_mode=False)
    assert shown.exit_code == 0, shown.output
    assert "steal of the host did not depend, as far as can be told, on who was measured (p = " in shown.output
    assert re.search(r"\(p = [\d.]+; p below 0\.01 would tell it\)", shown.output)
    assert "no latency of the server: stalls of the host were not watched: " in shown.output
    assert "p50 as met, us" in shown.output
    assert "p99 as met, us" in shown.output


def test_two_apps_stand_side_by_side_and_each_line_says_which_is_better_or_that_they_are_tied() -> None:
    shown = CliRunner().invoke(
        bench, ["show", str(SAMPLE), "--app", "flask", "--app", "fastapi"], standalone_mode=False
    )
    assert shown.exit_code == 0, shown.output
    line = next(line for line in shown.output.splitlines() if line.startswith("P99 as met on json"))
    assert "FastAPI (controlled, uvicorn)" in line
    assert re.search(r"5\.99. \(4\.64.7\.73\)", line)
    assert "tied" in next(line for line in shown.output.splitlines() if line.startswith("Capacity on db"))
    start = next(line for line in shown.output.splitlines() if line.startswith("Start-up"))
    assert "FastAPI" not in start, "one start of each says nothing"
    assert "Flask" not in start


def test_who_held_how_many_of_a_feed_and_served_how_many_of_a_chat_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    many, few = subject("many"), subject("few")
    _, first, *_ = lines_of(shown(talked({few: [50, 50], many: [100, 100]}), monkeypatch), "Chats")
    assert first.split()[0] == "many"
    assert "100 in rooms of 10" in first or "100 in one room" in first
    text = shown(fed({many: [100, 100], few: [30, 30]}), monkeypatch)
    assert [line.split()[0] for line in lines_of(text, "Feeds")[1:3]] == ["many", "few"]
    assert "\nChats" not in text


@pytest.mark.parametrize(
    ("outcome", "named", "first"),
    [
        (Outcome.DEVIATES, "† deviates by itself, as its manifest says: {}: unknown path: {}", "fast†"),
        (Outcome.FAILED, "breaks the contract, so it takes no rank: {}: json, unknown path: status 200", "slow"),
        (Outcome.PASSED, "", "fast"),
    ],
)
def test_who_deviates_by_itself_is_named_and_ranked_and_who_breaks_the_contract_is_named_alone(
    monkeypatch: pytest.MonkeyPatch, outcome: Outcome, named: str, first: str
) -> None:
    declared = "answers 404, https://example.org/1"
    check = checked(FAST, outcome)
    results = tuple(each.model_copy(update={"declared": declared}) for each in check.results)
    recorded = SOUND.recorded().model_copy(update={"conformance": (check.model_copy(update={"results": results}),)})
    text = shown(recorded, monkeypatch)
    sentence = named.format("fast (controlled, gunicorn gthread)", declared)
    assert sentence in text
    assert ("unknown path" in text) is bool(named)
    assert lines_of(text, "capacity of hello")[1].split()[1] == first


def test_figures_and_ratios_have_the_digits_that_the_report_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio of 0.0371 (0.0336 to 0.0409) was 0.04 (0.03 .. 0.04), and a p50 of 0.283 ms 283 us."""
    fast, slow = subject("fast"), subject("slow")
    recorded = Simulation({fast: 9_000, slow: 300}).recorded()
    ranking = next(each for each in analyse(recorded).rankings if each.workload is Workload.CAPACITY)
    rows = lines_of(shown(recorded, monkeypatch), "capacity of json")[1:3]
    for line, row in zip(rows, ranking.rows, strict=True):
        value, ratio = reading(row.value), reading(row.ratio_to_best)
        assert f" {value.value} " in line
        assert f" {value.low} .. {value.high} " in line
        if row is not ranking.rows[0]:
            assert re.fullmatch(r"0\.0\d{3}", ratio.value)
            assert line.rstrip().endswith(f"{ratio.low} .. {ratio.high}")
            assert f" {ratio.value} " in line


def test_cpu_time_per_request_is_shown_and_in_which_rounds_a_chat_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    fast, slow = subject("fast"), subject("slow")
    recorded = Simulation({fast: 9_000, slow: 300}).recorded()
    head, *rows = lines_of(shown(recorded, monkeypatch), "CPU per request on json")[:3]
    assert head.startswith("app ")
    assert [row.split()[0] for row in rows] == ["fast", "slow"]
    chat = talked({fast: [100, 100, 100], slow: [50, 50, 50]})
    timing = chat.run.plan.timing.model_copy(update={"chat_rounds": 2})
    few = chat.run.model_copy(update={"plan": chat.run.plan.model_copy(update={"timing": timing})})
    note, *_ = lines_of(shown(chat.model_copy(update={"run": few}), monkeypatch), "Chats")
    assert note.startswith("Measured in the first 2 of the run's 3 rounds")
