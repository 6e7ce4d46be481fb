"""Checks of what the servers would run on, and of what would leak into them."""

import os

from harness.model.host import Check, Grade
from harness.runtime import variables
from harness.runtime.interpreter import own_interpreter


def interpreter() -> Check:
    """Whether this Python was built with the optimisations that distributions use."""
    found = own_interpreter()
    optimisations = (("PGO", found.pgo), ("LTO", found.lto))
    lacking = [name for name, there in optimisations if there is False]
    untold = [name for name, there in optimisations if there is None]
    build = "built with PGO and LTO"
    if lacking:
        build = "built without " + " and ".join(lacking)
    elif untold:
        build = "a distribution's build that does not tell of " + " and ".join(untold)
    return Check(
        name="interpreter",
        value=f"{found.implementation} {found.version}, {build}",
        grade={True: Grade.GOOD, False: Grade.POOR, None: Grade.UNKNOWN}[found.pgo],
        why="The same source runs up to 1.6 times as fast in an optimised build, so every number depends on it.",
        remedy=None
        if found.pgo is not False
        else "use a distribution's or uv's Python: `uv python install` then make the .venv anew",
        source="sysconfig.get_config_vars()",
    )


def leaked_variables() -> Check:
    """Variables in the environment that servers would obey; they are kept from them, but not from by-hand starts."""
    found = variables.leaked(os.environ)
    return Check(
        name="environment",
        value=", ".join(found) if found else "no variable that servers obey",
        grade=Grade.POOR if found else Grade.GOOD,
        why="The harness keeps these from the servers; a server started by hand obeys them and behaves otherwise.",
        remedy=f"unset {' '.join(found)}" if found else None,
        source="environ(7)",
    )
