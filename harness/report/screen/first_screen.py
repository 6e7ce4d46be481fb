"""What a reader sees first: who is how fast, what became of the claims, and how far to trust the run."""

from dataclasses import dataclass
from typing import Final

from harness.model.findings import Findings
from harness.model.run import Run, RuntimeName
from harness.report.numbers import counted, listed
from harness.report.screen.pictures import EndpointPictures, endpoint_pictures, mark_words
from harness.report.screen.trust import Trust, trust_in
from harness.report.view.capacity import CapacityView
from harness.report.view.cast import Cast
from harness.report.view.claims import ClaimsView
from harness.report.view.cpu_per_request import CpuView
from harness.report.view.latency import LatencyView
from harness.report.view.quality import QualityView

_VARIANTS: Final = {"controlled": "controlled: one server per interface.", "default": "default: as documented."}
_RUNTIMES: Final = {RuntimeName.PROCESS: "local processes", RuntimeName.DOCKER: "containers"}


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The first screen. `place` is host and deployment in one line."""

    place: str
    endpoints: tuple[EndpointPictures, ...]
    marks: str
    """What marks and variants in the pictures mean, in short; empty where there is none."""
    claims: ClaimsView
    trust: Trust

    @property
    def opens(self) -> str:
        """The endpoint that is nearest to real work, on which pictures and tables open; empty without any."""
        return next((each.endpoint for each in self.endpoints if each.first), "")


@dataclass(frozen=True, slots=True)
class Shown:
    """The sections that the first screen is made of."""

    claims: ClaimsView
    capacity: CapacityView
    latency: LatencyView
    cpu: CpuView
    quality: QualityView


def first_screen(run: Run, findings: Findings, shown: Shown, cast: Cast) -> FirstScreen:
    """Made of the same sections that tell more."""
    endpoints = endpoint_pictures(shown.capacity, shown.latency, shown.cpu)
    return FirstScreen(
        place=_place(run, cast),
        endpoints=endpoints,
        marks=" ".join(
            filter(None, (mark_words(endpoints), *(_VARIANTS.get(each, "") for each in _variants(run, cast))))
        ),
        claims=shown.claims,
        trust=trust_in(findings, shown.quality),
    )


def _variants(run: Run, cast: Cast) -> list[str]:
    return sorted({subject.variant for subject in run.plan.subjects if cast.label(subject).is_framework})


def _place(run: Run, cast: Cast) -> str:
    """Host and deployment: `AMD EPYC 7B13, 2 CPUs; local processes; CPython 3.13.9; controlled, default`."""
    host = f"{run.host.cpu_model}, {counted(run.host.cpu_count, 'CPU')}"
    builds = {f"{each.interpreter.implementation} {each.interpreter.version}" for each in run.deployments}
    python = builds.pop() if len(builds) == 1 else counted(len(builds), "Python build") if builds else ""
    variants = _variants(run, cast)
    deployed = f"deployed as {listed(variants)}" if variants else ""
    return "; ".join(filter(None, (host, _RUNTIMES[run.runtime], python, deployed)))
