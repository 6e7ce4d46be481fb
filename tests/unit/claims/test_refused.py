"""Claims that no run could decide are refused with the line to mend, in place of a number that means nothing."""

from pathlib import Path

import pytest

from harness.claims.evaluate import evaluate
from harness.claims.read import ClaimsError, read_claims
from harness.model.verdict import Verdict
from tests.unit.analysis.simulate import Simulation, subject

RATIO = """source = "me"

[[claim]]
id = "first"
says = "It is fast."

[[claim.condition]]
form = "ratio"
subjects = ["flask"]
metric = "throughput_rps"
endpoints = ["json"]
against = "every"
group = ["django"]
at_least = 1.5
"""
KEPT = """source = "me"

[[claim]]
id = "first"
says = "It is fast."

[[claim.condition]]
form = "kept"
subjects = ["flask"]
workload = "routes"
at = 1000
over = 0
at_least = 0.9
"""
PROBES = """source = "me"

[[claim]]
id = "first"
says = "They are safe."
combine = "count"
count = 1

[[claim.condition]]
form = "probe"
subjects = ["flask", "django"]
probe = "csrf"
"""


def refusal(folder: Path, text: str) -> str:
    file = folder / "claims.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClaimsError) as error:
        read_claims(file)
    assert error.value.hint
    return error.value.what


@pytest.mark.parametrize("amount", ["5e-324", "1e308", "0", "-1.5", "nan", "-nan", "inf", "-inf", "true", '"1.5"'])
@pytest.mark.parametrize("key", ["at_least", "at_most"])
def test_a_margin_that_can_not_be_reckoned_with_is_refused(tmp_path: Path, key: str, amount: str) -> None:
    said = refusal(tmp_path, RATIO.replace("at_least = 1.5", f"{key} = {amount}"))
    assert f"claims.toml, line 14: claim 1, condition 1, {key}: " in said


@pytest.mark.parametrize(
    ("before", "after", "line", "named"),
    [
        ('group = ["django"]', 'group = ["flask"]', 13, "'flask' is compared with nothing but itself"),
        ('group = ["django"]', "group = []", 13, "group"),
        ('group = ["django"]', 'group = "django"', 13, "should be a list"),
        ('group = ["django"]', 'group = ["django", "django"]', 13, "'django' stands twice"),
        ('subjects = ["flask"]', "subjects = []", 9, "subjects"),
        ('subjects = ["flask"]', 'subjects = ["flask", "flask"]', 9, "'flask' stands twice"),
        ('subjects = ["flask"]', 'subjects = ["Flask"]', 9, "subjects"),
        ('endpoints = ["json"]', 'endpoints = ["json", "json"]', 11, "'json' stands twice"),
        ('endpoints = ["json"]', 'endpoints = ["feed"]', 11, "not measured on feed"),
        ('endpoints = ["json"]', 'endpoints = ["wait"]', 11, "not measured on wait by capacity"),
        ('"throughput_rps"', '"requests_in_flight"\nconnections = 64', 12, "not measured on json by waiting"),
        ("throughput_rps", "subscribers_held", 11, "leave endpoints out"),
        ("throughput_rps", "latency_p99_us", 7, "rate"),
        ("at_least = 1.5", 'at_least = 1.5\nrate = "common"', 15, "rate"),
        ("at_least = 1.5", 'at_least = 1.5\nworkload = "feed"', 15, "throughput_rps is not measured by feed"),
        ("at_least = 1.5", 'at_least = 1.5\nworkload = "footprint"', 15, "not measured by footprint"),
        ("at_least = 1.5", "at_least = 1.5\nconnections = 0", 15, "connections"),
        ("at_least = 1.5", "at_least = 1.5\nconnections = 1_000_000", 15, "connections"),
        ("at_least = 1.5", 'at_least = 1.5\ndeployments = ["default", "default"]', 15, "'default' stands twice"),
        ("at_least = 1.5", "alone = false", 7, "exactly one"),
        ("at_least = 1.5", 'alone = "yes"', 14, "alone"),
        ('id = "first"', 'id = "first"\ncount = 2', 5, 'combine = "count"'),
        ('id = "first"', 'id = "first"\ncombine = "count"\ncount = 0', 6, "count"),
        ("[[claim]]", "[claim]", 3, "claim: it should be a list"),
    ],
)
def test_a_comparison_that_there_can_not_be_is_refused(
    tmp_path: Path, before: str, after: str, line: int, named: str
) -> None:
    said = refusal(tmp_path, RATIO.replace(before, after))
    assert f"claims.toml, line {line}: " in said
    assert named in said


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("at = 1000", "at = 0", 11),
        ("at = 1000", "at = -5", 11),
        ("at = 1000", 'at = "most"', 11),
        ("over = 0", "over = 1000", 11),
        ("over = 0", "over = -1", 12),
        ('workload = "routes"', 'workload = "workers"', 12),
        ('workload = "routes"', 'workload = "concurrency"', 12),
        ("at_least = 0.9", "at_least = 1e300", 13),
    ],
)
def test_a_number_that_does_not_grow_is_refused(tmp_path: Path, before: str, after: str, line: int) -> None:
    assert f"claims.toml, line {line}: " in refusal(tmp_path, KEPT.replace(before, after))


def test_the_second_claim_of_one_id_is_the_one_that_is_named(tmp_path: Path) -> None:
    second = '\n[[claim]]\nsays = "Once more."\nid = "first"\nnot_testable = "It has no unit."\n'
    assert "line 18: claim 2, id: two claims have the id 'first'" in refusal(tmp_path, RATIO + second)


@pytest.mark.parametrize(
    "text",
    [f"source = {'9' * 5_000}", f"source = {'[' * 100_000}", 'source = "\\ud800"', "source = 1\nsource = 2"],
    ids=["digits", "brackets", "half-a-character", "twice"],
)
def test_toml_that_can_not_be_read_is_told_as_such(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith(f"{tmp_path / 'claims.toml'}: ")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "claims.toml"
    file.write_text("\N{BYTE ORDER MARK}" + RATIO, encoding="utf-8")
    assert [claim.id for claim in read_claims(file).claim] == ["first"]


def test_more_comparisons_than_there_are_leave_a_claim_undecided(tmp_path: Path) -> None:
    """Two were made, both are lost by far, and three have to hold: which is a mistake, and no refutation."""
    file = tmp_path / "claims.toml"
    other = RATIO[RATIO.index("[[claim.condition]]") :].replace("at_least = 1.5", "at_most = 0.001")
    counted = RATIO.replace('id = "first"', 'id = "first"\ncombine = "count"\ncount = 3')
    file.write_text(f"{counted}\n{other}", encoding="utf-8")
    recorded = Simulation(capacities_rps={subject("flask"): 1_000.0, subject("django"): 1_000.0}).recorded()
    (found,) = evaluate(read_claims(file), recorded).claims
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "0 of 2 hold, where 3 are claimed" in found.sentence


def test_probes_can_be_counted(tmp_path: Path) -> None:
    file = tmp_path / "claims.toml"
    file.write_text(PROBES, encoding="utf-8")
    recorded = Simulation(capacities_rps={subject("flask"): 1_000.0, subject("django"): 1_000.0}).recorded()
    (found,) = evaluate(read_claims(file), recorded).claims
    assert found.verdict is Verdict.NOT_RUN
    assert "the probe for csrf was not run" in found.sentence


def test_of_an_app_that_was_not_in_the_run_it_is_not_said_that_its_probe_was_left_out(tmp_path: Path) -> None:
    """The probe was run, on others."""
    file = tmp_path / "claims.toml"
    file.write_text(PROBES.replace('"django"', '"pyramid"'), encoding="utf-8")
    recorded = Simulation(capacities_rps={subject("flask"): 1_000.0, subject("django"): 1_000.0}).recorded()
    (found,) = evaluate(read_claims(file), recorded).claims
    assert [each.reason for each in found.evidence] == ["the probe for csrf was not run", "Pyramid was not measured"]
