"""Check every variant of the chosen apps against the contract, on real servers and a real database."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from types import MappingProxyType
from typing import Final

from harness.catalog.misnamed import no_such_variant
from harness.catalog.selection import USUAL, Named, asked_of
from harness.contract.conformance import check
from harness.host.allowances import refusal
from harness.host.interpreter_facts import ACCELERATORS
from harness.measure.access_log import logged_for_each_request
from harness.measure.crew import START_DEADLINE_S, WORDY
from harness.measure.progress import Progress, end_or_tell
from harness.measure.routes import CHECK, EXPECTED, expect_routes
from harness.measure.target import ending_of, target_of
from harness.model.app import DATABASE_ENDPOINTS, App, Endpoint
from harness.model.base import Contract, Outside
from harness.model.cell import Subject
from harness.model.conformance import CheckResult, ConformanceReport, Outcome
from harness.model.errors import BenchError, HostFault
from harness.model.naming import built_words, other_serializers
from harness.model.run import Deployment
from harness.runtime.roles import RunningDatabase, RunningServer, Runtime

HASH_SEED: Final = 0
"""Nothing is measured here, so one seed for all makes a failure repeatable."""
EXTRA_ROUTES: Final = 10
"""With so many is each variant started once more; a run has many more of them."""
_NAMED: Final = 3
"""Of processes that answer nobody, so many are told by their commands."""


class Verdict(Contract):
    """What the checks said of one variant."""

    subject: Subject
    report: ConformanceReport | None
    fault: Outside | None = None
    """Why the server could not be checked at all."""
    by_host: bool = False
    """Whether that was the host's doing, and so says nothing of the app."""
    log_excerpt: Outside | None = None

    @property
    def conforms(self) -> bool:
        """Whether the variant may be measured."""
        return self.report is not None and self.report.conforms

    @property
    def unchecked(self) -> bool:
        """Whether nothing is known against it: what went wrong is the host's doing, or a mistake of the checks."""
        return self.by_host or (self.report is not None and self.report.only_broke_off)


def verify(
    apps: Sequence[App],
    variants: Sequence[str],
    runtime: Runtime,
    progress: Progress,
    named: Named = MappingProxyType({}),
) -> Iterator[Verdict]:
    """Start each variant, check it, and stop it.

    Of an app that has variants `named`, these; of the others those in `variants`, or all where none is.

    Raises:
        UsageError: no chosen app has a variant of that name.
        RuntimeFault: the database does not start.
    """
    for app, subject in subjects_of(apps, variants, named):
        progress.stage(f"verifying {subject.key}")
        yield _verify(app, subject, runtime, progress)


def subjects_of(
    apps: Sequence[App], variants: Sequence[str], named: Named = MappingProxyType({})
) -> list[tuple[App, Subject]]:
    """What is checked where these variants are asked for; raises UsageError where no chosen app has one of them."""
    subjects = []
    for app in apps:
        asked = asked_of(app, named, variants)
        every = not asked or USUAL in asked
        names = list(app.manifest.variants) if every else [app.resolve(name) for name in asked]
        subjects += [(app, Subject(app=app.name, variant=name)) for name in dict.fromkeys(filter(None, names))]
    if not subjects:
        raise no_such_variant(variants, apps)
    return subjects


def _verify(app: App, subject: Subject, runtime: Runtime, progress: Progress) -> Verdict:
    """A database for each: what one variant did to its tables must not fail the next.

    Raises RuntimeFault where that does not start, which is no fault of the app's.
    """
    database: RunningDatabase | None = None
    try:
        if set(app.manifest.endpoints) & DATABASE_ENDPOINTS:
            database = runtime.start_database(count_statements=True)
        verdict = _checked(app, subject, runtime, database, progress)
        if database is not None and not verdict.conforms and not database.alive():
            return _without_database(subject, database)
        return _on_another_server(verdict, app, runtime, database, progress) if verdict.report else verdict
    finally:
        if database is not None:
            end_or_tell(progress.trouble, database.stop)


def _without_database(subject: Subject, database: RunningDatabase) -> Verdict:
    """Whatever an app answers that has lost its database says nothing of it."""
    met = database.limit_met()
    return Verdict(
        subject=subject,
        report=None,
        fault="the database ended by itself" + (f": {met.what}" if met else ""),
        by_host=True,
        log_excerpt=met.hint if met else "see in the system's log what ended it, and check once more",
    )


def _checked(
    app: App, subject: Subject, runtime: Runtime, database: RunningDatabase | None, progress: Progress
) -> Verdict:
    server: RunningServer | None = None
    told: list[str] = []
    try:
        server = runtime.launch(app, subject, hash_seed=HASH_SEED, database_url=database.url if database else None)
        server.await_ready(START_DEADLINE_S)
        report = check(
            target_of(app, server, runtime.clock_ahead_ns()),
            app.manifest.endpoints,
            statements=database.statements if database else None,
            connections=database.connections if database else None,
            activity=database.activity if database else None,
            hold=database.held if database else None,
            change=database.change if database else None,
            workforce=server.at_work,
            ending=lambda: ending_of(server),
            refusal=refusal,
            log=server.log_excerpt,
            on_failure=lambda before, after: told.append(written_since(before, after)),
        )
        server.look_at_accelerators()
        deployment = runtime.deployment(app, subject)
        beside = answers_nobody(subject, server.bystanders())
        for sentence in (*unloaded(deployment), *loaded_too(deployment), *built_here(deployment), *beside):
            progress.trouble(sentence)
        if server.cut_log():
            progress.trouble(f"{subject.key} {WORDY}")
        return Verdict(subject=subject, report=report, log_excerpt=_of_failures(told, alive=server.alive()))
    except BenchError as error:
        by_host = isinstance(error, HostFault)
        return Verdict(subject=subject, report=None, fault=error.what, by_host=by_host, log_excerpt=error.hint)
    finally:
        if server is not None:
            end_or_tell(progress.trouble, server.stop)


def written_since(before: str, after: str) -> str:
    """What came to the end of a log, of which both show no more than so many lines."""
    old, new = before.splitlines(), after.splitlines()
    seen = next((count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count]), 0)
    return "\n".join(new[seen:])


def _of_failures(told: Sequence[str], *, alive: bool) -> str | None:
    """What the server wrote during the first failed check in which it wrote anything, or during that which ended it.

    What it writes at other times, as when clients of other checks leave it, is no reason for a failure.
    """
    wrote = [each for each in told if each]
    if not wrote or not alive:
        return wrote[-1] if wrote else None
    # Many servers write a line for each request, which tells of no failure.
    return next((each for each in wrote if _ERROR.search(each)), wrote[0])


_ERROR: Final = re.compile(r"Traceback|Exception\b|Error\b|\bERROR\b")
"""What a log says of a failure, in whatever language the rest of it is."""


def _on_another_server(
    verdict: Verdict, app: App, runtime: Runtime, database: RunningDatabase | None, progress: Progress
) -> Verdict:
    """The verdict with one more check: whether a server registers the routes that it is asked to.

    That server is then asked what it logs for each request, which none tells of that others have asked for much else.
    """
    assert verdict.report is not None  # noqa: S101 - none is asked where nothing could be checked
    # The workload `routes` asks for /json.
    routes = EXTRA_ROUTES if Endpoint.JSON in app.manifest.endpoints else 0
    began = time.monotonic()
    subject = verdict.subject.model_copy(update={"extra_routes": routes})
    log, hint = verdict.log_excerpt, None
    with ExitStack() as stack:
        server: RunningServer | None = None
        try:
            server = runtime.launch(app, subject, hash_seed=HASH_SEED, database_url=database.url if database else None)
            stack.callback(end_or_tell, progress.trouble, server.stop)
            server.await_ready(START_DEADLINE_S)
            outcome, found = Outcome.PASSED, expect_routes(server, routes) if routes else ""
        except HostFault as error:
            outcome, found = Outcome.SKIPPED, error.what
        except BenchError as error:
            outcome, found, hint = Outcome.FAILED, error.what, error.hint
            # Why it did not start holds the log already.
            log = log or (server.log_excerpt() if server and server.start_s is not None else None)
        elapsed_s = time.monotonic() - began
        if server is not None and server.start_s is not None:
            target = target_of(app, server, runtime.clock_ahead_ns())
            if told := logged_for_each_request(server, target, app.manifest.endpoints):
                progress.trouble(told)
    if not routes:
        return verdict
    result = CheckResult(
        check=CHECK,
        endpoint=None,
        outcome=outcome,
        found=found,
        expected=EXPECTED,
        hint=hint,
        elapsed_s=elapsed_s,
    )
    report = verdict.report.model_copy(update={"results": (*verdict.report.results, result)})
    return verdict.model_copy(update={"report": report, "log_excerpt": log})


def unloaded(deployment: Deployment) -> Iterator[str]:
    """What a manifest says that reads rows or writes JSON, and no process of the server has loaded.

    That can be told of those alone that are `ACCELERATORS`, since these are loaded as files of their own.
    """
    for what, said in deployment.libraries.model_dump(exclude_none=True).items():
        name = said.partition(" ")[0].casefold()
        if name in ACCELERATORS and name not in deployment.accelerators:
            yield (
                f"{deployment.subject.key} is said to have {name} as its {what}, and none of its processes has loaded "
                f"that: see `{what}` in its manifest"
            )


def answers_nobody(subject: Subject, commands: Sequence[str]) -> Iterator[str]:
    """Which of its processes answer nobody: no failure, for all that they consume is counted as the app's."""
    if commands:
        who = "a process that answers" if len(commands) == 1 else f"{len(commands)} processes that answer"
        named = ", ".join(f"`{each}`" for each in commands[:_NAMED])
        yield (
            f"{subject.key} has started {who} nobody ({named}): what that takes of CPU time and memory is counted as "
            "the app's"
        )


def built_here(deployment: Deployment) -> Iterator[str]:
    """What of it was not installed from wheels, as all the rest is."""
    if deployment.built:
        yield f"{deployment.subject.key}: {built_words(deployment.built, deployment.interpreter.words)}"


def loaded_too(deployment: Deployment) -> Iterator[str]:
    """What else could write the JSON than what a manifest says does: no failure, for it may be loaded and not used."""
    if others := other_serializers(deployment).in_doubt:
        named, found = deployment.libraries.serializer, ", ".join(others)
        meant = ", ".join(f'"{each}"' for each in (*deployment.also_loads, *others))
        yield (
            f"{deployment.subject.key} is said to have {named} as its serializer, and has loaded {found} too: if that "
            "writes the JSON, say so by `serializer` in its manifest; if it is there for something else, by also_loads "
            f"= [{meant}]"
        )
