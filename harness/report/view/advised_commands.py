"""The commands that a report advises, with the options by which each finds its apps, and measures where the run did."""

import shlex
from dataclasses import dataclass

from harness.claims.commands import folders_named, ways_named
from harness.model.base import REVISION_SIGN
from harness.model.run import Run


@dataclass(frozen=True, slots=True)
class AdvisedCommands:
    """Of one run."""

    _apps: frozenset[str]
    _folders: tuple[str, ...]
    _ways: tuple[str, ...]

    @property
    def servers(self) -> str:
        """Measures each app on several servers."""
        return shlex.join(("bench", "run", "--profile", "servers", *self._folders, *self._ways))

    @property
    def list_of_servers(self) -> str:
        """Tells which there are."""
        return shlex.join(("bench", "list", "servers", *self._folders))

    @property
    def interpreters(self) -> str:
        """Measures each app on two interpreters."""
        pythons = ("--python", "3.13", "--python", "3.14")
        return shlex.join(("bench", "run", *pythons, *self._folders, *self._ways))

    def variants(self, *names: str) -> str:
        """Measures some variants of one app, which is one of the project's own."""
        of = {name.partition("/")[0] for name in names}
        # Where the run has no such app, it lies in the usual folder, whatever folders the run was given.
        folders = self._folders if of <= self._apps else ()
        named = (word for name in names for word in ("--app", name))
        return shlex.join(("bench", "run", *named, *folders, *self._ways))

    def verify(self, key: str) -> str:
        """Checks a deployment, by the key of its subject."""
        app, variant, *_ = key.split("/")
        name = app.partition(REVISION_SIGN)[0]
        return shlex.join(("bench", "verify", f"{name}/{variant}", *self._folders, *self._ways))


def advised_commands(run: Run) -> AdvisedCommands:
    """As the run was asked for."""
    apps = frozenset(subject.original.app for subject in run.plan.subjects)
    return AdvisedCommands(apps, folders_named(run.command), ways_named(run.command))
