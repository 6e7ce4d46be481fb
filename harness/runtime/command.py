"""What programs are told: a server the variables of the contract and its command, the load driver its workers."""

import string
from collections.abc import Mapping
from typing import Final

from harness.catalog.project_file import line_words, shown
from harness.model.app import App, Variant
from harness.model.cell import Subject
from harness.model.errors import ManifestError
from harness.model.run import GeneratorTeam

DRIVER_MODULE: Final = "harness.load.driver"
RESPONDER_MODULE: Final = "harness.load.calibration.responder"


def team_arguments(team: GeneratorTeam) -> tuple[str, ...]:
    """What the load driver is told of its workers."""
    if not team.workers:
        return ()
    return ("--workers", str(team.workers), *(() if team.listen is None else ("--listen", team.listen)))


def contract_variables(  # noqa: PLR0913 - each is one of the variables
    variant: Variant, subject: Subject, host: str, port: int, *, hash_seed: int, database_url: str | None
) -> dict[str, str]:
    """The variables of the contract, those of the variant, and the hash seed."""
    database = {} if database_url is None else {"DATABASE_URL": database_url}
    return {
        "HOST": host,
        "PORT": str(port),
        **set_up(subject),
        **database,
        "PYTHONHASHSEED": str(hash_seed),
        **variant.environment,
    }


def set_up(subject: Subject) -> dict[str, str]:
    """The variables that tell a special server from the usual one."""
    return {"WORKERS": str(subject.workers), "EXTRA_ROUTES": str(subject.extra_routes)}


def command_place(app: App, subject: Subject) -> str:
    """Where the subject's command stands, for messages."""
    told = f"app '{app.name}', variants.{subject.variant}.command"
    if app.revision or subject.variant not in app.manifest.variants:
        return told
    file = app.folder / "pyproject.toml"
    return f"{told} ({shown(file)}{line_words(file, ('tool', 'bench', 'variants', subject.variant, 'command'))})"


def filled_in_command(app: App, subject: Subject, given: Mapping[str, str]) -> tuple[str, ...]:
    """The variant's command with its variables filled in; raises ManifestError where one is unknown."""
    try:
        command = app.variant(subject.variant).command
        return tuple(string.Template(word).substitute(given) for word in command)
    except (KeyError, ValueError) as error:
        raise ManifestError(
            f"{command_place(app, subject)}: {error} can't be filled in",
            hint=f"it may use {', '.join('${' + name + '}' for name in ('HOST', 'PORT', 'WORKERS'))}; $$ is a dollar",
        ) from None
