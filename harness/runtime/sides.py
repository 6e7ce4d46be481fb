"""The two sides of each app that a run measures twice: A and B, each an app of its own, as they were asked for."""

from collections.abc import Sequence
from pathlib import Path

from harness.model.app import App
from harness.model.errors import UsageError
from harness.model.plan import Sides
from harness.runtime.revisions import at_commit, is_same, with_requirements

type Pair = tuple[App, App]
"""An app as it is, and the same as it is otherwise."""


def pairs_of(apps: Sequence[App], sides: Sides, folder: Path, *, all_of_them: bool) -> list[Pair]:
    """Make both sides of the apps, what has to be made of them in `folder`.

    Of the apps as of a commit, only those that differ from it, unless `all_of_them` are wanted.

    Raises:
        UsageError: A side can't be made, or none differs.
    """
    if sides.commit is not None:
        return _that_differ(apps, sides.commit, folder, all_of_them=all_of_them)
    return [(app, with_requirements(app, sides.requirements, folder)) for app in apps]


def _that_differ(apps: Sequence[App], ref: str, folder: Path, *, all_of_them: bool) -> list[Pair]:
    pairs = [(app, at_commit(app, ref, folder)) for app in apps]
    kept = pairs if all_of_them else [pair for pair in pairs if not is_same(*pair)]
    if not kept:
        raise UsageError(
            f"no app differs from {ref}", hint="name one with --app to measure it against its own copy all the same"
        )
    return kept
