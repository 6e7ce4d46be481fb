"""The environment variables of a server: exactly those that are meant, and none that leaked."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PASSED_ON: Final = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "TMPDIR", "TZ", "USER")
"""All that a server is given of the caller's environment, beside the system's PATH."""

_LONGEST_TMPDIR_BYTES: Final = 64
"""A Unix socket's path has 107 at most (unix(7)), and servers of several processes have theirs some 40 below it."""

LEAKS: Final = ("WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "DJANGO_SETTINGS_MODULE")
"""Variables that servers and frameworks read behind the back of their command line."""

LEAK_PREFIXES: Final = (
    "PYTHON",
    "GUNICORN_",
    "UVICORN_",
    "HYPERCORN_",
    "GRANIAN_",
    "SANIC_",
    "FLASK_",
    "DJANGO_",
    "LD_PRELOAD",
    "MALLOC_",
)


def leaked(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Names of variables that would change a server's behaviour if they were passed on."""
    return tuple(sorted(name for name in environment if name in LEAKS or name.startswith(LEAK_PREFIXES)))


def base(programs: Path) -> dict[str, str]:
    """The variables of any child: the caller's harmless ones, and `programs` first on the PATH."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if len(os.fsencode(kept.get("TMPDIR", ""))) > _LONGEST_TMPDIR_BYTES:
        del kept["TMPDIR"]
    return {**kept, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def installer() -> dict[str, str]:
    """The variables for uv: all of the caller's, but for the virtual environment that happens to be active."""
    misleading = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON"}
    return {name: value for name, value in os.environ.items() if name not in misleading}
