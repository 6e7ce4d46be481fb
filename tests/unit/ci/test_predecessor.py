"""What counts as a change since the last kept run, and which run that is."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.ci.predecessor import Beside, changed_since, last_commit
from harness.comparison.across import compare
from harness.model.app_change import AppChange, AppOutcome
from harness.model.comparison import RunComparison
from harness.runtime.revisions import NoOtherRevision
from tests.unit.ci.test_kept import kept_run
from tests.unit.comparison.simulated import QUICK, a_run
from tests.unit.runtime.test_revisions import MANIFEST, git

FIRST, SECOND, THIRD = "1" * 40, "2" * 40, "3" * 40
APPS = ("flask", "bottle")


def write(top: Path, name: str) -> Path:
    folder = top / "apps" / f"{name}_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "uv.lock").write_text("version = 1\n")
    (folder / "app.py").write_text("committed\n")
    return folder


def test_an_app_has_changed_whose_code_or_lock_is_another_and_a_new_one_has_nothing_to_be_beside(
    tmp_path: Path,
) -> None:
    top = tmp_path / "code"
    as_ever, moved, edited = (write(top, name) for name in ("as_ever", "moved", "edited"))
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")
    (moved / "uv.lock").write_text("version = 1\nrevision = 3\n")
    (edited / "app.py").write_text("changed\n")
    apps = [read_app(folder) for folder in (as_ever, moved, edited, write(top, "newer"))]
    found = changed_since("HEAD", apps, tmp_path / "state")
    assert found.names == ("moved", "edited")
    assert found.left_out == ("app 'newer' is not in HEAD",)
    with pytest.raises(NoOtherRevision, match=f"no commit is named '{FIRST}'"):
        changed_since(FIRST, apps, tmp_path / "state")


def test_the_last_run_is_the_newest_whole_one_up_to_which_all_is_known() -> None:
    whole = kept_run("whole").model_copy(update={"commit": FIRST})
    newer = kept_run("newer").model_copy(update={"commit": SECOND})
    assert last_commit([], APPS) is None
    assert last_commit([whole, newer], APPS) == SECOND
    for less in ({"complete": False}, {"commit": None}, {"settled": False}):
        assert last_commit([whole, newer.model_copy(update=less)], APPS) == FIRST


def test_a_run_of_fewer_apps_counts_for_these_only() -> None:
    """Or what changed in the others up to it would never be measured."""
    runs = [
        kept_run(name).model_copy(update={"commit": commit, "apps": apps})
        for name, commit, apps in (("all", FIRST, APPS), ("one", SECOND, APPS[:1]), ("other", THIRD, APPS[1:]))
    ]
    assert [last_commit(runs[:2], apps) for apps in (APPS, APPS[:1], APPS[1:])] == [FIRST, SECOND, FIRST]
    assert [last_commit(runs, apps) for apps in (APPS, APPS[:1], APPS[1:])] == [SECOND, SECOND, THIRD]
    assert last_commit(runs[1:2], (*APPS, "newer")) == SECOND, "what no run has measured has nothing to be beside"
    assert last_commit(runs, ("newer",)) is None


def comparison(*outcomes: AppOutcome) -> RunComparison:
    apps = tuple(AppChange(app=f"app{place}", a="a", b="b", outcome=each) for place, each in enumerate(outcomes))
    return compare(a_run(1, QUICK), a_run(2, QUICK)).model_copy(update={"apps": apps})


@pytest.mark.parametrize(
    ("measured", "settled"),
    [
        (Beside(base=FIRST, why_not="no app differs from it"), True),
        (Beside(base=FIRST, why_not="it ended with exit code 4", failed=True), False),
        (Beside(base=FIRST, found=comparison(AppOutcome.SLOWER, AppOutcome.INVALID)), True),
        (Beside(base=FIRST, found=comparison(AppOutcome.UNDECIDED)), True),
        (Beside(base=FIRST, found=comparison(AppOutcome.INVALID, AppOutcome.INVALID)), False),
    ],
    ids=["no change", "failed", "some figures", "not decided", "no figure"],
)
def test_what_told_nothing_of_any_app_has_to_be_measured_once_more(measured: Beside, *, settled: bool) -> None:
    assert measured.settled is settled
