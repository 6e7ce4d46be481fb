"""What a job says, where there is much to say."""

from harness.ci.messages import regression
from harness.comparison.across import compare
from harness.model.comparison import RunComparison
from tests.unit.comparison.simulated import QUICK, a_run

GITHUB_TAKES = 65_536
"""Characters in the text of an issue."""


def with_regressions(count: int) -> RunComparison:
    """So many cells that became slower, of apps that all changed."""
    apps = {subject.app for subject in QUICK.subjects}
    found = compare(a_run(1, QUICK), a_run(2, QUICK, times=dict.fromkeys(list(apps)[:1], 3.0)))
    assert found.regressions
    changes = (found.regressions * count)[:count]
    return found.model_copy(
        update={"changes": changes, "app_changes": tuple(f"app{n}: other code" for n in range(count))}
    )


def test_an_issue_on_many_regressions_is_short_enough_and_says_what_it_leaves_out() -> None:
    text = regression(with_regressions(1_000))
    assert len(text) < GITHUB_TAKES
    assert text.count("and 900 more, which the summary has.") == 2
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 100


def test_an_issue_on_a_few_has_all_of_them() -> None:
    text = regression(with_regressions(3))
    assert "more, which" not in text
    assert len([line for line in text.splitlines() if line.startswith("|")]) == 2 + 3
