"""When a report says that an app conforms."""

import pytest

from harness.model.conformance import CheckResult, ConformanceReport, Outcome, Target

TARGET = Target(host="127.0.0.1", port=8000)


def report(*outcomes: str) -> ConformanceReport:
    results = [
        CheckResult(check=f"check {place}", endpoint=None, outcome=Outcome(outcome), found="", expected="", elapsed_s=0)
        for place, outcome in enumerate(outcomes)
    ]
    return ConformanceReport(target=TARGET, results=tuple(results))


@pytest.mark.parametrize(
    ("outcomes", "conforms"),
    [
        (["passed"], True),
        (["passed", "skipped"], True),
        (["passed", "failed"], False),
        (["skipped"], False),
        ([], False),
    ],
)
def test_an_app_conforms_when_something_passed_and_nothing_failed(outcomes: list[str], *, conforms: bool) -> None:
    assert report(*outcomes).conforms is conforms


def test_failures_are_listed_in_order() -> None:
    assert [each.check for each in report("failed", "passed", "failed").failures] == ["check 0", "check 2"]
