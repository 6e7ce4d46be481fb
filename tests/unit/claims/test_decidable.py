"""What is asked of a plan, claim after claim, is looked up in it."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.read import ARTICLE, read_claims
from harness.claims.within_reach import MANY_CPUS
from harness.model.cell import Subject
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan

APPS = discover((Path(__file__).parents[3] / "apps",))


def test_whether_a_plan_decides_a_claim_does_not_compare_each_comparison_with_each_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = build_plan(APPS, Choices(profile=ProfileName.STANDARD), MANY_CPUS)
    (claim,) = (each for each in read_claims(ARTICLE).claim if each.id == "fastapi-performance")
    compared, equal = [], Subject.__eq__

    def counted(one: Subject, other: object) -> bool:
        compared.append(one)
        return equal(one, other)

    monkeypatch.setattr(Subject, "__eq__", counted)
    assert see_that_it_is_decidable(claim, plan, APPS) is None
    assert len(compared) < len(plan.cells), "it was 8,337 with 588 cells"
