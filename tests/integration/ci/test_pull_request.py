"""What a pull request is told, with a stand-in for GitHub: by a job that has rights, of a job that nobody believes."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.github import FORK, REPOSITORY, TOKEN, StandIn, stand_in
from tests.saying import Said, say

SHA = "a" * 40
APPS = ("fast", "tiny")


def figures(app: str = "tiny", outcome: str = "slower", value: float = 1.08) -> dict[str, Any]:
    """One app as `beside.json` has it."""
    ratio = {"value": value, "low": value - 0.02, "high": value + 0.02, "log_standard_error": None}
    return {
        "app": app, "a": f"{app} (as of main)", "b": app, "outcome": outcome, "reason": None, "cpu": ratio,
        "p_value": 1e-5, "cells": 3, "rounds": 8, "beside": [{"metric": "throughput_rps", "ratio": ratio, "cells": 3}],
    }  # fmt: skip


def beside(*apps: dict[str, Any]) -> dict[str, Any]:
    found = {
        "apps": list(apps),
        "test": {"looks": [4, 8], "alpha": 0.05, "detect": 0.03},
        "app_changes": ["other code"],
    }
    return {"base": "main", "left_out": [], "why_not": None, "found": found if apps else None}


def zipped(document: object, name: str = "beside.json") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, json.dumps(document))
    return packed.getvalue()


def event(sha: str = SHA, **changes: object) -> dict[str, Any]:
    run = {"id": 11, "event": "pull_request", "conclusion": "success", "head_branch": "patch", "head_sha": sha}
    return {"action": "completed", "workflow_run": {**run, "head_repository": FORK, "pull_requests": [], **changes}}


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """GitHub with an open pull request, and a checkout of the base with two apps."""
    for name in APPS:
        (tmp_path / "apps" / f"{name}_app").mkdir(parents=True)
        (tmp_path / "apps" / f"{name}_app" / "pyproject.toml").touch()
    (tmp_path / "event.json").write_text(json.dumps(event()))
    monkeypatch.chdir(tmp_path)
    with stand_in() as github:
        github.pull(7, SHA)
        variables = {"GITHUB_API_URL": github.address, "GITHUB_REPOSITORY": REPOSITORY, "GH_TOKEN": TOKEN}
        for name, value in {**variables, "GITHUB_EVENT_PATH": "event.json", "no_proxy": "127.0.0.1"}.items():
            monkeypatch.setenv(name, value)
        yield github


def told() -> Said:
    return say("ci", "--comment")


def test_a_pull_request_from_a_fork_gets_one_comment_which_is_updated(github: StandIn, tmp_path: Path) -> None:
    github.say("I like it", login="someone")
    github.leave(zipped(beside(figures())))
    done = told()
    assert done.code == 0, done.err
    (_, comment) = github.comments
    assert "| `tiny` | 8.0 % more | 6.0 to 10.0 % more | **slower** |" in comment["body"]
    assert "<details>" in comment["body"]
    assert SHA in comment["body"]

    later = "b" * 40
    github.pulls.clear()
    github.pull(7, later)
    (tmp_path / "event.json").write_text(json.dumps(event(later)))
    github.leave(zipped(beside(figures(outcome="no slow-down", value=1.0), figures("fast", "faster", 0.9))))
    assert told().code == 0
    (_, comment) = github.comments
    assert "| `tiny` | 0.0 % more | 2.0 % less to 2.0 % more | not slower by 3 % or more |" in comment["body"]
    assert "| `fast` | 10.0 % less | 12.0 to 8.0 % less | **faster** |" in comment["body"]
    assert SHA not in comment["body"]
    assert github.changed == [
        f"POST /repos/{REPOSITORY}/issues/7/comments",
        f"PATCH /repos/{REPOSITORY}/issues/comments/101",
    ]


def test_the_place_that_keeps_the_artifact_does_not_get_the_token(github: StandIn) -> None:
    github.leave(zipped(beside(figures())))
    assert told().code == 0
    assert github.given_to_storage == [None]


def test_a_comment_of_somebody_else_is_left_alone_although_it_looks_like_ours(github: StandIn) -> None:
    github.leave(zipped(beside(figures())))
    told()
    (ours,) = github.comments
    ours["user"]["login"] = "someone"
    before = dict(ours)
    told()
    assert github.comments[0] == before
    assert len(github.comments) == 2


def test_our_comment_is_found_behind_many_others(github: StandIn) -> None:
    for number in range(150):
        github.say(f"comment {number}", login="someone")
    github.leave(zipped(beside(figures())))
    told()
    told()
    assert [each.partition(" ")[0] for each in github.changed] == ["POST", "PATCH"]
    assert len(github.comments) == 151


@pytest.mark.parametrize(
    "moved",
    [
        {"sha": "c" * 40},
        {"sha": SHA, "repository": {**FORK, "id": 78}},
        {"sha": SHA, "branch": "another"},
    ],
    ids=["a newer commit", "another fork of that name", "another branch"],
)
def test_what_is_not_the_head_of_a_pull_request_any_more_is_not_told(github: StandIn, moved: dict[str, Any]) -> None:
    github.pulls.clear()
    github.pull(7, **moved)
    github.leave(zipped(beside(figures())))
    done = told()
    assert done.code == 0, done.err
    assert "nothing to say" in done.err
    assert github.comments == []


def test_a_closed_pull_request_is_told_nothing_and_neither_is_one_whose_fork_is_gone(
    github: StandIn, tmp_path: Path
) -> None:
    github.leave(zipped(beside(figures())))
    github.pulls[0]["state"] = "closed"
    assert told().code == 0
    github.pulls[0] |= {"state": "open", "head": {**github.pulls[0]["head"], "repo": None}}
    (tmp_path / "event.json").write_text(json.dumps(event(head_repository=None)))
    assert told().code == 0
    assert github.comments == []


def test_where_two_pull_requests_have_that_head_neither_is_told(github: StandIn) -> None:
    github.pull(8, SHA)
    github.leave(zipped(beside(figures())))
    done = told()
    assert done.code == 2
    assert "2 pull requests" in done.err
    assert github.changed == []


def test_a_pull_request_that_changes_no_app_gets_no_comment_and_an_earlier_one_is_brought_up_to_date(
    github: StandIn,
) -> None:
    github.leave(zipped(beside()))
    assert told().code == 0
    assert github.comments == []
    github.leave(zipped(beside(figures())))
    told()
    github.leave(zipped(beside()))
    told()
    (comment,) = github.comments
    assert "no app differs from the base" in comment["body"]


def test_a_job_that_measured_nothing_is_its_own_witness(github: StandIn) -> None:
    done = told()
    assert done.code == 0, done.err
    assert "left no figures" in done.err
    github.leave(zipped(beside(figures())))
    github.artifacts[0]["expired"] = True
    assert told().code == 0
    assert github.changed == []


def test_an_app_that_breaks_the_contract_is_told(github: StandIn) -> None:
    github.leave(zipped(beside({**figures(outcome="breaks the contract"), "cpu": None})))
    assert told().code == 0
    assert "| `tiny` | not known | not known | **breaks the contract** |" in github.comments[0]["body"]


def test_a_run_of_another_event_is_refused(github: StandIn, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event(event="push")))
    assert told().code == 2
    (tmp_path / "event.json").write_text(json.dumps({"action": "opened"}))
    assert told().code == 2
    assert github.asked == []


@pytest.mark.fault(
    where="git",
    what="GitHub refuses the comment on a pull request, or does not answer",
    happens="It is said what was asked for; the job may be run again.",
    lost="Nothing",
    exit_code=2,
)
def test_where_github_refuses_it_is_said_what(github: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    github.leave(zipped(beside(figures())))
    github.refused = "POST"
    done = told()
    assert done.code == 2
    assert "GitHub answers 403 to POST issues/7/comments" in done.err
    assert TOKEN not in done.out + done.err
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    done = told()
    assert done.code == 2
    assert "GitHub can't be asked for pulls" in done.err


def test_without_its_variables_it_says_which_is_missing(github: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GH_TOKEN")
    done = told()
    assert done.code == 2
    assert "GH_TOKEN is not set" in done.err
    assert github.asked == []


def test_a_larger_artifact_than_any_is_not_fetched_and_one_that_lies_of_its_size_is_not_read(github: StandIn) -> None:
    github.leave(b"", claimed=200_000_000)
    assert told().code == 2
    assert github.given_to_storage == []
    github.leave(b"x" * 2_000_000, claimed=10)
    done = told()
    assert done.code == 2
    assert "is larger than" in done.err
    assert github.changed == []
