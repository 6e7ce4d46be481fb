"""The probes of frameworks: on the conformance checks' findings, and on the sites that are made to be probed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.contract import batteries
from harness.contract.batteries import PartUsed
from harness.contract.forgery import forge
from harness.contract.session_secrecy import probe_session
from harness.contract.validation import probe_validation
from harness.host.endings import not_ended
from harness.host.unforeseen import fault_of
from harness.model.app import App, Endpoint, Variant
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import Subject, Workload
from harness.model.conformance import CheckResult, Conformance, Outcome, Target
from harness.model.errors import BenchError, Unforeseen
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.plan import Plan
from harness.runtime import alone
from harness.runtime.roles import RunningServer, Runtime

type _Key = tuple[str, Endpoint | None]
"""A check's name and its endpoint."""

_ROWS: Final[_Key] = ("random ids", Endpoint.DB)
_LISTS: Final[_Key] = ("id lists", Endpoint.QUERIES)
_PAGE: Final[_Key] = ("table", Endpoint.FORTUNES)

_CHECKS: Final[dict[FrameworkProbe, dict[_Key, tuple[_Key, ...]]]] = {
    FrameworkProbe.XSS: {("stored script", Endpoint.FORTUNES): (("status", Endpoint.FORTUNES),)},
    FrameworkProbe.SQL_INJECTION: {
        ("hostile parameter", Endpoint.DB): (_ROWS,),
        ("hostile parameter", Endpoint.QUERIES): (_LISTS,),
        ("data unchanged", None): (_ROWS, _LISTS, _PAGE),
    },
}
"""The conformance checks that make up a probe. Behind each stands its control, what has to be right with harmless
input (of the endpoints that the app has): an app that is wrong anyway is no safer for it, nor less safe."""

_START_S: Final = 30.0


def probes_planned(plan: Plan) -> bool:
    """Whether a run looks at what its apps do with hostile input: once, where it looks at what they are at all."""
    return any(cell.workload is Workload.FOOTPRINT for cell in plan.cells)


def probes_of(checked: Conformance) -> Iterator[FrameworkProbeResult]:
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
        yield FrameworkProbeResult(
            round_index=checked.round_index, subject=checked.subject, probe=probe, held=held, found=found
        )


def _why_untold(result: CheckResult, controls: Sequence[_Key], by_key: Mapping[_Key, CheckResult]) -> str | None:
    """Why a check tells nothing of the app's safety; None where it does."""
    if result.outcome is Outcome.NOT_MADE:
        return f"{result.outcome.value}: {result.found}"
    if result.outcome is Outcome.SKIPPED:
        return result.found
    lacking = {Outcome.FAILED, Outcome.NOT_MADE}
    failed = [by_key[key] for key in controls if key in by_key and by_key[key].outcome in lacking]
    if failed:
        return f"not even without harm: {failed[0].found}"
    return result.found if result.outcome is Outcome.FAILED and not result.refutes else None


def probe_sites(
    plan: Plan, apps: Mapping[str, App], runtime: Runtime, round_index: int
) -> Iterator[Sequence[FrameworkProbeResult]]:
    """What each framework does on the sites that are made to be probed, app by app.

    In the first round only, and where probes are planned.
    """
    if round_index == 0 and probes_planned(plan):
        for name in dict.fromkeys(subject.app for subject in plan.subjects):
            yield tuple(probe_sites_of(apps[name], runtime, round_index, hash_seed=plan.seed))


def probe_sites_of(app: App, runtime: Runtime, round_index: int, hash_seed: int) -> Iterator[FrameworkProbeResult]:
    """The same of one app; nothing where it has no such sites."""
    if app.manifest.bare_site is not None:
        yield from _Site(app, BARE_SITE, round_index).probe(runtime, hash_seed, (_forged_forms,))
    if app.manifest.batteries_site is not None:
        by_itself = in_its_own_environment(app, app.manifest.batteries_site, runtime)
        yield from _Site(by_itself, BATTERIES_SITE, round_index).probe(
            runtime, hash_seed, (_validation, *_parts, _sessions)
        )


def in_its_own_environment(app: App, site: Variant, runtime: Runtime) -> App:
    """The app whose site sees the framework's own distribution, what that requires, and a server where it has none."""
    wanted = [app.manifest.package, None if site.own_server else site.server.partition(" ")[0]]
    names = runtime.brought_by(app, filter(None, wanted))
    python, *program = site.command
    command = (python, "-I", "-c", Path(alone.__file__).read_text(encoding="utf-8"), *names, "--", *program)
    manifest = app.manifest.model_copy(update={"batteries_site": site.model_copy(update={"command": command})})
    return app.model_copy(update={"manifest": manifest})


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a probe of a site says."""

    probe: FrameworkProbe
    held: bool | None
    found: str
    offered: bool = True


type _Probing = tuple[Collection[FrameworkProbe], Callable[[Target], Iterator[_Finding]]]


def _forgery(target: Target) -> Iterator[_Finding]:
    forgery = forge(target)
    yield _Finding(FrameworkProbe.CSRF, forgery.refused, forgery.found)


def _secrecy(target: Target) -> Iterator[_Finding]:
    secrecy = probe_session(target)
    answers = dict(zip(_OF_SESSIONS, (secrecy.unreadable, secrecy.unchangeable, secrecy.encrypted), strict=True))
    for probe, held in answers.items():
        yield _Finding(probe, held if secrecy.offered else False, secrecy.found, secrecy.offered)


def _validated(target: Target) -> Iterator[_Finding]:
    validation = probe_validation(target)
    answers = dict(zip(_OF_INPUT, (validation.refused, validation.answered_4xx), strict=True))
    for probe, held in answers.items():
        yield _Finding(probe, held if validation.offered else False, validation.found, validation.offered)


def _used(probe: FrameworkProbe, part: Callable[[Target], PartUsed]) -> Callable[[Target], Iterator[_Finding]]:
    def tried(target: Target) -> Iterator[_Finding]:
        used = batteries.use(part, target)
        yield _Finding(probe, used.works, used.found, used.offered)

    return tried


_PARTS: Final = {
    FrameworkProbe.TEMPLATES: batteries.templates,
    FrameworkProbe.SESSIONS: batteries.sessions,
    FrameworkProbe.FORMS: batteries.forms,
    FrameworkProbe.ORM: batteries.orm,
    FrameworkProbe.MIGRATIONS: batteries.migrations,
    FrameworkProbe.ADMIN: batteries.admin,
    FrameworkProbe.AUTHENTICATION: batteries.authentication,
}
_OF_INPUT: Final = (FrameworkProbe.INPUT_REFUSED, FrameworkProbe.INPUT_ANSWERED_4XX)
_OF_SESSIONS: Final = (
    FrameworkProbe.SESSION_UNREADABLE,
    FrameworkProbe.SESSION_UNCHANGEABLE,
    FrameworkProbe.SESSION_ENCRYPTED,
)
_forged_forms: Final[_Probing] = ((FrameworkProbe.CSRF,), _forgery)
_sessions: Final[_Probing] = (_OF_SESSIONS, _secrecy)
_validation: Final[_Probing] = (_OF_INPUT, _validated)
_parts: Final[tuple[_Probing, ...]] = tuple(((probe,), _used(probe, part)) for probe, part in _PARTS.items())


def _tried(probing: _Probing, target: Target) -> list[_Finding]:
    """What a probe finds; one that breaks off by a mistake of its own finds nothing, and costs no other."""
    probes, tried = probing
    try:
        return list(tried(target))
    except Exception as error:
        fault = fault_of("the probe", error)
        if not isinstance(fault, Unforeseen):
            raise fault from error
        return [_Finding(probe, None, f"{fault.what}; {fault.hint}") for probe in probes]


@dataclass(frozen=True, slots=True)
class _Site:
    """One of the sites that are made to be probed."""

    app: App
    variant: str
    round_index: int

    def probe(self, runtime: Runtime, hash_seed: int, probings: Sequence[_Probing]) -> Iterator[FrameworkProbeResult]:
        """Start it, and try all of this on it."""
        subject = Subject(app=self.app.name, variant=self.variant)
        server: RunningServer | None = None
        try:
            server = runtime.launch(self.app, subject, hash_seed=hash_seed, database_url=None)
            server.await_ready(_START_S)
            target = Target(host=server.host, port=server.port)
            found = [each for probing in probings for each in _tried(probing, target)]
        except BenchError as error:
            found = [_Finding(probe, None, error.what) for probes, _ in probings for probe in probes]
        finally:
            if server is not None:
                not_ended(server.stop)  # The runtime tries it again at its own end, and tells.
        for each in found:
            yield FrameworkProbeResult(
                round_index=self.round_index,
                subject=subject,
                probe=each.probe,
                held=each.held,
                offered=each.offered,
                found=each.found,
            )
