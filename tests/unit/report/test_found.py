from collections.abc import Callable

import pytest

from harness.model.calibration import Ceiling
from harness.model.cell import Workload
from harness.model.findings import CopiesTest, Findings, SanityCheck
from harness.model.host import Check, Grade
from harness.model.run import Run
from harness.model.validity import Gate, GateName
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.found import found_view
from harness.report.view.headroom import headroom_view
from harness.report.view.host_speed import speed_view
from harness.report.view.quality import quality_view
from tests.unit.report.sample import Sample
from tests.unit.report.test_special_workloads import feed

RUN, FINDINGS, _, _ = Sample().build()
CAST = Cast(RUN)


def certainty(run: Run, findings: Findings) -> str:
    return "\n".join(found_view(run, findings, Cast(run)).certainty).replace(NBSP, " ")


def caveats(run: Run, findings: Findings) -> str:
    return "\n".join(found_view(run, findings, Cast(run)).caveats).replace(NBSP, " ")


def test_the_width_of_the_intervals_and_the_rounds_behind_them_are_told() -> None:
    assert "within ±4.7 % or better, from 4 rounds" in certainty(RUN, FINDINGS)


def test_intervals_that_tell_nothing_are_not_called_good() -> None:
    text = certainty(RUN, FINDINGS.model_copy(update={"median_ratio_half_width": 23.0}))
    assert "uncertain by ±2,300 % or more, so hardly anything can be told apart after 4 rounds" in text
    assert "or better" not in text


@pytest.mark.parametrize(("apps", "said"), [(1, " keeps some connections"), (2, " keep some connections")])
def test_servers_that_mix_their_connections_are_named(apps: int, said: str) -> None:
    mixed = [each.model_copy(update={"keep_alive": "mixed"}) for each in RUN.deployments[:apps]]
    text = caveats(RUN.model_copy(update={"deployments": (*mixed, *RUN.deployments[apps:])}), FINDINGS)
    assert f"{said} open between requests and {'closes' if apps == 1 else 'close'} others." in text


def test_what_the_host_s_speed_did_is_told() -> None:
    text = certainty(RUN, FINDINGS)
    assert "varied by 14 % (standard deviation)" in text
    assert (
        "which narrows the intervals: as counted, half of the capacity ratios would be known to within ±7.3 %" in text
    )


OTHERWISE = "as counted, half of the capacity ratios would be"


def widths(half_width: float | None, as_counted: float | None, *, ratios: int | None = None) -> Findings:
    """The findings with these half widths; of so many ratios, where a number is given."""
    assert FINDINGS.speed
    speed = FINDINGS.speed.model_copy(update={"median_ratio_half_width_as_counted": as_counted})
    rankings = [each for each in FINDINGS.rankings if each.figure is None]
    if ratios is not None:
        rows = rankings[0].rows[: ratios + 1]
        rankings = [rankings[0].model_copy(update={"rows": rows})]
    return FINDINGS.model_copy(
        update={"median_ratio_half_width": half_width, "speed": speed, "rankings": tuple(rankings)}
    )


@pytest.mark.parametrize(
    ("half_width", "as_counted", "told"),
    [
        (0.12, 0.13, f"which narrows the intervals: {OTHERWISE} known to within ±13 %."),
        (0.13, 0.12, f"which does not narrow the intervals: {OTHERWISE} known to within ±12 %."),
        (0.131, 0.133, "which makes no difference to how well the capacity ratios are known"),
        (0.5, 1.2, f"which narrows the intervals: {OTHERWISE} uncertain by ±120 %."),
        (None, None, "A probe measured it, and it is taken out."),
        (None, 0.13, "A probe measured it, and it is taken out."),
        (0.13, None, "A probe measured it, and it is taken out."),
    ],
    ids=["better", "worse", "the same", "hardly known", "no ratio", "as counted only", "without only"],
)  # fmt: skip
def test_what_taking_the_host_s_speed_out_changed_is_told_as_it_is(
    half_width: float | None, as_counted: float | None, told: str
) -> None:
    findings = widths(half_width, as_counted)
    text = certainty(RUN, findings)
    assert told in text
    assert "those ratios" not in text
    assert ("capacity ratio" in text) is (half_width is not None)
    assert (told.removeprefix("which ").removesuffix(".") in speed_view(findings, CAST).gain.replace(NBSP, " ")) is (
        "ratios" in told
    )


def test_one_ratio_is_not_told_as_half_of_many() -> None:
    findings = widths(0.13, 0.12, ratios=1)
    text = certainty(RUN, findings)
    assert "The one capacity ratio to the best is known to within ±13 %, from 4 rounds." in text
    assert "as counted, the one capacity ratio would be known to within ±12 %." in text
    assert "alf of" not in text
    hardly = certainty(RUN, widths(2.0, 2.0, ratios=1))
    assert "The one capacity ratio to the best is uncertain by ±200 %, so hardly anything can be told" in hardly
    assert "no difference to how well the capacity ratio is known" in hardly


def test_a_speed_that_nothing_was_seen_to_follow_is_not_told_as_taken_out() -> None:
    speed = widths(0.13, 0.13).speed
    assert speed
    left = speed.model_copy(
        update={
            "drift_share": 0.0,
            "effects": tuple(each.model_copy(update={"slope": 0.0, "steal_slope": 0.0}) for each in speed.effects),
        }
    )
    text = certainty(RUN, FINDINGS.model_copy(update={"speed": left}))
    assert "A probe measured it. What follows from it could not be told, so capacities are as counted." in text
    assert "taken out" not in text


def test_the_copies_and_the_tie_margin_are_told() -> None:
    text = certainty(RUN, FINDINGS)
    copies = "Two copies of Flask (controlled, gunicorn gthread) ran as if they were two apps"
    assert f"{copies}: 3 of 3 intervals of their ratios contain 1" in text
    assert "Differences within 3.0 % count as ties" in text


def test_without_an_a_a_pair_the_intervals_were_not_put_to_the_test() -> None:
    none = FINDINGS.model_copy(update={"copies": CopiesTest(subject=None)})
    assert "No A/A pair was measured, so the run's intervals were not put to the test" in certainty(RUN, none)


def test_an_a_a_pair_without_a_valid_cell_is_told_apart_from_none_at_all() -> None:
    pair = FINDINGS.copies.model_copy(update={"pairs": ()})
    assert "Two copies of Flask (controlled, gunicorn gthread) ran, but have no valid cell in common" in certainty(
        RUN, FINDINGS.model_copy(update={"copies": pair})
    )


def test_a_run_that_can_not_be_trusted_says_so_before_everything_else() -> None:
    why = "two copies of flask/controlled differ"
    apart = FINDINGS.copies.model_copy(update={"outside": 4, "distrust": why})
    for copies in (apart, FINDINGS.copies):
        told = found_view(RUN, FINDINGS.model_copy(update={"copies": copies, "distrust": why}), Cast(RUN)).caveats
        assert told[0].startswith(f"This run can't be trusted: {why}.")
        assert sum("can't be trusted" in each for each in told) == 1
        assert ("the section on the A/A pair" in told[0]) is (copies is apart)


def test_the_generator_is_cleared_by_the_highest_capacity() -> None:
    text = certainty(RUN, FINDINGS)
    assert "never the limit" in text
    assert "Bare ASGI (controlled, uvicorn) on hello, used 37 % of its ceiling of 31,400 requests/s" in text


@pytest.mark.parametrize(
    ("calibrated_rps", "cpu_us", "told"),
    [
        (31_400.0, 31.9, "used 37 % of its ceiling of 31,400 requests/s."),
        (
            12_000.0,
            31.9,
            "used 37 % of its ceiling of 31,300 requests/s, which is what its CPU time per request allows; the calibra",
        ),
        (31_400.0, 0.0, "used 37 % of its ceiling of 31,400 requests/s."),
    ],
)
def test_what_clears_the_generator_is_the_share_that_the_gate_allows(
    calibrated_rps: float, cpu_us: float, told: str
) -> None:
    """Of what a calibration beside other work reached, a capacity may be 97 %, and the generator have time to spare."""
    ceiling = Ceiling(engine_rps=calibrated_rps, engine_cpu_us_per_request=cpu_us, responder_cpu_share=0.2, windows=15)
    run = RUN.model_copy(update={"ceiling": ceiling})
    assert told in certainty(run, FINDINGS)
    (row,) = (each for each in quality_view(run, FINDINGS).rows if each.anchor == "headroom")
    assert (row.value, row.grade) == (f"37{NBSP}%", Grade.GOOD)
    cell = headroom_view(FINDINGS, run, Cast(run)).rows[0].cells[0]
    assert cell
    assert cell.share
    assert cell.share.value == "36.8"


def test_the_generator_is_not_cleared_where_its_own_cpu_was_the_limit() -> None:
    limit = Gate(
        name=GateName.SERVER_BUSY, held=False, value=0.5, limit=None, explanation="the generator's CPU was the limit"
    )
    first = FINDINGS.cells[0].model_copy(update={"valid": False, "gates": (limit,), "reasons": ("server busy",)})
    text = certainty(RUN, FINDINGS.model_copy(update={"cells": (first, *FINDINGS.cells[1:])}))
    assert "may have shaped Django (controlled, gunicorn gthread) on hello" in text
    assert "never the limit" not in text


def test_the_generator_is_not_cleared_where_it_had_no_cpu_left_for_a_crowd() -> None:
    busy = Gate(name=GateName.GENERATOR_CPU, held=False, value=0.99, limit=0.9, explanation="it used 99 % of its CPU")
    crowd = feed(FINDINGS.cells[0].cell.subject, 5_000, valid=False, gates=(busy,))
    text = certainty(RUN, FINDINGS.model_copy(update={"feeds": (crowd,)}))
    assert "may have shaped Django (controlled, gunicorn gthread) on feed" in text
    assert "never the limit" not in text


def test_the_generator_is_not_cleared_without_a_calibration() -> None:
    text = certainty(RUN.model_copy(update={"ceiling": None}), FINDINGS)
    assert "whether it ever was the limit is unknown" in text


def test_a_capacity_near_the_ceiling_is_named_as_bound_by_the_generator() -> None:
    first = FINDINGS.cells[0]
    gates = tuple(
        gate.model_copy(update={"held": False}) if gate.name is GateName.GENERATOR_BOUND else gate
        for gate in first.gates
    )
    bound = first.model_copy(update={"valid": False, "gates": gates, "reasons": ("generator ceiling: 81 %",)})
    text = certainty(RUN, FINDINGS.model_copy(update={"cells": (bound, *FINDINGS.cells[1:])}))
    assert "may have shaped Django (controlled, gunicorn gthread) on hello, capacity, 32 connections, which" in text
    assert "never the limit" not in text


def test_a_generator_that_lacked_cpu_is_not_cleared_by_its_ceiling() -> None:
    starved = Gate(
        name=GateName.GENERATOR_DELAY, held=False, value=0.2, limit=0.01, explanation="the generator waited for its CPU"
    )
    cells = tuple(
        each.model_copy(update={"valid": False, "gates": (starved,)}) if each.cell.endpoint != "db" else each
        for each in FINDINGS.cells
    )
    text = certainty(RUN, FINDINGS.model_copy(update={"cells": cells}))
    assert "may have shaped 39 cells, which therefore count as invalid. Elsewhere the highest capacity" in text


def test_a_run_of_other_workloads_measured_no_capacity_and_none_of_it_is_called_invalid() -> None:
    none_valid = tuple(each.model_copy(update={"valid": False}) for each in FINDINGS.cells)
    assert "No capacity is valid, so" in certainty(RUN, FINDINGS.model_copy(update={"cells": none_valid}))
    others = tuple(each for each in FINDINGS.cells if each.cell.workload is not Workload.CAPACITY)
    assert "No capacity was measured, so" in certainty(RUN, FINDINGS.model_copy(update={"cells": others}))


def test_each_of_a_few_invalid_cells_is_named_with_its_reason() -> None:
    text = caveats(RUN, FINDINGS)
    hostile = "<img src=x onerror=alert(1)> (controlled, gunicorn gthread)"
    assert f"Invalid, so without a rank: {hostile} on db, capacity" in text
    assert "12 wrong answers" in text


def test_many_invalid_cells_are_counted_and_their_apps_named() -> None:
    cells = tuple(each.model_copy(update={"valid": False, "reasons": ("errors: 4 %",)}) for each in FINDINGS.cells)
    text = caveats(RUN, FINDINGS.model_copy(update={"cells": cells}))
    assert f"{len(cells)} of {len(cells)} cells are invalid" in text


def test_another_benchmark_on_the_host_is_among_what_to_beware_of() -> None:
    other = "bench run in /there (process 4711, since 2026-01-02 03:04:05 UTC)"
    assert f"measured on this host meanwhile: {other}" in caveats(
        RUN.model_copy(update={"measured_beside": (other,)}), FINDINGS
    )
    assert "Another benchmark" not in caveats(RUN, FINDINGS)


def test_one_round_is_called_a_trial_because_starts_were_not_repeated() -> None:
    assert "take this run as a trial" in caveats(RUN, FINDINGS.model_copy(update={"rounds_complete": 1}))
    assert "take this run as a trial" not in caveats(RUN, FINDINGS)


def test_rounds_that_are_missing_are_told() -> None:
    assert "Only 3 of 4 planned rounds were completed" in caveats(
        RUN, FINDINGS.model_copy(update={"rounds_complete": 3})
    )


def test_below_four_cpus_the_database_endpoints_carry_a_caveat() -> None:
    assert "This host has 2 CPUs. With fewer than 4" in caveats(RUN, FINDINGS)
    run, findings, _, _ = Sample(cpu_count=4).build()
    assert "With fewer than 4" not in caveats(run, findings)


def test_a_sanity_check_that_did_not_hold_stands_first() -> None:
    failed = SanityCheck(statement="db is not faster than json", held=False, detail="1.40 times as fast")
    text = caveats(RUN, FINDINGS.model_copy(update={"sanity": (*FINDINGS.sanity, failed)}))
    assert text.startswith("A sanity check did not hold: db is not faster than json, yet it came out as 1.40")


@pytest.mark.parametrize(("grade", "words"), [(Grade.POOR, "poor for measuring"), (Grade.UNFIT, "unfit for measuring")])
def test_what_ails_the_host_is_named(grade: Grade, words: str) -> None:
    check = Check(name="CPU governor", value="powersave", grade=grade, why="Clocks vary.")
    assert f"{words} in 1 respect: CPU governor" in caveats(RUN.model_copy(update={"checks": (check,)}), FINDINGS)


@pytest.mark.parametrize("text_of", [certainty, caveats])
def test_every_sentence_ends_as_one(text_of: Callable[[Run, Findings], str]) -> None:
    assert all(line.endswith(".") for line in text_of(RUN, FINDINGS).splitlines())


def test_why_a_run_ended_before_its_limit_is_told() -> None:
    ended = RUN.model_copy(update={"stopped": "3 of 6 rounds, by its limit of 70 minutes; --rounds 6 takes all"})
    told = "takes all. No round begins that would end after the limit, so a run may take less."
    assert told in caveats(ended, FINDINGS)
    assert "No round begins" not in caveats(RUN, FINDINGS)


def test_what_else_depends_on_how_many_rounds_a_run_has_is_not_denied() -> None:
    """Of the example it was, while its page advised more rounds for each p99 that was not known."""
    stopped = RUN.model_copy(update={"stopped": "3 of 6 rounds, by its limit of 70 minutes (and 3 at least)"})
    text = caveats(stopped, FINDINGS)
    assert "nothing else depends" not in text
    assert "some p99s that are not known, and claims that are not decided, might be." in text
