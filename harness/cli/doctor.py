"""`bench doctor`: is this host fit to measure?"""

from harness.cli.output import print_json, tell
from harness.cli.tables import print_rows
from harness.host.cpus import layout_here
from harness.host.doctor import examine
from harness.model.errors import ExitCode
from harness.model.host import Grade
from harness.runtime.docker.container_engine import find_engine


def doctor(*, strict: bool, as_json: bool) -> ExitCode:
    """Check this host: each property with its value, its threshold, why it matters, and how to mend it."""
    checks = examine(layout_here(), find_engine())
    if as_json:
        print_json([check.model_dump(mode="json") for check in checks])
    else:
        print_rows(
            [
                {"check": check.name, "grade": check.grade.value, "value": check.value, "threshold": check.threshold}
                for check in checks
            ],
            empty="nothing was checked",
        )
        for check in checks:
            if check.grade is not Grade.GOOD and check.remedy:
                tell(f"{check.name}: {check.why}\n  remedy: {check.remedy}\n  see: {check.reference}")
    unfit = any(check.grade is Grade.UNFIT for check in checks)
    return ExitCode.UNFIT_HOST if strict and unfit else ExitCode.OK
