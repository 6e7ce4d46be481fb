"""What is lost of one side, or turns invalid between two looks, costs what it is a part of, is told, and no level.

The truth is injected: what is lost is as far off as nothing that is measured ever is, so it would show.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from harness.analysis.moderation import Prior
from harness.analysis.quantities import CPU_US, ByKind
from harness.analysis.side_by_side import SideBySide
from harness.analysis.table import Table
from harness.comparison.app_sentences import app_sentence
from harness.comparison.app_test import PRIMARY, _over_cells
from harness.comparison.sentences import verdict
from harness.comparison.within import compare_within
from harness.model.app import Endpoint
from harness.model.app_change import AppOutcome
from harness.model.cell import Cell, Kind, Workload
from harness.model.claim import Metric
from harness.model.plan import SequentialTest
from harness.model.run import Window
from harness.model.window import Failure
from harness.plan.sequential import LOOKS
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, meter, simulated_runs, subject
from tests.unit.comparison.test_app_test import OTHER, of_app, of_two_revisions

SIDES = subject("app0"), subject(OTHER)
ENDPOINTS = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB)
TEST = SequentialTest(looks=LOOKS)
FAR_OFF = meter(server_share=0.05)


def changed(recorded: RecordedRun, key: str, round_index: int, **changes: object) -> RecordedRun:
    """The run with the windows of a cell in one round changed so."""
    windows: Sequence[Window] = [
        window.model_copy(update=changes) if (window.cell, window.round_index) == (key, round_index) else window
        for window in recorded.windows
    ]
    return recorded.model_copy(update={"windows": tuple(windows)})


@pytest.mark.parametrize("side", SIDES)
def test_what_one_side_lost_in_a_round_takes_the_other_sides_share_of_that_pair_with_it(side: object) -> None:
    whole = of_two_revisions(0.05, rounds=6, endpoints=ENDPOINTS[:2])
    keys = [f"{each.key}:hello:capacity:32" for each in SIDES]
    lost, other = keys if side == SIDES[0] else reversed(keys)
    fewer = changed(whole, lost, 2, report=None, meter=None, lost="the server ended")
    found = of_app(compare_within(fewer, "ab"))
    assert (found.rounds, found.left_out, found.cells, found.planned) == (5, 1, 2, 2)
    assert "after 5 of up to 32 rounds (1 left out, where a cell was not measured in both)" in app_sentence(found, TEST)
    far_off = of_app(compare_within(changed(fewer, other, 2, meter=FAR_OFF), "ab"))
    assert far_off == found, "what is left of the pair counts nowhere"
    unlike = of_app(compare_within(changed(whole, other, 2, meter=FAR_OFF), "ab"))
    assert unlike.cpu != found.cpu, "though it would be seen"
    assert of_app(compare_within(whole, "ab")).left_out == 0


def test_its_boundary_is_that_of_the_rounds_which_it_has() -> None:
    """Six rounds, of which one is lost, are tested as five are, at the looks that had three and five."""
    whole = of_two_revisions(0.02, rounds=6, noise=Noise(window=0.05, process=0.01))
    fewer = changed(whole, f"{SIDES[0].key}:json:capacity:32", 2, report=None, meter=None, lost="the server ended")
    found = of_app(compare_within(fewer, "ab"))
    kept = whole.model_copy(update={"windows": tuple(each for each in whole.windows if each.round_index != 2)})
    left = of_app(compare_within(kept, "ab"))
    assert (found.cpu, found.p_value, found.rounds) == (left.cpu, left.p_value, 5)


def test_an_app_of_which_a_cell_turns_invalid_goes_on_with_the_others_and_says_so() -> None:
    """Requests of one side fail in a later round: its whole cell is invalid, and the other cells have all rounds."""
    whole = of_two_revisions(0.10, rounds=6, endpoints=ENDPOINTS)
    first = whole.model_copy(
        update={
            "rounds_complete": 4,
            "windows": tuple(each for each in whole.windows if each.round_index < 4),
            "starts": tuple(each for each in whole.starts if each.round_index < 4),
        }
    )
    key = f"{SIDES[1].key}:db:capacity:32"
    failing = next(each.report for each in whole.windows if each.cell == key and each.report)
    report = failing.model_copy(update={"failures": {Failure.STATUS: failing.responses}})
    before, after = (
        of_app(compare_within(each, "ab")) for each in (first, changed(whole, key, 5, report=report, meter=FAR_OFF))
    )
    assert (before.rounds, before.cells, before.left_out) == (4, 3, 0)
    assert (after.rounds, after.cells, after.left_out) == (6, 2, 0)
    assert after.outcome is AppOutcome.SLOWER
    found = compare_within(changed(whole, key, 5, report=report, meter=FAR_OFF), "ab")
    assert verdict(found).endswith("after 6 of up to 32 rounds, on 2 of 3 cells: 1 has no figure.")
    (told,) = [each for each in found.changes if each.cell.endpoint is Endpoint.DB and each.metric is Metric.SERVER_CPU]
    assert "in A: errors: " in str(told.reason)


def quantities(logs: np.ndarray, lost: np.ndarray, valid: Sequence[bool], rounds: int) -> Mapping[Metric, ByKind]:
    """What is known of the valid cells by that round; `logs` and `lost` by side, cell and round."""
    found: ByKind = {}
    for place in np.flatnonzero(valid):
        columns = np.where(lost[:, place, :rounds], np.nan, logs[:, place, :rounds])
        present = ~np.isnan(columns)
        table = Table(columns, np.nanmean(columns, axis=1), present, np.zeros(2), indices=tuple(range(rounds)))
        kind = Kind.of(cell(SIDES[0].app, ENDPOINTS[place]))
        found[kind] = SideBySide(kind, SIDES, table, Prior(0.0, 1.0), CPU_US, higher_is_better=False)
    return {PRIMARY: found}


def cell(app: str, endpoint: Endpoint) -> Cell:
    return Cell(subject=subject(app), endpoint=endpoint, workload=Workload.CAPACITY, connections=32)


PAIRS = [(cell(SIDES[0].app, each), cell(SIDES[1].app, each)) for each in ENDPOINTS]
PATTERNS = 20
"""Of what is lost and invalid: so many, since each needs boundaries of its own."""


def alarms(runs: int, slower: float, generator: np.random.Generator) -> tuple[float, float]:
    """Of so many runs: how many told the sides apart at any look, and how many intervals ever lacked the truth.

    A tenth of what a cell of one side measured in a round is lost, and each cell is invalid at one look in three.
    """
    apart = lacking = 0
    for _ in range(PATTERNS):
        lost = generator.random((2, len(PAIRS), LOOKS[-1])) < 0.1
        valid = generator.random((len(LOOKS), len(PAIRS))) > 1 / 3
        for _ in range(runs // PATTERNS):
            logs = generator.normal(0, 0.05, lost.shape) + generator.normal(0, 0.025, (2, 1, LOOKS[-1]))
            logs[1] += np.log1p(slower)
            shown = [
                found[0]
                for rounds, of_look in zip(LOOKS, valid, strict=True)
                if (found := _over_cells(PRIMARY, PAIRS, quantities(logs, lost, of_look, rounds), TEST))
            ]
            apart += any(abs(each.value) > each.reach(TEST.alpha) for each in shown)
            lacking += any(abs(each.value - np.log1p(slower)) > each.reach(TEST.alpha) for each in shown)
    return apart / runs, lacking / runs


@pytest.mark.simulation
def test_cells_that_come_and_go_between_looks_make_no_more_false_alarms() -> None:
    """What a look may use of the level is what came to it since the last one, whichever cells that was."""
    apart, _ = alarms(simulated_runs(500), 0.0, np.random.default_rng(1))
    assert 0.01 < apart <= 0.055
    found, lacking = alarms(simulated_runs(100), 0.08, np.random.default_rng(2))
    assert found > 0.95
    assert lacking <= 0.055
