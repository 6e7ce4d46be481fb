"""`bench ci` and `bench ab` leave a user's repository as it was, whatever its state and whatever variables are set."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from harness.catalog.discover import read_app
from harness.cli.main import bench
from harness.model.errors import UsageError
from harness.runtime.revisions import at_commit
from tests.integration.ci.users import COMMITTED, RUN, STATES, User, git, make_user, misleading

VARIABLES = tuple(misleading(User(Path("/"))))
EXAMPLES = max(1, settings().max_examples // 40)
"""Each starts some hundred processes."""


@pytest.mark.fault(
    where="git",
    what="Variables, as a hook or an alias exports them, that lead git to another repository, index or remote",
    happens="They are dropped; index, branches, worktrees, stash and settings of the user's stay as they are.",
    lost="Nothing",
    exit_code=0,
)
@settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking takes minutes
@given(
    states=st.sets(st.sampled_from(STATES)),
    names=st.sets(st.sampled_from(VARIABLES)),
    place=st.sampled_from(("code", "linked", "shallow")),
)
@example(states=set(STATES), names=set(VARIABLES), place="code")
@example(states=set(STATES), names=set(), place="linked")
@example(states=set(), names=set(VARIABLES), place="shallow")
def test_nothing_of_the_users_changes_and_the_run_is_kept(
    states: set[Callable[[User], None]], names: set[str], place: str
) -> None:
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        for name in (*VARIABLES, "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
            patch.delenv(name, raising=False)
        user = make_user(Path(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(user.settings))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.chdir(_at(user, place))
        for state in (state for state in STATES if state in states):
            state(user)
        before, refs = user.snapshot(), user.refs()
        with pytest.MonkeyPatch.context() as misled:
            for name in names:
                misled.setenv(name, misleading(user)[name])
            assert bench.main(("ci", "--run", str(user.run)), standalone_mode=False) == 0
            with pytest.raises(UsageError, match="no app differs from HEAD"):
                bench.main(("ab", "HEAD"), standalone_mode=False)
            found = at_commit(read_app(Path("apps/one_app")), "HEAD", Path(".bench/there"))
        assert (found.folder / "app.py").read_text() == COMMITTED
        assert user.snapshot() == before
        assert user.refs() == refs
        assert git(user.other, "for-each-ref") == ""
        assert json.loads(user.kept("runs.jsonl"))["name"] == RUN
        assert json.loads(user.kept("history.jsonl").splitlines()[0])["name"] == RUN
        for name in ("index.html", "summary.md"):
            assert user.kept(f"reports/{RUN}/{name}") == (user.run / name).read_bytes()


def _at(user: User, place: str) -> Path:
    folder = user.home / "place"
    match place:
        case "linked":
            git(user.code, "worktree", "add", "--quiet", "--detach", str(folder))
        case "shallow":
            git(user.home, "clone", "--quiet", "--depth=1", f"file://{user.remote}", str(folder))
        case _:
            return user.code
    return folder
