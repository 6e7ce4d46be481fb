"""Checks of what the servers would run on, and of what would leak into them."""

from typing import Final

from harness.host import variables
from harness.host.doctor.rule import Finding, Rule, graded
from harness.host.doctor.system import System
from harness.model.host import Grade


def _interpreter(system: System) -> Finding:
    found = system.interpreter
    optimisations = (("PGO", found.pgo), ("LTO", found.lto))
    lacking = [name for name, there in optimisations if there is False]
    untold = [name for name, there in optimisations if there is None]
    build = "built with PGO and LTO"
    if lacking:
        build = "built without " + " and ".join(lacking)
    elif untold:
        build = "a distribution's build that does not tell of " + " and ".join(untold)
    return graded(
        f"{found.implementation} {found.version}, {build}",
        Grade.POOR if lacking else Grade.UNKNOWN if untold else Grade.GOOD,
        "use a distribution's or uv's Python: `uv python install`, then make the .venv anew",
    )


def _leaked_variables(system: System) -> Finding:
    found = variables.leaked(system.environment)
    return graded(
        ", ".join(found) if found else "no variable that servers obey",
        Grade.POOR if found else Grade.GOOD,
        f"unset {' '.join(found)}",
    )


def _container_engine(system: System) -> Finding:
    if system.engine is not None:
        return Finding(f"Docker {system.engine.version}, Compose {system.engine.compose_version}", Grade.GOOD)
    if not system.docker_installed:
        return Finding("none installed: servers run as local processes", Grade.GOOD)
    return Finding(
        "installed, but does not answer",
        Grade.POOR,
        "start it, with Compose and BuildKit (`docker info`, `docker compose version` and `docker buildx version` tell "
        "what lacks), or measure with --runtime process",
    )


RULES: Final = (
    Rule(
        name="interpreter",
        threshold="good where it was built with PGO and LTO",
        why="The same source runs up to 1.6 times as fast in an optimised build, so every number depends on it.",
        source="sysconfig.get_config_vars()",
        reference="https://docs.python.org/3/using/configure.html#performance-options",
        look=_interpreter,
    ),
    Rule(
        name="environment",
        threshold="good where no variable is set that servers or the interpreter obey (WEB_CONCURRENCY, "
        "GUNICORN_CMD_ARGS, PYTHON*, UVICORN_* and so on)",
        why="The harness keeps these from the servers; a server started by hand obeys them and behaves otherwise.",
        source="environ(7)",
        reference="https://docs.python.org/3/using/cmdline.html#environment-variables",
        look=_leaked_variables,
    ),
    Rule(
        name="container engine",
        threshold="good where it answers with Compose and BuildKit, or where none is installed",
        why="It decides where `--runtime auto` runs the servers; runs of different runtimes can't be compared.",
        source="docker info",
        reference="https://docs.docker.com/reference/cli/docker/system/info/",
        look=_container_engine,
    ),
)
