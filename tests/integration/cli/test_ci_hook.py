"""`bench ci` from a hook, as whoever measures after each commit would start it."""

import shlex
from pathlib import Path

from tests.integration.ci.users import RUN, git, make_user
from tests.started import bench_command


def test_a_hook_of_a_linked_worktree_keeps_a_run_and_the_commit_is_the_user_s(tmp_path: Path) -> None:
    user = make_user(tmp_path)
    linked = user.home / "linked"
    git(user.code, "worktree", "add", "--quiet", "-b", "linked", str(linked))
    hook = user.code / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    command = shlex.join(bench_command("ci", "--run", str(user.run)))
    hook.write_text(f"#!/bin/sh\nenv > {user.home}/variables\n{command} > {user.home}/told 2>&1 || exit 1\n")
    hook.chmod(0o755)
    (linked / "new").write_text("new")
    (linked / "later").write_text("later")
    git(linked, "add", "--all")
    refs = user.refs()

    git(linked, "commit", "--quiet", "--message", "new", "--", "new")

    assert "GIT_INDEX_FILE=" in (user.home / "variables").read_text(), "git misleads no more: this test shows nothing"
    assert "kept on branch bench-data of origin" in (user.home / "told").read_text()
    assert git(linked, "log", "-1", "--format=%s", "--name-only").split() == ["new", "new"]
    assert git(linked, "diff", "--cached", "--name-only") == "later"
    assert (linked / "apps" / "one_app" / "app.py").exists()
    assert user.refs() == refs
    assert user.names() == [RUN]
