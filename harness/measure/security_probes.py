"""The probes for security: on the conformance checks' findings, and on the frameworks' bare sites."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from harness.contract.conformance.suite import NOT_REACHED
from harness.contract.forgery import forge
from harness.model.app import BARE_SITE, App, Endpoint
from harness.model.cell import Subject, Workload
from harness.model.conformance import CheckResult, Conformance, Outcome, Target
from harness.model.errors import BenchError
from harness.model.plan import Plan
from harness.model.security_probe import SecurityProbe, SecurityProbeResult
from harness.runtime.roles import RunningServer, Runtime

type _Key = tuple[str, Endpoint | None]
"""A check's name and its endpoint."""

_ROWS: Final[_Key] = ("random ids", Endpoint.DB)
_LISTS: Final[_Key] = ("id lists", Endpoint.QUERIES)
_PAGE: Final[_Key] = ("table", Endpoint.FORTUNES)

_CHECKS: Final[dict[SecurityProbe, dict[_Key, tuple[_Key, ...]]]] = {
    SecurityProbe.XSS: {("stored script", Endpoint.FORTUNES): (("status", Endpoint.FORTUNES),)},
    SecurityProbe.SQL_INJECTION: {
        ("hostile parameter", Endpoint.DB): (_ROWS,),
        ("hostile parameter", Endpoint.QUERIES): (_LISTS,),
        ("data unchanged", None): (_ROWS, _LISTS, _PAGE),
    },
}
"""The conformance checks that make up a probe. Behind each stands its control, what has to be right with harmless
input (of the endpoints that the app has): an app that is wrong anyway is no safer for it, nor less safe."""

_START_S: Final = 20.0


def probes_planned(plan: Plan) -> bool:
    """Whether a run looks at what its apps do with hostile input: once, where it looks at what they are at all."""
    return any(cell.workload is Workload.FOOTPRINT for cell in plan.cells)


def probes_of(checked: Conformance) -> Iterator[SecurityProbeResult]:
    """The probes that the conformance checks answer: what a server does with markup and with hostile ids."""
    by_key = {(each.check, each.endpoint): each for each in checked.results}
    for probe, checks in _CHECKS.items():
        tried = {key: by_key[key] for key in checks if key in by_key}
        # Without its endpoint, nothing was tried: that the data are unchanged says nothing then.
        if not any(endpoint for _, endpoint in tried):
            continue
        untold = {key: _why_untold(each, checks[key], by_key) for key, each in tried.items()}
        failed = [each.found for key, each in tried.items() if each.outcome is Outcome.FAILED and not untold[key]]
        unknown = list(dict.fromkeys(filter(None, untold.values())))
        if failed:
            held, found = False, "; ".join(failed)
        elif unknown:
            held, found = None, "; ".join(unknown)
        else:
            held, found = True, "; ".join(each.found for each in tried.values())
        yield SecurityProbeResult(
            round_index=checked.round_index, subject=checked.subject, probe=probe, held=held, found=found
        )


def _why_untold(result: CheckResult, controls: Sequence[_Key], by_key: Mapping[_Key, CheckResult]) -> str | None:
    """Why a check tells nothing of the app's safety; None where it does."""
    if result.outcome is Outcome.SKIPPED or result.found.startswith(NOT_REACHED):
        return result.found
    failed = [by_key[key] for key in controls if key in by_key and by_key[key].outcome is Outcome.FAILED]
    if failed:
        return f"not even without harm: {failed[0].found}"
    return result.found if result.outcome is Outcome.FAILED and not result.refutes else None


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
