"""What the conformance checks are told of a server that was started here."""

from harness.model.app import App
from harness.model.conformance import Target
from harness.runtime.roles import RunningServer


def target_of(app: App, server: RunningServer, clock_ahead_ns: int) -> Target:
    """Where it listens, and how it was deployed; `clock_ahead_ns` is `Runtime.clock_ahead_ns`."""
    return Target(
        host=server.host,
        port=server.port,
        keep_alive=app.variant(server.subject.variant).keep_alive,
        workers=server.subject.workers,
        deviates=app.deviates(server.subject.variant),
        clock_ahead_ns=clock_ahead_ns,
    )


def ending_of(server: RunningServer) -> str | None:
    """How it has ended by itself, as the checks tell it; None while it runs."""
    if server.alive():
        return None
    met = server.limit_met()
    return f"it ended by itself (exit code {server.exit_code()})" + (f": {met.what}" if met else "")
