"""Who is named twice, by two names of one deployment, counts once."""

from collections.abc import Sequence

import pytest

from harness.claims.casting import Casting
from harness.model.cell import Subject
from harness.model.claim import Against, BoundCondition, ProbeCondition
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.verdict import Verdict
from tests.unit.claims.test_evaluate import FAST, MIDDLE, SLOW, THREE, bound, held, ratio

TWICE = (("slow", "middle", "slow/controlled"), ("slow/controlled", "middle", "slow"))


@pytest.mark.parametrize("group", [*TWICE, ("slow", "slow/controlled", "middle", "middle/controlled")])
def test_of_a_group(group: Sequence[str]) -> None:
    (median,) = held(THREE, ratio(("fast",), tuple(group), against=Against.MEDIAN)).evidence
    assert median.value is not None
    assert median.value.value == pytest.approx(8_000 / (2_000 * 4_000) ** 0.5, rel=0.03)
    assert len(median.others) == 2
    assert len(held(THREE, ratio(("fast",), tuple(group))).evidence) == 2


def test_each_way_to_deploy_them_by_itself() -> None:
    """Two names of one deployment may be two deployments elsewhere."""
    subjects = [Subject(app=app, variant=name) for app in ("fast", "slow") for name in ("controlled", "default")]
    condition = ratio(("fast",), ("slow", "slow/controlled"), against=Against.MEDIAN)
    asked = [(each.deployment, each.others) for each in Casting(subjects, {}).asked(condition)]
    assert asked == [("controlled", ("slow",)), ("default", ("slow", "slow/controlled"))]


def test_of_those_that_are_absent_each_is_told() -> None:
    condition = ratio(("fast",), ("gone", "lost", "slow"), against=Against.MEDIAN, deployments=("controlled",))
    (asked,) = Casting([FAST, SLOW], {}).asked(condition)
    assert asked.others == ("gone", "lost", "slow")


def test_of_subjects() -> None:
    twice = bound("slow", at_least=7_000.0).model_copy(update={"subjects": ("slow", "slow/controlled")})
    assert isinstance(twice, BoundCondition)
    assert len(held(THREE, twice).evidence) == 1
    named = ratio(("slow", "slow/controlled"), ("fast", "fast/controlled"))
    assert len(held(THREE, named).evidence) == 1


def test_of_those_that_are_probed() -> None:
    csrf = FrameworkProbe.CSRF
    probed = tuple(
        FrameworkProbeResult(round_index=0, subject=each, probe=csrf, held=True, found="so") for each in (FAST, MIDDLE)
    )
    condition = ProbeCondition(form="probe", subjects=("fast", "fast/controlled", "middle"), probe=csrf)
    found = held(THREE.model_copy(update={"probes": probed}), condition)
    assert [each.subject for each in found.evidence] == ["fast", "middle"]
    assert found.verdict is Verdict.SUPPORTED
