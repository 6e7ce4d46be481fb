"""The command of a deployment as a shell takes it."""

import re
import shlex
from string import Template
from typing import Final

from harness.model.run import Deployment

_MARK: Final = "\0"
"""Can be in no word of a command."""
_STEERS_A_SHELL: Final = re.compile(r'([\\"$`])')


class _Known(dict[str, str]):
    """Values by variable; of those that each start gave anew, a place for the shell to fill in."""

    def __missing__(self, name: str) -> str:
        return f"{_MARK}{name}{_MARK}"


def command_words(deployment: Deployment) -> str:
    """What was started: what is known filled in, such as the number of workers; what was new at each start for a shell.

    That is `HOST`, `PORT` and `DATABASE_URL`, which whoever types the command has to set.
    """
    subject = deployment.subject
    known = {"WORKERS": str(subject.workers), "EXTRA_ROUTES": str(subject.extra_routes), **deployment.environment}
    given = _Known({name: value for name, value in known.items() if name not in {"HOST", "PORT", "DATABASE_URL"}})
    return " ".join(_quoted(word, given) for word in deployment.command)


def _quoted(word: str, given: _Known) -> str:
    try:
        filled = Template(word).substitute(given)
    except ValueError:  # a dollar that no variable follows: it was never started
        return shlex.quote(word)
    if _MARK not in filled:
        return shlex.quote(filled)
    parts = filled.split(_MARK)
    told = "".join(
        f"${{{part}}}" if place % 2 else _STEERS_A_SHELL.sub(r"\\\1", part) for place, part in enumerate(parts)
    )
    return f'"{told}"'
