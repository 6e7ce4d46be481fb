"""The rates of earlier runs on the same host, which a new run takes again where they still suit."""

from pathlib import Path

from harness.model.cell import OfferedRate
from harness.model.run import Run
from harness.results.newest import newest_with


def earlier_rates(reports: Path, run: Run) -> list[tuple[str, OfferedRate]]:
    """Those of the runs in a folder on the hosts and in the runtime of this one, with their runs' names, newest first.

    A run that can't be read has none. What older ones than the newest used, one of these has taken from them, or had
    reason not to.
    """
    return [
        (name, rate)
        for name, other in newest_with(reports, "rates")
        if other.run_id != run.run_id and _where(other) == _where(run)
        for rate in other.rates
    ]


def _where(run: Run) -> tuple[object, ...]:
    return run.runtime, run.host.fingerprint, None if run.load_host is None else run.load_host.fingerprint
