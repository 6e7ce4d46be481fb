"""docs/comparing.md has every condition, mark and look by which runs are compared."""

from harness.comparison.conditions import conditions
from harness.model.comparison import MARKS, REGRESSION_MARGIN
from harness.model.findings import TIE_MARGIN
from harness.plan.sequential import LOOKS
from tests.unit.docs.pages import percent, rows_of, words_of
from tests.unit.report.sample import Sample

PAGE = "docs/comparing.md"


def test_every_condition_is_named() -> None:
    run, *_ = Sample().build()
    told = words_of(PAGE).partition("Runs are compared only under the same conditions:")[2].partition(". ")[0]
    names = {"windows of each workload" if name.startswith("windows of ") else name for name in conditions(run)}
    assert {name for name in {*names, "connection tracking"} if name not in told} == set()


def test_every_mark_is_explained_with_its_margin() -> None:
    told = {mark.replace("`", ""): means for mark, means in rows_of(PAGE, "| mark | means |")}
    assert {mark for marks in told for mark in marks.split(", ")} == set(MARKS.values())
    assert percent(REGRESSION_MARGIN) in told["--"]
    assert percent(TIE_MARGIN) in told["-"]


def test_it_is_looked_when_it_is_said() -> None:
    assert f"looked at after {', '.join(map(str, LOOKS[:-1]))} and {LOOKS[-1]} rounds" in words_of(PAGE)
