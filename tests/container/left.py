"""What the tests of containers share: where the apps are, and what a harness has left behind."""

from pathlib import Path

from harness.runtime.docker.container_engine import docker

APPS = Path(__file__).parents[2] / "apps"
OURS = "name=bench-"
STOOD: set[str] = set()
"""What stood there before the tests, of a session that was killed."""


def left_of(project: str = "") -> list[str]:
    """Containers, networks and volumes of one project, or of all that a harness has named since the tests began."""
    found = docker("ps", "--all", "--filter", f"{OURS}{project.removeprefix('bench-')}", "--format", "{{.Names}}")
    for kind in ("network", "volume"):
        found += docker(kind, "ls", "--filter", f"{OURS}{project.removeprefix('bench-')}", "--format", "{{.Name}}")
    others = _others()
    return [name for name in found.split() if name not in STOOD and not name.startswith(others)]


def _others() -> tuple[str, ...]:
    """The projects of other checkouts, in which somebody works meanwhile."""
    label = '{{{{.Label "com.docker.compose.project{}"}}}}'
    rows = docker("ps", "--all", "--filter", OURS, "--format", f"{label.format('')}\t{label.format('.working_dir')}")
    told = (row.partition("\t") for row in rows.splitlines())
    return tuple({project for project, _, checkout in told if project and checkout != str(APPS.parent)})
