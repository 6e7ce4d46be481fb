"""What a job says, where there is much to say."""

import pytest

from harness.ci.messages import beside, regression, regressions
from harness.ci.predecessor import Beside
from harness.comparison.across import compare
from harness.comparison.within import compare_within
from harness.model.comparison import RunComparison
from tests.unit.comparison.simulated import QUICK, a_run
from tests.unit.comparison.test_app_test import of_two_revisions

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


def test_what_is_slower_beside_the_last_run_is_not_put_down_to_the_host() -> None:
    found = compare_within(of_two_revisions(0.10), "ab")
    text = regressions(None, Beside(base="1" * 40, found=found))
    assert text is not None
    assert text.startswith(
        f"Measured in one sitting beside commit `{'1' * 40}`, that of the last kept run:\n\n- app0 is "
    )
    assert "Both sides had the host, the interpreter, the database and the harness of now" in text
    assert regressions(None, Beside(base="1" * 40, why_not="no app differs from it")) is None


@pytest.mark.parametrize("failed", [True, False])
def test_what_could_not_be_measured_beside_the_last_run_is_said_to_be_once_more(*, failed: bool) -> None:
    text = beside(Beside(base="1" * 40, why_not="it ended with exit code 4", failed=failed))
    assert "Nothing was measured beside `111" in text
    assert ("The next job measures what changed since then once more." in text) is failed
