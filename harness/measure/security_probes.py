"""The conformance checks and the probes for security, on servers that run anyway and on the frameworks' bare sites."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.contract.forgery import forge
from harness.model.app import BARE_SITE, App
from harness.model.cell import Subject, Workload
from harness.model.conformance import Conformance, Outcome, Target
from harness.model.errors import BenchError
from harness.model.plan import Plan
from harness.model.security_probe import SecurityProbe, SecurityProbeResult
from harness.runtime.roles import RunningServer, Runtime

_CHECKS: Final[dict[SecurityProbe, frozenset[tuple[str, str | None]]]] = {
    SecurityProbe.XSS: frozenset({("escaping", "fortunes")}),
    SecurityProbe.SQL_INJECTION: frozenset(
        {("hostile parameter", "db"), ("hostile parameter", "queries"), ("data unchanged", None)}
    ),
}
"""The conformance checks that make up a probe, by name and endpoint."""

_CONTROLS: Final[dict[SecurityProbe, tuple[str, str]]] = {
    SecurityProbe.XSS: ("table", "fortunes"),
    SecurityProbe.SQL_INJECTION: ("random ids", "db"),
}
"""What has to be right with harmless input: an app that can't answer at all is no safer for it, nor less safe."""

_SHORT: Final = [each for each in CHECKS if not each.lengthy]
_AT_ONCE: Final = 4
"""Servers that are checked at the same time: most of a check is waiting."""

_START_S: Final = 20.0


def probes_planned(plan: Plan) -> bool:
    """Whether a run looks at what its apps do with hostile input: once, where it looks at what they are at all."""
    return any(cell.workload is Workload.FOOTPRINT for cell in plan.cells)


def check_servers(
    servers: Sequence[tuple[App, RunningServer]], round_index: int, clock_ahead_ns: int
) -> Iterator[Conformance]:
    """Whether each server keeps the contract, but for the lengthy checks and the number of SQL statements."""

    def checked(app: App, server: RunningServer) -> Conformance:
        keep_alive = app.variant(server.subject.variant).keep_alive
        target = Target(host=server.host, port=server.port, keep_alive=keep_alive, clock_ahead_ns=clock_ahead_ns)
        report = check(target, app.manifest.endpoints, statements=None, checks=_SHORT)
        return Conformance(round_index=round_index, subject=server.subject, results=report.results)

    apps, running = zip(*servers, strict=True) if servers else ((), ())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(checked, apps, running)


def probes_of(checked: Conformance) -> Iterator[SecurityProbeResult]:
    """The probes that the conformance checks answer: what a server does with markup and with hostile ids."""
    round_index, subject = checked.round_index, checked.subject
    by_key = {
        (each.check, each.endpoint.value if each.endpoint else None): each
        for each in checked.results
        if each.outcome is not Outcome.SKIPPED
    }
    for probe, keys in _CHECKS.items():
        results = [each for key, each in by_key.items() if key in keys]
        # Without its endpoint, nothing was tried: that the data are unchanged says nothing then.
        if not any(each.endpoint for each in results):
            continue
        control = by_key.get(_CONTROLS[probe])
        if control is None or control.outcome is Outcome.FAILED:
            why = control.found if control else "nothing harmless was asked for"
            yield SecurityProbeResult(
                round_index=round_index, subject=subject, probe=probe, held=None, found=f"not even without harm: {why}"
            )
            continue
        failed = [each for each in results if each.outcome is Outcome.FAILED]
        found = "; ".join(each.found for each in failed or results)
        yield SecurityProbeResult(round_index=round_index, subject=subject, probe=probe, held=not failed, found=found)


def probe_bare_site(app: App, runtime: Runtime, round_index: int, hash_seed: int) -> SecurityProbeResult | None:
    """What the framework's bare site does with forged forms; None where the app has none."""
    if app.manifest.bare_site is None:
        return None
    subject = Subject(app=app.name, variant=BARE_SITE)
    server: RunningServer | None = None
    try:
        server = runtime.launch(app, subject, hash_seed=hash_seed, database_url=None)
        server.await_ready(_START_S)
        forgery = forge(Target(host=server.host, port=server.port))
        held, found = forgery.refused, forgery.found
    except BenchError as error:
        held, found = None, error.what
    finally:
        if server is not None:
            server.stop()
    return SecurityProbeResult(
        round_index=round_index, subject=subject, probe=SecurityProbe.CSRF, held=held, found=found
    )
