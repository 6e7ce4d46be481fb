"""The one comment on a pull request: found or made, and kept up to date with the newest commit that was measured."""

from collections.abc import Callable, Collection
from typing import Annotated, Final

from pydantic import Field, ValidationError

from harness.ci.artifact import LARGEST_ARTIFACT_BYTES, taken
from harness.ci.comment import MARK, comment
from harness.ci.github import GitHub, Known
from harness.model.errors import PullRequestError

ARTIFACT_NAME: Final = "pull-request"
_AUTHOR: Final = "github-actions[bot]"
"""Who writes with the token of a workflow. A comment of anybody else is not ours, whatever stands in it."""


class _Owner(Known):
    login: str


class _Repository(Known):
    id: int
    owner: _Owner


class _MeasuredRun(Known):
    id: int
    event: str
    head_branch: str | None
    head_sha: Annotated[str, Field(pattern="^[0-9a-f]{40,64}$")]
    head_repository: _Repository | None
    """None where the fork is gone."""


class _Event(Known):
    workflow_run: _MeasuredRun


class _Head(Known):
    sha: str
    repo: _Repository | None


class _PullRequest(Known):
    number: int
    head: _Head


class _Artifact(Known):
    id: int
    name: str
    size_in_bytes: int
    expired: bool


class _Artifacts(Known):
    artifacts: tuple[_Artifact, ...]


class _Comment(Known):
    id: int
    body: str | None
    user: _Owner | None


def leave_comment(github: GitHub, event: bytes, known: Collection[str], say: Callable[[str], None]) -> None:
    """Tell a pull request what its job measured, in a comment that is made once and then updated.

    Nothing is left where the pull request is closed or has a newer commit by now, or nothing was measured, and none is
    begun where no app differs.

    Args:
        github: The repository.
        event: GitHub's `workflow_run` event, as JSON: that the measuring job of a pull request is over.
        known: The names of the apps that there are here.
        say: Takes sentences for whoever watches; none of them holds a word of the pull request's.

    Raises:
        PullRequestError: The event is another, the artifact can't be used, or GitHub refuses.
    """
    run = _run_of(event)
    number = _pull_request_of(github, run)
    if number is None:
        say("no open pull request has the measured commit as its newest: nothing to say")
        return
    artifact = _artifact_of(github, run)
    if artifact is None:
        say("the measuring job left no figures: nothing to say")
        return
    found = taken(artifact, known).found
    ours = _own_comment(github, number)
    if found is None and ours is None:
        say(f"no app differs in pull request {number}: nothing to say")
        return
    body = {"body": comment(found, run.head_sha)}
    if ours is None:
        github.send("POST", f"issues/{number}/comments", body)
    else:
        github.send("PATCH", f"issues/comments/{ours}", body)
    say(f"the comment on pull request {number} is {'new' if ours is None else 'up to date'}")


def _run_of(event: bytes) -> _MeasuredRun:
    try:
        run = _Event.model_validate_json(event).workflow_run
    except ValidationError:
        raise PullRequestError(
            "the event is not that of a workflow's run", hint="a workflow `on: workflow_run` calls this"
        ) from None
    if run.event != "pull_request":
        raise PullRequestError("the run was not that of a pull request", hint="see that the workflow asks for those")
    return run


def _pull_request_of(github: GitHub, run: _MeasuredRun) -> int | None:
    """The open pull request that still has the measured commit as its head.

    The event names none where the head is in a fork.
    """
    fork, branch = run.head_repository, run.head_branch
    if fork is None or branch is None:
        return None
    asked = {"state": "open", "head": f"{fork.owner.login}:{branch}"}
    numbers = [
        each.number
        for each in github.pages("pulls", _PullRequest, **asked)
        if each.head.sha == run.head_sha and each.head.repo and each.head.repo.id == fork.id
    ]
    if numbers[1:]:
        raise PullRequestError(
            f"{len(numbers)} pull requests have the measured commit as their newest, and which of them was measured is "
            "not known",
            hint="close all but one of them",
        )
    return numbers[0] if numbers else None


def _artifact_of(github: GitHub, run: _MeasuredRun) -> bytes | None:
    listed = github.get(f"actions/runs/{run.id}/artifacts", _Artifacts, name=ARTIFACT_NAME, per_page=100).artifacts
    there = [each for each in listed if each.name == ARTIFACT_NAME and not each.expired]
    if not there:
        return None
    newest = max(there, key=lambda each: each.id)
    if newest.size_in_bytes > LARGEST_ARTIFACT_BYTES:
        raise PullRequestError(
            f"the artifact is larger than {LARGEST_ARTIFACT_BYTES:,} bytes",
            hint="what `bench ci --against` writes is far smaller",
        )
    return github.download(f"actions/artifacts/{newest.id}/zip", LARGEST_ARTIFACT_BYTES)


def _own_comment(github: GitHub, number: int) -> int | None:
    for each in github.pages(f"issues/{number}/comments", _Comment):
        if each.user and each.user.login == _AUTHOR and each.body and each.body.startswith(MARK):
            return each.id
    return None
