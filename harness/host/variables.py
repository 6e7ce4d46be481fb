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

_REACHES_INDEX: Final = ("UV_INDEX", "UV_HTTP_", "UV_CONCURRENT_")
"""Beginnings of the names of variables that say how uv reaches an index, with its names and passwords."""

_KEPT_OF_UV: Final = frozenset(
    {
        "UV_CACHE_DIR",
        "UV_CONFIG_FILE",
        "UV_CREDENTIALS_DIR",
        "UV_DEFAULT_INDEX",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_INSECURE_HOST",
        "UV_KEYRING_PROVIDER",
        "UV_LINK_MODE",
        "UV_LOCK_TIMEOUT",
        "UV_NATIVE_TLS",
        "UV_NO_CACHE",
        "UV_NO_CONFIG",
        "UV_OFFLINE",
        "UV_REQUEST_TIMEOUT",
        "UV_SYSTEM_CERTS",
    }
)
"""What else of uv's variables says where packages come from or lie, and not which they are."""

_OF_A_JOB: Final = frozenset(
    {
        "GH_TOKEN",
        "GITHUB_ENV",
        "GITHUB_OUTPUT",
        "GITHUB_PATH",
        "GITHUB_STATE",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_TOKEN",
    }
)
"""By these, whatever a package runs while it is built would act for a job on GitHub: its token, and the files in which
a step sets variables for later ones."""

_ACTIVE: Final = frozenset({"CONDA_PREFIX", "VIRTUAL_ENV"})
"""Name the environment that happens to be active."""


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
    """The variables for uv: the caller's, without those that would have it install something else, or elsewhere.

    An environment is what the app's lock file says. `UV_EXCLUDE_NEWER`, `UV_RESOLUTION` and their like have uv take the
    lock for stale, `UV_NO_BINARY` has it build what others fetch, `UV_PYTHON` names another interpreter. What a package
    runs while it is built has not to act for a job on GitHub either.
    """
    return {name: value for name, value in os.environ.items() if not _misleads_installer(name)}


def _misleads_installer(name: str) -> bool:
    if name.startswith("UV_"):
        return name not in _KEPT_OF_UV and not name.startswith(_REACHES_INDEX)
    return name in _ACTIVE or name in _OF_A_JOB or name.startswith("PYTHON")
