"""A made-up but life-like run and its findings, the same for the same seed, for the tests of the report.

Ten apps, one cell that the analysis refused, an A/A pair, ties, and an app whose every text is hostile.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from harness.model.app import NO_ORM, Endpoint, Family, Interface, Libraries
from harness.model.calibration import Ceiling
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.findings import (
    Bound,
    CellFinding,
    Comparison,
    CopiesTest,
    Estimate,
    Findings,
    Overhead,
    Percentile,
    Ranking,
    RankRow,
    SanityCheck,
)
from harness.model.host import Check, CpuLayout, Grade, Host, Interpreter
from harness.model.host_speed import HostSpeed, SpeedEffect
from harness.model.latency_figure import Latency, LatencyFigure, QuantilePoint
from harness.model.plan import Plan, ProfileName, Timing
from harness.model.run import AppSource, Database, Deployment, Run, RuntimeName, SourceFile, Start
from harness.model.validity import Gate, GateName
from harness.model.verdict import ClaimFindings
from tests.unit.report.claims_sample import claim_findings

HOSTILE_TITLE = "<img src=x onerror=alert(1)>"
HOSTILE_FAILURE = (
    'HTTP/1.1 200 OK </pre><script>alert("this must never run")</script> $\\frac{1}{0}$ \x00\x1b[31m\u202e'
)
HOSTILE_SOURCE = "javascript:alert(2)"

CEILING_RPS = 31_400.0
STARTED_AT = datetime(2025, 11, 22, 23, 37, tzinfo=UTC)

_PGO = Interpreter(
    version="3.13.9",
    implementation="CPython",
    compiler="Clang 20.1.4",
    pgo=True,
    lto=True,
    free_threaded=False,
    jit=False,
)


@dataclass(frozen=True)
class AppSketch:
    """What the sample needs to know of an app: its names and how much CPU time one `hello` costs."""

    name: str
    title: str
    family: Family
    variants: tuple[tuple[str, str, Interface], ...]
    hello_us: float
    command: tuple[str, ...] = ("gunicorn", "app:application", "--bind", "${HOST}:${PORT}")


_GTHREAD = ("controlled", "gunicorn gthread", Interface.WSGI)
_UVICORN = ("controlled", "uvicorn", Interface.ASGI)
APPS = (
    AppSketch(
        "django",
        "Django",
        Family.FULL_STACK,
        (_GTHREAD, ("default", "gunicorn sync", Interface.WSGI), ("asgi", "uvicorn", Interface.ASGI)),
        610,
    ),
    AppSketch("flask", "Flask", Family.MICRO, (_GTHREAD, ("default", "gunicorn sync", Interface.WSGI)), 545),
    AppSketch("bottle", "Bottle", Family.MICRO, (_GTHREAD, ("default", "gunicorn sync", Interface.WSGI)), 370),
    AppSketch("pyramid", "Pyramid", Family.MODULAR, (_GTHREAD, ("default", "waitress", Interface.WSGI)), 420),
    AppSketch("fastapi", "FastAPI", Family.ASYNCHRONOUS, (_UVICORN, ("default", "fastapi run", Interface.ASGI)), 262),
    AppSketch("sanic", "Sanic", Family.ASYNCHRONOUS, (_UVICORN, ("default", "Sanic", Interface.NATIVE)), 130),
    AppSketch("tornado", "Tornado", Family.ASYNCHRONOUS, (("default", "Tornado", Interface.NATIVE),), 365),
    AppSketch("starlette", "Starlette", Family.LAYER, (_UVICORN,), 180),
    AppSketch("wsgi", "Bare WSGI", Family.BASELINE, (_GTHREAD,), 330),
    AppSketch("asgi", "Bare ASGI", Family.BASELINE, (_UVICORN,), 84),
)
HOSTILE_APP = AppSketch("hostile", HOSTILE_TITLE, Family.MICRO, (_GTHREAD,), 480)

_COST_FACTOR = {
    Endpoint.HELLO: 1.0,
    Endpoint.JSON: 1.05,
    Endpoint.ITEMS: 1.6,
    Endpoint.ORDERS: 1.3,
    Endpoint.DB: 1.9,
    Endpoint.QUERIES: 9.0,
    Endpoint.FORTUNES: 3.1,
}
_DATABASE_US = {Endpoint.DB: 92.0, Endpoint.QUERIES: 1_450.0, Endpoint.FORTUNES: 130.0}
_QUANTILES = ((0.5, 1.0), (0.9, 2.3), (0.99, 5.9), (0.999, 14.0), (1.0, 41.0))


@dataclass
class Sample:
    """Builds a run and its findings; `standard` has all variants, endpoints and rates, `quick` the shorter list."""

    profile: ProfileName = ProfileName.QUICK
    seed: int = 7
    rounds: int = 4
    with_hostile: bool = True
    cpu_count: int = 2
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the sample's own random numbers."""
        self.draw = random.Random(self.seed)

    @property
    def sketches(self) -> tuple[AppSketch, ...]:
        """The apps of the run."""
        return (*APPS, HOSTILE_APP) if self.with_hostile else APPS

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The capacity endpoints of the profile."""
        every = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES)
        return every if self.profile is ProfileName.STANDARD else every[:3]

    @property
    def latency_kinds(self) -> tuple[tuple[Endpoint, RateRule], ...]:
        """The latency cells of the profile."""
        if self.profile is ProfileName.STANDARD:
            return tuple((endpoint, rate) for endpoint in (Endpoint.JSON, Endpoint.DB) for rate in RateRule)
        return ((Endpoint.JSON, RateRule.COMMON),)

    def deployed(self) -> list[tuple[AppSketch, str, str, Interface]]:
        """(app, variant, server, interface) of each subject."""
        chosen = []
        for app in self.sketches:
            for variant, server, interface in app.variants:
                quick = variant == "controlled" or interface is Interface.NATIVE
                if self.profile is ProfileName.STANDARD or quick:
                    chosen.append((app, variant, server, interface))
        return chosen

    def subjects(self) -> tuple[Subject, ...]:
        """All subjects, the A/A twin last."""
        originals = tuple(Subject(app=app.name, variant=variant) for app, variant, _, _ in self.deployed())
        return (*originals, Subject(app="flask", variant="controlled", twin=True))

    def estimate(self, value: float, relative: float = 0.035) -> Estimate:
        """`value` with an interval of about ± `relative`."""
        low = value * (1 - relative * self.draw.uniform(0.7, 1.3))
        return Estimate(value=value, low=low, high=value * (1 + relative * self.draw.uniform(0.7, 1.3)))

    def ratio(self, value: float) -> Estimate:
        """`value` with an interval of about ± 3 %, as wide downwards as upwards, by ratio: the analysis makes such."""
        drawn = self.estimate(value, 0.03)
        return drawn.model_copy(update={"low": value**2 / drawn.high})

    def build(self) -> tuple[Run, Findings, ClaimFindings, tuple[Start, ...]]:
        """The run, its findings, what it says of the claims, and its starts."""
        findings = _FindingsBuilder(self).build()
        claims = claim_findings(findings.run_id, self.draw, self.rounds)
        return self.run(findings), findings, claims, self.starts()

    def run(self, findings: Findings) -> Run:
        """The header that goes with `findings`."""
        return Run(
            run_id=findings.run_id,
            started_at=STARTED_AT,
            finished_at=STARTED_AT + timedelta(minutes=9, seconds=20),
            command=("bench", "run", "--profile", self.profile.value, "--seed", str(self.seed)),
            runtime=RuntimeName.PROCESS,
            plan=self._plan(findings),
            host=_host(self.cpu_count),
            checks=_checks(),
            database=Database(
                version="18.4", embedded=True, settings={"fsync": "off", "shared_buffers": "128MB", "jit": "off"}
            ),
            deployments=tuple(_deployment(*deployed) for deployed in self.deployed()),
            sources=tuple(_source(app) for app in self.sketches),
            ceiling=Ceiling(
                engine_rps=CEILING_RPS, engine_cpu_us_per_request=31.9, responder_cpu_share=0.71, windows=15
            ),
            harness_version="0.1.0",
            harness_revision="3f2c1ab+dirty",
            harness_packages={"locust": "2.47.0", "gevent": "26.9.0", "httptools": "0.9.0", "pandas": "3.1.1"},
            generator_interpreter=_PGO,
        )

    def _plan(self, findings: Findings) -> Plan:
        isolated = self.cpu_count >= 4
        return Plan(
            profile=self.profile,
            seed=self.seed,
            timing=Timing(
                rounds=self.rounds,
                lead_in_s=0.05,
                warm_window_s=0.2,
                warm_windows_max=8,
                capacity_window_s=0.5,
                capacity_windows=5,
                latency_window_s=2.0,
                latency_windows=2,
            ),
            subjects=self.subjects(),
            cells=tuple(finding.cell for finding in findings.cells),
            cpus=CpuLayout(server=(0,), generator=(1,), database=(2, 3) if isolated else (1,)),
            estimated_s=560.0,
        )

    def starts(self) -> tuple[Start, ...]:
        """One start of each subject a round; one of the hostile app's fails."""
        made = []
        for round_index in range(self.rounds):
            for place, subject in enumerate(self.subjects()):
                idle = int((24 + 5 * (place % 7) + self.draw.random()) * 2**20)
                failed = subject.app == "hostile" and round_index == 1
                made.append(
                    Start(
                        round_index=round_index,
                        subject=subject,
                        hash_seed=self.draw.randrange(2**32),
                        start_s=None if failed else 0.3 + 0.1 * (place % 5) + self.draw.random() * 0.05,
                        rss_idle_bytes=None if failed else int(idle * 1.2),
                        pss_idle_bytes=None if failed else idle,
                        rss_loaded_bytes=None if failed else int(idle * 1.5),
                        pss_loaded_bytes=None if failed else int(idle * 1.3),
                        processes=None if failed else 2,
                        fault="It ended with code 3 before its first answer. <b>x</b>" if failed else None,
                        log_excerpt="Traceback <script>alert(3)</script>" if failed else None,
                    )
                )
        return tuple(made)


class _FindingsBuilder:
    """Makes findings that agree with each other: rankings, comparisons and overheads come from the same costs."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.costs = {
            f"{app.name}/{variant}": app.hello_us * (1 + 0.22 * index)
            for app in sample.sketches
            for index, (variant, _, _) in enumerate(app.variants)
        }
        self.costs["flask/controlled/twin"] = self.costs["flask/controlled"] * 1.008

    def build(self) -> Findings:
        capacity = [
            self.capacity_cell(subject, endpoint)
            for endpoint in self.sample.endpoints
            for subject in self.sample.subjects()
        ]
        latency = [
            self.latency_cell(subject, endpoint, rate)
            for endpoint, rate in self.sample.latency_kinds
            for subject in self.sample.subjects()
        ]
        twin = Subject(app="flask", variant="controlled", twin=True)
        original = twin.model_copy(update={"twin": False})
        pairs = tuple(
            Comparison(
                a=original,
                b=twin,
                endpoint=endpoint,
                workload=Workload.CAPACITY,
                rate=None,
                ratio=self.sample.estimate(self.sample.draw.uniform(0.985, 1.015), 0.03),
                tied=True,
            )
            for endpoint in self.sample.endpoints
        )
        rankings = tuple(self.rankings(capacity, latency))
        return Findings(
            run_id="2025-11-22T23-37-00Z-quick-3fa9",
            cells=(*capacity, *latency),
            rankings=rankings,
            comparisons=(*pairs, *self.neighbours(rankings)),
            cpu_comparisons=tuple(self.cpu_comparisons()),
            overheads=tuple(self.overheads()),
            sanity=(
                SanityCheck(
                    statement="bottle/controlled is not faster than wsgi/controlled on hello",
                    held=True,
                    detail="0.93 times as fast (95 % interval 0.90 to 0.96)",
                ),
                SanityCheck(
                    statement="fastapi/controlled is not faster than starlette/controlled on hello",
                    held=True,
                    detail="0.69 times as fast (95 % interval 0.67 to 0.71)",
                ),
            ),
            copies=CopiesTest(subject=original, pairs=pairs, allowed=2),
            speed=HostSpeed(
                windows=1_080,
                windows_without=3,
                relative_sd=0.14,
                effects=tuple(
                    SpeedEffect(
                        endpoint=endpoint, workload=Workload.CAPACITY, rate=None, slope=slope, explained=0.6 * -slope
                    )
                    for endpoint, slope in zip(self.sample.endpoints, (-1.02, -0.87, -0.96, 0.0, -0.9), strict=False)
                ),
                drift_share=0.44,
                drift_s=0.55,
                median_ratio_half_width_as_counted=0.073,
                largest_change=0.049,
            ),
            rounds_complete=self.sample.rounds,
            rounds_planned=self.sample.rounds,
            median_ratio_half_width=0.047,
        )

    def cost_us(self, subject: Subject, endpoint: Endpoint) -> float:
        return self.costs[subject.key] * _COST_FACTOR[endpoint]

    def capacity_cell(self, subject: Subject, endpoint: Endpoint) -> CellFinding:
        cost = self.cost_us(subject, endpoint)
        broken = subject.app == "hostile" and endpoint is Endpoint.DB
        lost = subject.app == "pyramid" and endpoint is Endpoint.HELLO and self.sample.profile is ProfileName.STANDARD
        database = _DATABASE_US.get(endpoint)
        throughput = 0.97e6 / (cost + (database or 0) * 0.3)
        share = throughput / CEILING_RPS
        wrong = "12 wrong answers, the first: HTTP/1.1 200 <em>x</em>"
        gates = (
            Gate(
                name=GateName.VERIFIED,
                held=not broken,
                value=12 if broken else 0,
                limit=0,
                explanation=wrong if broken else "0 wrong answers",
            ),
            Gate(
                name=GateName.GENERATOR_BOUND,
                held=share <= 0.7,
                value=share,
                limit=0.7,
                explanation=f"{share:.1%} of the generator's ceiling",
            ),
            Gate(
                name=GateName.LITTLES_LAW,
                held=True,
                value=0.011,
                limit=0.05,
                explanation="31.7 requests in flight on 32 connections",
            ),
        )
        return CellFinding(
            cell=Cell(subject=subject, endpoint=endpoint, workload=Workload.CAPACITY, connections=32),
            valid=not broken and not lost,
            reasons=(f"responses verified: {wrong}",)
            if broken
            else ("enough data: 20 lost (the server ended)",)
            if lost
            else (),
            gates=gates,
            rounds=0 if lost else self.sample.rounds,
            windows=0 if lost else self.sample.rounds * 5,
            windows_lost=20 if lost else 0,
            requests=0 if lost else int(throughput * 10),
            failures={"wrong_body": 12} if broken else {},
            first_failure=HOSTILE_FAILURE if broken else None,
            throughput_rps=None if lost else self.sample.estimate(throughput),
            throughput_as_counted_rps=None if lost else self.sample.estimate(throughput * 1.02, 0.055),
            server_cpu_us_per_request=None if lost else self.sample.estimate(cost, 0.02),
            database_cpu_us_per_request=self.sample.estimate(database, 0.05) if database and not lost else None,
            server_cpu_share=None if lost else 0.97,
            generator_cpu_share=None if lost else 0.4,
            bound=Bound.UNKNOWN if lost else Bound.SERVER,
            offered_rps=None,
        )

    def latency_cell(self, subject: Subject, endpoint: Endpoint, rate: RateRule) -> CellFinding:
        cost = self.cost_us(subject, endpoint)
        offered = {RateRule.COMMON: 640.0, RateRule.HALF: 0.5e6 / cost, RateRule.HIGH: 0.8e6 / cost}[rate]
        load = min(offered * cost / 1e6, 0.95)
        median = cost * (1 + 0.4 * load / (1 - load))
        starved = subject.app == "django" and subject.variant == "default" and rate is RateRule.HIGH
        reason = ("offered rate: 93.0% of 20,480 requests due were answered in time",) if starved else ()
        return CellFinding(
            cell=Cell(subject=subject, endpoint=endpoint, workload=Workload.LATENCY, connections=64, rate=rate),
            valid=not starved,
            reasons=reason,
            gates=(
                Gate(
                    name=GateName.OFFERED_RATE,
                    held=not starved,
                    value=0.93 if starved else 0.998,
                    limit=0.99,
                    explanation=reason[0] if starved else "99.8% of 10,240 requests due were answered in time",
                ),
            ),
            rounds=self.sample.rounds,
            windows=self.sample.rounds * 2,
            windows_lost=0,
            requests=int(offered * 16),
            failures={},
            first_failure=None,
            throughput_rps=self.sample.estimate(offered, 0.01),
            server_cpu_us_per_request=self.sample.estimate(cost, 0.03),
            database_cpu_us_per_request=None,
            server_cpu_share=load,
            generator_cpu_share=0.2,
            bound=Bound.IDLE,
            offered_rps=offered,
            percentiles=tuple(
                Percentile(quantile=quantile, us=self.sample.estimate(median * factor, 0.03 + 0.15 * quantile**200))
                for quantile, factor in _QUANTILES[:-1]
            ),
            latency_max_us=median * 41,
            curve=tuple(self.curve(median)),
            service_time_p99_us=median * 5.2,
            schedule_lag_p99_us=41.0,
        )

    def curve(self, median: float) -> list[QuantilePoint]:
        points, last = [], 0.0
        for (low_q, low), (high_q, high) in pairwise(((0.0, 0.6), *_QUANTILES[:-1], (0.9999, 30.0))):
            for step in range(8):
                quantile = low_q + (high_q - low_q) * step / 8
                last = max(last, median * (low + (high - low) * (step / 8) ** 1.4))
                points.append(QuantilePoint(quantile=quantile, us=last))
        return [*points, QuantilePoint(quantile=1.0, us=median * 41)]

    def rankings(self, capacity: list[CellFinding], latency: list[CellFinding]) -> list[Ranking]:
        made = []
        for endpoint in self.sample.endpoints:
            cells = [finding for finding in capacity if finding.cell.endpoint is endpoint]
            values = {each.cell.subject.key: each.throughput_rps for each in cells if each.throughput_rps}
            made.append(self.ranking(cells, values, "requests/s", higher_is_better=True))
        for endpoint, rate in self.sample.latency_kinds:
            if rate is not RateRule.COMMON:
                continue
            cells = [each for each in latency if each.cell.endpoint is endpoint and each.cell.rate is rate]
            for place in (0, 2):
                values = {each.cell.subject.key: each.percentiles[place].us for each in cells}
                figure = LatencyFigure(latency=Latency.AS_MET, quantile=cells[0].percentiles[place].quantile)
                ranked = self.ranking(cells, values, f"{figure.name}, us", higher_is_better=False)
                made.append(ranked.model_copy(update={"figure": figure}))
        return made

    def ranking(
        self, cells: list[CellFinding], values: dict[str, Estimate], unit: str, *, higher_is_better: bool
    ) -> Ranking:
        ranked = [each for each in cells if each.valid and not each.cell.subject.twin]
        ranked.sort(key=lambda each: values[each.cell.subject.key].value, reverse=higher_is_better)
        ranks = [1]
        for place, (above, below) in enumerate(pairwise(ranked), start=2):
            a, b = values[above.cell.subject.key], values[below.cell.subject.key]
            ranks.append(ranks[-1] if max(a.low, b.low) <= min(a.high, b.high) else place)
        best = values[ranked[0].cell.subject.key].value
        rows = tuple(
            RankRow(
                rank=rank,
                tied=ranks.count(rank) > 1,
                subject=each.cell.subject,
                value=values[each.cell.subject.key],
                ratio_to_best=self.sample.estimate(values[each.cell.subject.key].value / best, 0.03)
                if place
                else Estimate(value=1, low=1, high=1),
            )
            for place, (rank, each) in enumerate(zip(ranks, ranked, strict=True))
        )
        cell = cells[0].cell
        invalid = tuple(each.cell.subject for each in cells if not each.valid)
        return Ranking(
            endpoint=cell.endpoint,
            workload=cell.workload,
            rate=cell.rate,
            unit=unit,
            higher_is_better=higher_is_better,
            rows=rows,
            invalid=invalid,
        )

    def neighbours(self, rankings: tuple[Ranking, ...]) -> list[Comparison]:
        return [
            Comparison(
                a=above.subject,
                b=below.subject,
                endpoint=ranking.endpoint,
                workload=ranking.workload,
                rate=ranking.rate,
                figure=ranking.figure,
                ratio=self.sample.ratio(above.value.value / below.value.value),
                tied=above.rank == below.rank,
            )
            for ranking in rankings
            for above, below in pairwise(ranking.rows)
        ]

    def cpu_comparisons(self) -> list[Comparison]:
        subjects = [subject for subject in self.sample.subjects() if subject.is_original]
        return [
            Comparison(
                a=a,
                b=b,
                endpoint=endpoint,
                workload=Workload.CAPACITY,
                rate=None,
                ratio=Estimate(value=ratio, low=ratio / 1.02, high=ratio * 1.02),
                tied=False,
            )
            for endpoint in self.sample.endpoints
            for a, b in combinations(subjects, 2)
            for ratio in [self.cost_us(a, endpoint) / self.cost_us(b, endpoint)]
        ]

    def overheads(self) -> list[Overhead]:
        interfaces = {f"{app.name}/{variant}": interface for app, variant, _, interface in self.sample.deployed()}
        made = []
        for endpoint in self.sample.endpoints:
            for subject in self.sample.subjects():
                name = {Interface.WSGI: "wsgi", Interface.ASGI: "asgi"}.get(interfaces.get(subject.key))
                if name is None or subject.app in {"wsgi", "asgi"} or subject.twin:
                    continue
                baseline = Subject(app=name, variant="controlled")
                floor = self.cost_us(baseline, endpoint)
                added = self.cost_us(subject, endpoint) - floor
                made.append(
                    Overhead(
                        subject=subject,
                        baseline=baseline,
                        endpoint=endpoint,
                        added_us=Estimate(value=added, low=added - floor * 0.03, high=added + floor * 0.03),
                        times_baseline=self.sample.estimate(added / floor, 0.04),
                    )
                )
        return made


def _source(app: AppSketch) -> AppSource:
    line = HOSTILE_FAILURE if app is HOSTILE_APP else "    return 'Hello, World!'"
    return AppSource(
        app=app.name,
        files=(
            SourceFile(path="app.py", text=f"def hello():\n{line}\n"),
            SourceFile(path="contract/__init__.py", text=""),
            SourceFile(path="logo.png", text=None),
        ),
    )


def _deployment(app: AppSketch, variant: str, server: str, interface: Interface) -> Deployment:
    hostile = app is HOSTILE_APP
    return Deployment(
        subject=Subject(app=app.name, variant=variant),
        title=app.title,
        family=app.family,
        interface=interface,
        server=server,
        why="Because </p><script>alert(4)</script>" if hostile else "So that all apps of one interface share a server.",
        source=HOSTILE_SOURCE if hostile else "https://docs.example.org/deployment",
        keep_alive=server != "gunicorn sync",
        libraries=Libraries(
            orm="Django ORM" if app.name == "django" else NO_ORM, driver="psycopg 3", serializer="json"
        ),
        command=app.command,
        environment={"HOST": "127.0.0.1", "WORKERS": "1", "DATABASE_URL": "postgresql://bench@/bench?host=/tmp/pg"},
        framework_version="2.4.1",
        packages={f"package-{number}": f"1.{number}.0" for number in range(24)},
        lock_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        code_sha256="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        interpreter=_PGO,
        accelerators=("uvloop", "httptools") if interface is Interface.ASGI else (),
    )


def _host(cpu_count: int) -> Host:
    return Host(
        kernel="6.12.43",
        machine="x86_64",
        cpu_model="AMD EPYC 7B13",
        cpu_count=cpu_count,
        memory_bytes=8 * 2**30,
        virtualization="kvm",
        container=None,
        governor=None,
        smt=True,
        clock_source="kvm-clock",
        cgroup_cpu_limit=None,
        open_files_limit=1_048_576,
        os_release="Debian GNU/Linux 13 (trixie)",
        fingerprint="5d41402abc4b",
    )


def _checks() -> tuple[Check, ...]:
    return (
        Check(
            name="Python build",
            value="PGO and LTO",
            grade=Grade.GOOD,
            why="The same source runs up to 1.6 times as fast on an optimised build.",
            source="sysconfig",
        ),
        Check(
            name="CPU steal",
            value="1.4 % over 2 s",
            grade=Grade.POOR,
            why="Time taken by the hypervisor slows whatever runs just then.",
            remedy="Use a machine of your own, or more rounds.",
            source="/proc/stat",
        ),
        Check(
            name="CPU governor",
            value="not readable",
            grade=Grade.UNKNOWN,
            why="A governor that saves power lets the first windows run slower.",
        ),
    )
