"""The section on apps: their code, and everything about each deployment that shaped its numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.digits import significant
from harness.model.app import Endpoint, Libraries
from harness.model.conformance import CheckResult, Conformance, Outcome
from harness.model.findings import Findings
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.host import Interpreter
from harness.model.naming import OtherSerializers, orm_words, other_serializers, titled
from harness.model.run import Deployment, Image, Run, Start
from harness.report.file_names import APP_LOGS_FILE
from harness.report.numbers import counted, file_size, listed
from harness.report.view.app_logs import at_fault, logs_of
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.code_files import CodeFile, code_files
from harness.report.view.command_words import command_words
from harness.report.view.terms import CONNECTION_WORDS
from harness.report.view.validity import answers_words


@dataclass(frozen=True, slots=True)
class Link:
    """A place to read on; `href` is empty where the text is no web address and must not be followed."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """What a server wrote last before it failed."""

    when: str
    fault: str
    text: str


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """Where a deployment does not keep the contract."""

    check: str
    endpoint: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class DeploymentCard:
    """One subject as it was really deployed."""

    label: SubjectLabel
    version: str
    why: str
    source: Link | None
    command: str
    environment: tuple[tuple[str, str], ...]
    connections: str
    """Whether its server keeps them open between requests."""
    endpoints: str
    """What it declares of the contract and what not; empty where that was not recorded."""
    interpreter: str
    accelerators: str
    libraries: tuple[tuple[str, str], ...]
    """What its manifest says that reads rows and writes JSON."""
    packages: tuple[tuple[str, str], ...]
    image: str
    """Name, digest, size and build time of its container image; empty for a local process."""
    contract: str
    """How the conformance checks came out; empty where they were not made."""
    failures: tuple[FailedCheck, ...]
    answers: str
    """How many answers were checked under load, and how many were wrong or missing."""
    starts: str
    logs: tuple[LogExcerpt, ...]
    logs_file: str
    """The file of the run folder that has these logs too; empty where it has not."""


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """What one probe found."""

    probe: str
    deployment: str
    outcome: str
    found: str


@dataclass(frozen=True, slots=True)
class AppPage:
    """One app with all of its deployments."""

    name: str
    title: str
    version: str
    files: tuple[CodeFile, ...]
    """Empty where the run did not keep them."""
    left_out: tuple[tuple[str, str], ...]
    """What else lies in its folder, and why it is not here."""
    under_work: bool
    """Whether its code had changes that were in no commit."""
    code_sha256: str
    lock_sha256: str
    cards: tuple[DeploymentCard, ...]
    probes: tuple[ProbeRow, ...]
    """What it does by itself, with hostile input and otherwise; empty where it was not probed."""

    @property
    def lines(self) -> str:
        """How long the code is."""
        return counted(sum(len(file.text.splitlines()) for file in self.files if file.text), "line")

    @property
    def probed(self) -> str:
        """How many probes came out how."""
        counts = Counter(probe.outcome for probe in self.probes)
        return ", ".join(f"{number} {outcome}" for outcome, number in counts.items())


@dataclass(frozen=True, slots=True)
class DeploymentsView:
    """All apps in catalog order with their deployments, and what is the same for them."""

    apps: tuple[AppPage, ...]
    same_interpreter: bool


def deployments_view(
    run: Run,
    findings: Findings,
    starts: Sequence[Start],
    checks: Sequence[Conformance | FrameworkProbeResult],
    cast: Cast,
) -> DeploymentsView:
    """A page an app, a card a deployment; the A/A twin is its original once more and has none of its own."""
    originals = [deployment for deployment in run.deployments if deployment.subject.is_original]
    builds = {interpreter_words(deployment.interpreter) for deployment in originals}
    code = {each.app: each for each in run.sources}
    # A resumed run may have checked twice: the last result holds.
    conformance = {each.subject: each.results for each in checks if isinstance(each, Conformance)}
    probes = {(each.subject, each.probe): each for each in checks if isinstance(each, FrameworkProbeResult)}
    by_app: dict[str, list[Deployment]] = {}
    for deployment in originals:
        by_app.setdefault(deployment.subject.app, []).append(deployment)
    titles = {app: titled(own[0].title, own[0].revision or "") for app, own in by_app.items()}
    files = code_files(run.sources, titles)
    return DeploymentsView(
        tuple(
            AppPage(
                name=app,
                title=titles[app],
                version=own[0].framework_version or "",
                files=files.get(app, ()),
                left_out=tuple((each.path, each.why) for each in code[app].left_out) if app in code else (),
                under_work=bool(app in code and code[app].uncommitted),
                code_sha256=own[0].code_sha256,
                lock_sha256=own[0].lock_sha256,
                cards=tuple(_card(each, findings, starts, conformance.get(each.subject, ()), cast) for each in own),
                probes=tuple(_probe(each) for each in probes.values() if each.subject.app == app),
            )
            for app, own in by_app.items()
        ),
        same_interpreter=len(builds) <= 1,
    )


def interpreter_words(build: Interpreter) -> str:
    """A Python build with those of its properties that change its speed."""
    properties = (
        {True: "PGO", False: "no PGO", None: "PGO not told"}[build.pgo],
        {True: "LTO", False: "no LTO", None: "LTO not told"}[build.lto],
        "free-threaded" if build.free_threaded else "GIL",
        "JIT" if build.jit else "no JIT",
    )
    return f"{build.implementation} {build.version} ({', '.join(properties)}; {build.compiler})"


def link(address: str) -> Link:
    """`address` as something to follow if it is a web address; otherwise only as something to read."""
    return Link(address, address if urlsplit(address).scheme in {"http", "https"} else "")


def _card(
    deployment: Deployment, findings: Findings, starts: Sequence[Start], checked: Sequence[CheckResult], cast: Cast
) -> DeploymentCard:
    own = list({start.round_index: start for start in starts if start.subject == deployment.subject}.values())
    failed = [start for start in own if start.fault]
    logs = tuple(
        LogExcerpt(f"round {start.round_index + 1}", what, text)
        for start, what, text in logs_of(deployment.subject, findings, starts)
    )
    return DeploymentCard(
        label=cast.label(deployment.subject),
        version=deployment.framework_version or "",
        why=deployment.why,
        source=link(deployment.source) if deployment.source else None,
        command=command_words(deployment),
        environment=tuple(sorted(deployment.environment.items())),
        connections=CONNECTION_WORDS[deployment.keep_alive],
        endpoints=_endpoint_words(deployment.endpoints or ()),
        interpreter=interpreter_words(deployment.interpreter),
        accelerators=", ".join(deployment.accelerators) or "none",
        libraries=_libraries(deployment.libraries, other_serializers(deployment)),
        packages=tuple(sorted(deployment.packages.items())),
        image=_image_words(deployment.image) if deployment.image else "",
        contract=_outcomes(checked),
        failures=tuple(
            FailedCheck(each.check, each.endpoint.value if each.endpoint else "server", each.found, each.expected)
            for each in checked
            if each.outcome is Outcome.FAILED
        ),
        answers=_answers(findings, deployment),
        starts=f"{counted(len(own), 'start')}, {len(failed) or 'none'} with a fault",
        logs=logs,
        logs_file=APP_LOGS_FILE if logs and deployment.subject in at_fault(findings) else "",
    )


def _libraries(of: Libraries, others: OtherSerializers) -> tuple[tuple[str, str], ...]:
    """What is named, and of the serializer the `others` that are loaded too."""
    beside = "; ".join(
        f"{listed(which)} {'is' if len(which) == 1 else 'are'} loaded {why}"
        for which, why in ((others.in_doubt, "too"), (others.meant, "for something else"))
        if which
    )
    serializer = of.serializer and (f"{of.serializer}, by its manifest; {beside}" if beside else of.serializer)
    named = (("ORM", orm_words(of)), ("driver", of.driver), ("serializer", serializer))
    return tuple((what, which) for what, which in named if which)


def _outcomes(checked: Sequence[CheckResult]) -> str:
    counts = [(outcome, sum(each.outcome is outcome for each in checked)) for outcome in Outcome]
    return ", ".join(f"{number} {outcome.value}" for outcome, number in counts if number)


def _probe(result: FrameworkProbeResult) -> ProbeRow:
    outcome = {True: "held", False: "did not hold", None: "not tried"}[result.held] if result.offered else "not offered"
    return ProbeRow(result.probe.value, result.subject.variant, outcome, result.found)


def _answers(findings: Findings, deployment: Deployment) -> str:
    cells = [finding for finding in findings.cells if finding.cell.subject == deployment.subject]
    return answers_words(cells)


def _endpoint_words(declared: Sequence[Endpoint]) -> str:
    missing = [endpoint for endpoint in Endpoint if endpoint not in declared]
    if not declared or not missing:
        return "all of the contract" if declared else ""
    return f"{', '.join(declared)}; not declared: {', '.join(missing)}"


def _image_words(image: Image) -> str:
    built = "" if image.build_s is None else f", built or found built in {significant(image.build_s)} s"
    return f"{image.name}, {file_size(image.size_bytes)}{built}; {image.digest}"
