"""The rates of earlier runs on the same host, which a new run takes again where they still suit."""

from pathlib import Path

from harness.model.cell import OfferedRate
from harness.model.run import Run
from harness.results.newest import newest_with


def earlier_rates(reports: Path, run: Run) -> list[tuple[str, OfferedRate]]:
    """Those of the runs in a folder on the hosts, in the runtime and by the method of this one, newest first.

    With their runs' names. Another version of the method may have chosen another rate for the same host.
    A run that can't be read has none. What older ones than the newest used, one of these has taken from them, or had
    reason not to.
    """
    return [
        (name, rate)
        for name, other in newest_with(reports, "rates")
        if other.run_id != run.run_id and _how(other) == _how(run)
        for rate in other.rates
    ]


def _how(run: Run) -> tuple[object, ...]:
    return (
        run.method_version,
        run.runtime,
        run.host.fingerprint,
        None if run.load_host is None else run.load_host.fingerprint,
    )
