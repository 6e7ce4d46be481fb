"""The one test of each app: mean CPU time per request in B against A, over all looks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from harness.cli.compare import show
from harness.comparison import ending
from harness.comparison.app_sentences import app_sentence, headline
from harness.comparison.app_test import decided
from harness.comparison.ending import look_at, with_look
from harness.comparison.group_sequential import repeated, shares_at
from harness.comparison.sentences import markdown, notes, verdict
from harness.comparison.within import compare_within
from harness.model.app import Endpoint
from harness.model.app_change import AppChange, AppOutcome
from harness.model.claim import Metric
from harness.model.comparison import RunComparison
from harness.model.conformance import Outcome as Checked
from harness.model.errors import Unforeseen
from harness.model.findings import Estimate
from harness.model.plan import SequentialTest
from harness.plan.sequential import sequential_test
from harness.report.markup import document
from harness.report.view.comparison import comparison_view
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, subject
from tests.unit.analysis.test_contracts import checked
from tests.unit.comparison import sequential
from tests.unit.comparison.recorded import STEADY, with_footprints
from tests.unit.comparison.test_broken_contract import broken
from tests.unit.results.sample import deployment

LOOKS = sequential_test(None, 0.03, 0.05).looks
OTHER = "app0@v1"


def of_two_revisions(  # noqa: PLR0913 - each is another thing
    slower: float,
    *,
    rounds: int = 4,
    apps: Sequence[str] = ("app0",),
    noise: Noise = STEADY,
    twin: bool = False,
    endpoints: tuple[Endpoint, ...] = (Endpoint.JSON,),
) -> RecordedRun:
    """So many rounds of a run of up to 32, in which B of the first app takes so much longer (0.05: 5 %)."""
    capacities = {subject(app): 2000.0 for app in apps} | {subject(f"{app}@v1"): 2000.0 for app in apps}
    capacities[subject(apps[0])] /= 1 + slower
    if twin:
        capacities[subject(apps[0], twin=True)] = capacities[subject(apps[0])]
    recorded = Simulation(
        capacities_rps=capacities,
        endpoints=endpoints,
        rounds=rounds,
        noise=noise,
        deployments=tuple(
            deployment(each).model_copy(
                update={"title": each.app.removesuffix("@v1"), "revision": "as of v1" if "@" in each.app else None}
            )
            for each in capacities
        ),
        latency_windows=1,
    ).recorded()
    plan = recorded.run.plan.model_copy(update={"sequential": SequentialTest(looks=LOOKS)})
    return recorded.model_copy(update={"run": recorded.run.model_copy(update={"plan": plan})})


def of_app(found: RunComparison, app: str = "app0") -> AppChange:
    return next(each for each in found.apps if each.app == app)


def test_an_app_whose_one_line_has_another_figure_says_why() -> None:
    """The second copy of one side counts for the app as a whole."""
    why = "An app's figures as a whole count both copies of the side that was started twice"
    with_copy, without, steady = (
        compare_within(of_two_revisions(0.10, noise=noise, twin=twin), "ab")
        for noise, twin in ((Noise(), True), (Noise(), False), (STEADY, False))
    )
    (line,) = (each for each in with_copy.changes if each.metric is Metric.SERVER_CPU)
    app = of_app(with_copy)
    assert app.cpu is not None
    assert line.ratio is not None
    assert abs(app.cpu.value - line.ratio.value) > 0.001
    assert [note for note in notes(with_copy) if note.startswith(why)]
    assert not [note for found in (without, steady) for note in notes(found) if note.startswith(why)]


def test_a_slow_down_is_told_in_the_first_sentence_and_ends_the_run() -> None:
    found = compare_within(of_two_revisions(0.10), "ab")
    app = of_app(found)
    assert app.outcome is AppOutcome.SLOWER
    assert app.cpu is not None
    assert app.cpu.low < 1.10 < app.cpu.high
    assert verdict(found).startswith("app0 is slower than app0 (as of v1): ")
    assert f"{100 * (app.cpu.value - 1):.1f} % more CPU time per request (95 % interval" in verdict(found)
    assert "after 4 of up to 32 rounds" in verdict(found)
    assert markdown(found).startswith("## Comparison\n\n**app0 is slower")
    assert found.slower == found.apps
    assert found.is_worse
    taken = look_at(found, 4)
    assert taken.ended == f"decided after 4 rounds: {verdict(found)}"
    assert taken.apps == found.apps


@pytest.mark.parametrize(
    ("rounds", "share"),
    [(4, "one eighth"), (6, "3/16"), (8, "a quarter"), (12, "three eighths"), (16, "half"), (24, "three quarters")],
)
def test_an_early_verdict_says_how_much_of_the_level_was_there_to_be_used(
    rounds: int, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare_within(of_two_revisions(0.10, rounds=rounds), "ab")
    told = (
        f"This verdict came early, so it had to be clearer: by round {rounds} of 32, {share} of the 5 % chance of "
        "error may be used."
    )
    assert comparison_view(found).early == told
    assert told in document("comparison.html.jinja", comparison_view(found), title="Comparison")
    assert markdown(found).partition("**\n\n")[2].startswith(told)
    show(found)
    assert f"{verdict(found)}\n{told}\n" in capsys.readouterr().out


def test_a_verdict_after_all_rounds_and_none_at_all_say_nothing_of_looks_before() -> None:
    late = compare_within(of_two_revisions(0.10, rounds=32), "ab")
    assert of_app(late).outcome is AppOutcome.SLOWER
    none = compare_within(of_two_revisions(0.0, noise=Noise(window=0.2, process=0.05)), "ab")
    assert of_app(none).outcome is AppOutcome.UNDECIDED
    for found in (late, none):
        assert not comparison_view(found).early
        assert "came early" not in markdown(found)


def test_a_speed_up_ends_it_too_and_is_no_regression() -> None:
    found = compare_within(of_two_revisions(-0.10), "ab")
    assert of_app(found).outcome is AppOutcome.FASTER
    assert "less CPU time per request" in verdict(found)
    assert not found.is_worse
    assert look_at(found, 4).ended


def test_it_ends_as_soon_as_a_slow_down_worth_finding_is_excluded() -> None:
    found = compare_within(of_two_revisions(0.0, rounds=6), "ab")
    assert of_app(found).outcome is AppOutcome.NOT_SLOWER
    assert "not slower than app0 (as of v1) by 3 % or more" in verdict(found)
    assert look_at(found, 6).ended


def test_what_is_not_decided_goes_on_and_says_what_would_have_been_seen() -> None:
    found = compare_within(of_two_revisions(0.0, noise=Noise(window=0.2, process=0.05)), "ab")
    app = of_app(found)
    assert app.outcome is AppOutcome.UNDECIDED
    assert app.detectable is not None
    assert f"a slow-down of {100 * app.detectable:.1f}".rstrip("0").rstrip(".") in verdict(found)
    assert look_at(found, 4).ended is None


def test_other_quantities_stand_beside_it_with_intervals_as_wide() -> None:
    found = compare_within(with_footprints(of_two_revisions(0.10)), "ab")
    beside = {each.metric: each.ratio for each in of_app(found).beside}
    assert set(beside) == {
        Metric.THROUGHPUT,
        Metric.P50_AS_MET,
        Metric.P99_AS_MET,
        Metric.MEMORY_IDLE,
        Metric.MEMORY_LOADED,
        Metric.START,
    }
    assert beside[Metric.THROUGHPUT].high < 1
    assert all(each.low < each.value < each.high for each in beside.values())
    line = next(each for each in found.changes if each.metric is Metric.SERVER_CPU)
    cpu = of_app(found).cpu
    assert line.ratio is not None
    assert cpu is not None
    assert line.ratio.half_width == pytest.approx(cpu.half_width, rel=0.5)


def test_an_app_that_breaks_the_contract_is_not_waited_for_and_an_invalid_one_is() -> None:
    run = broken(of_two_revisions(0.10, apps=("app0", "app1")), "app1")
    found = compare_within(run, "ab")
    assert of_app(found, "app1").outcome is AppOutcome.BROKEN
    assert "1 is slower (app0" in verdict(found)
    assert "1 breaks the contract (app1)" in verdict(found)
    assert any(note.startswith("app1 can't be compared with app1 (as of v1): in B: it breaks") for note in notes(found))
    assert look_at(found, 4).ended
    invalid = of_app(found, "app1").model_copy(update={"outcome": AppOutcome.INVALID})
    assert look_at(found.model_copy(update={"apps": (found.apps[0], invalid)}), 4).ended is None


def test_an_app_whose_checks_broke_off_is_not_said_to_break_the_contract_and_is_not_waited_for() -> None:
    odd = checked(subject("app1"), Checked.FAILED)
    ours = odd.results[0].model_copy(update={"found": Unforeseen("the check", LookupError("odd")).what})
    run = of_two_revisions(0.10, apps=("app0", "app1"))
    found = compare_within(run.model_copy(update={"conformance": (odd.model_copy(update={"results": (ours,)}),)}), "ab")
    assert of_app(found, "app1").outcome is AppOutcome.UNCHECKED
    assert "1 could not be checked in full (app1)" in verdict(found)
    assert not any("breaks the contract" in each for each in (verdict(found), *notes(found)))
    assert look_at(found, 4).ended
    both = run.model_copy(update={"conformance": (odd.model_copy(update={"results": (ours, *odd.results)}),)})
    assert of_app(compare_within(both, "ab"), "app1").outcome is AppOutcome.BROKEN


def test_a_run_that_was_not_to_be_looked_at_is_tested_once_after_its_rounds() -> None:
    recorded = of_two_revisions(0.10)
    plan = recorded.run.plan.model_copy(update={"sequential": None})
    found = compare_within(recorded.model_copy(update={"run": recorded.run.model_copy(update={"plan": plan})}), "ab")
    looked = of_app(compare_within(recorded, "ab")).cpu
    once = of_app(found).cpu
    assert once is not None
    assert looked is not None
    assert once.half_width < 0.7 * looked.half_width
    assert "after 4 rounds" in verdict(found)


def an_app(p_value: float, *, app: str = "one", high: float = 1.2) -> AppChange:
    return AppChange(
        app=app,
        a=f"{app} (as of v1)",
        b=app,
        outcome=AppOutcome.UNDECIDED,
        cpu=Estimate(value=1.04, low=0.99, high=high),
        p_value=p_value,
        rounds=8,
        cells=3,
    )


def test_over_several_apps_each_needs_more_to_be_told_apart() -> None:
    test = SequentialTest(looks=LOOKS)
    alone = decided([an_app(0.03)], test)
    assert [each.outcome for each in alone] == [AppOutcome.SLOWER]
    both = decided([an_app(0.03, app="one"), an_app(0.2, app="two", high=1.029)], test)
    assert [each.outcome for each in both] == [AppOutcome.UNDECIDED, AppOutcome.NOT_SLOWER]
    one_sure = decided([an_app(0.03, app="one"), an_app(0.02, app="two")], test)
    assert [each.outcome for each in one_sure] == [AppOutcome.SLOWER, AppOutcome.SLOWER]
    assert headline(one_sure, test) == "Of 2 apps, 2 are slower (one 4.0 % more, two 4.0 % more)."


def test_a_sentence_says_on_which_side_of_nothing_an_interval_ends() -> None:
    app = an_app(0.00001).model_copy(update={"outcome": AppOutcome.SLOWER})
    words = app_sentence(app, SequentialTest(looks=LOOKS, alpha=0.01))
    assert "(99 % interval 1.0 % less to 20.0 % more; p < 0.0001)" in words
    more = app.model_copy(update={"cpu": Estimate(value=1.5, low=1.25, high=12.0), "outcome": AppOutcome.SLOWER})
    assert "50.0 % more CPU time per request (95 % interval 25.0 % more to 12 times as much" in app_sentence(
        more, SequentialTest(looks=LOOKS)
    )


def test_simulated_runs_are_judged_as_real_ones_are() -> None:
    """tests/unit/comparison/sequential.py works on thousands at a time; on the same rounds it says the same."""
    runs, slower = 60, (0.04,)
    ended = sequential.simulate(runs, slower=slower)
    rounds = sequential.NOISY.rounds(np.random.default_rng(1), runs, 1, LOOKS[-1])[:, 0] + np.log1p(slower[0])
    test = SequentialTest(looks=LOOKS)
    for place, (outcome,) in enumerate(ended.outcomes):
        look = int(ended.after[place])
        found = repeated(list(enumerate(rounds[place, :look].tolist())), LOOKS)
        assert found is not None
        reach = found.reach(test.alpha)
        cpu = Estimate(value=np.exp(found.value), low=np.exp(found.value - reach), high=np.exp(found.value + reach))
        (app,) = decided([an_app(found.p_value).model_copy(update={"cpu": cpu})], test)
        assert app.outcome is sequential.OUTCOMES[outcome]


def test_it_is_looked_after_certain_rounds_only_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "read_run", lambda _: of_two_revisions(0.10))
    told: list[str] = []
    look = ending.looking(Path("a run"), SequentialTest(looks=LOOKS), told.append)
    assert [look(rounds) for rounds in (1, 2, 3, 5, 7)] == [None] * 5
    taken = look(4)
    assert taken is not None
    assert taken.ended
    (line,) = told
    assert line.startswith("after round 4: app0 is slower than app0 (as of v1): ")


def test_the_second_copy_of_a_side_counts_as_well() -> None:
    recorded = of_two_revisions(0.0, noise=Noise(window=0.01, process=0.05), twin=True)
    (app,) = compare_within(recorded, "ab").apps
    twin = subject("app0", twin=True)
    others = [window for window in recorded.windows if not window.cell.startswith(twin.key)]
    (without,) = compare_within(recorded.model_copy(update={"windows": tuple(others)}), "ab").apps
    assert app.cpu is not None
    assert without.cpu is not None
    assert app.cpu.value != pytest.approx(without.cpu.value, rel=1e-3)
    assert app.rounds == without.rounds == 4


def without_windows(recorded: RecordedRun, *starts: str) -> RecordedRun:
    left = tuple(window for window in recorded.windows if not window.cell.startswith(starts))
    return recorded.model_copy(update={"windows": left})


def test_of_several_apps_less_would_have_been_seen_of_each() -> None:
    """Whoever is told apart has to be so after the correction; an app without a figure is not corrected for."""
    three = of_two_revisions(0.0, apps=("app0", "app1", "app2"), noise=Noise(window=0.2, process=0.05))
    alone = of_app(compare_within(without_windows(three, "app1", "app2"), "ab")).detectable
    among = of_app(compare_within(three, "ab")).detectable
    assert alone is not None
    assert among is not None
    assert among > 1.2 * alone


def test_what_several_apps_leave_undecided_says_why_its_interval_lacks_nothing() -> None:
    """Its interval is that of one app, and ends above 0."""
    test = SequentialTest(looks=LOOKS)
    sure = an_app(0.03, app="one").model_copy(update={"cpu": Estimate(value=1.02, low=1.004, high=1.029)})
    one, two = decided([sure, an_app(0.2, app="two")], test)
    assert (one.outcome, two.outcome) == (AppOutcome.NOT_SLOWER, AppOutcome.UNDECIDED)
    assert "; p = 0.03, which is too much where several apps are tested at once), after" in app_sentence(one, test)
    assert "too much" not in app_sentence(two, test)
    (alone,) = decided([sure], test)
    assert alone.outcome is AppOutcome.SLOWER
    assert "too much" not in app_sentence(alone, test)


def test_a_verdict_on_some_of_the_cells_says_so_first() -> None:
    both = of_two_revisions(0.10, endpoints=(Endpoint.HELLO, Endpoint.JSON))
    found = compare_within(both, "ab")
    assert (of_app(found).cells, of_app(found).planned) == (2, 2)
    assert verdict(found).endswith("after 4 of up to 32 rounds.")
    found = compare_within(without_windows(both, f"{OTHER}/controlled:hello:capacity"), "ab")
    assert (of_app(found).cells, of_app(found).planned) == (1, 2)
    assert verdict(found).endswith("after 4 of up to 32 rounds, on 1 of 2 cells: 1 has no figure.")


def test_a_look_at_what_was_cut_off_uses_its_part_of_the_level_for_good() -> None:
    """Whoever stopped a run after each round and went on would look far more often than it allows for."""
    noise = Noise(window=0.2, process=0.05)
    cut_off = of_two_revisions(0.0, rounds=5, noise=noise)
    shown = compare_within(cut_off, "ab")
    run = with_look(cut_off.run, shown, 5)
    assert [(look.rounds, look.ended) for look in run.looks] == [(5, None)]
    assert with_look(run, shown, 5) is run
    later = of_two_revisions(0.0, rounds=8, noise=noise)
    gone_on = later.model_copy(update={"run": later.run.model_copy(update={"looks": run.looks})})
    at_once, after_both = (of_app(compare_within(each, "ab")) for each in (later, gone_on))
    assert at_once.cpu is not None
    assert after_both.cpu is not None
    assert after_both.cpu.half_width > at_once.cpu.half_width
    found = compare_within(gone_on, "ab")
    assert found.test is not None
    assert shares_at(found.test.looks, 8) == (4 / 32, 5 / 32, 6 / 32, 8 / 32)
    assert "after 8 of up to 32 rounds" in verdict(found)


def test_what_shows_nothing_yet_or_is_no_test_is_no_look() -> None:
    one_round = of_two_revisions(0.0, rounds=1)
    assert with_look(one_round.run, compare_within(one_round, "ab"), 1) is one_round.run
    some = of_two_revisions(0.0)
    untested = some.run.model_copy(update={"plan": some.run.plan.model_copy(update={"sequential": None})})
    assert with_look(untested, compare_within(some, "ab"), 4) is untested
