"""Make the environments of apps on several interpreters, as far as they can be made."""

import re
from collections.abc import Callable
from typing import Final

from harness.model.app import App
from harness.model.errors import BenchError, RuntimeFault
from harness.model.plan import NotAvailable, Plan
from harness.plan.left import left_of
from harness.runtime.each_interpreter import Spread
from harness.runtime.environment import CantRun
from harness.runtime.roles import Runtime

UNAVAILABLE: Final = (RuntimeFault, CantRun)
"""What an environment fails by that is no mistake in the app's own files."""
_SAID: Final = (re.compile(r"\berror: +(\S.*)"), re.compile(r"^\W*(Failed .*)", re.MULTILINE))
"""How what the installer says of a failure begins, after lines on what it has done."""


def prepare_what_can_be(
    runtime: Runtime, spread: Spread, plan: Plan, on_progress: Callable[[str], None]
) -> tuple[Plan, tuple[NotAvailable, ...]]:
    """Prepare what the plan measures; returns what is left of it, and what could not be had.

    Raises the first fault where nothing is left, and ManifestError where an app's own files are wrong.
    """
    apps = [app for app in spread.apps if app.name in {subject.app for subject in plan.subjects}]
    try:
        runtime.prepare(apps, on_progress, plan.subjects)
    except UNAVAILABLE as error:
        first: BenchError = error
    else:
        return plan, ()
    lacking: list[NotAvailable] = []
    gone: set[tuple[str, str]] = set()
    for app in apps:
        own = [subject for subject in plan.subjects if subject.app == app.name and subject.is_original]
        try:
            runtime.prepare([app], on_progress)
        except UNAVAILABLE as error:
            lacking.append(not_available(spread, app, error))
            gone |= {(app.name, subject.variant) for subject in own}
            continue
        for subject in own:
            try:
                runtime.prepare([app], on_progress, [subject])
            except UNAVAILABLE as error:
                lacking.append(not_available(spread, app, error, subject.variant))
                gone.add((app.name, subject.variant))
    left = left_of(plan, apps, gone)
    if not left.subjects:
        raise first
    return left, tuple(lacking)


def not_available(spread: Spread, app: App, error: BenchError, variant: str | None = None) -> NotAvailable:
    """The app, or a variant of it, as it can't be had on its interpreter, and why."""
    python = spread.python_of(app.name)
    return NotAvailable(python=python, app=app.base_name, variant=variant, why=_reason(error.what))


def _reason(what: str) -> str:
    """In one line: what the installer says, where it says anything."""
    heading, _, said = what.partition("\n")
    found = next((match[1] for each in _SAID if (match := each.search(said))), "")
    return found.strip() or heading
