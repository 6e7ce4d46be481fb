"""A made-up `standard` run of the apps of this project: as much as its report ever has to find room for.

Names, servers, commands and reasons are those of the manifests, and every workload that a card shows is there.
"""

from functools import cache
from pathlib import Path
from typing import override

from harness.catalog.discover import discover
from harness.model.app import App, Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.findings import CellFinding, Change, CrowdFinding, Findings, FootprintFinding
from harness.model.plan import ProfileName
from harness.model.run import Deployment, Run, Start
from harness.model.verdict import ClaimFindings
from harness.plan.profiles import PROFILES
from tests.unit.report.sample import APPS, AppSketch, Sample
from tests.unit.report.test_special_workloads import cell, feed, found

PROFILE = PROFILES[ProfileName.STANDARD]
ROUTES = 1_000
COSTS_US = {app.name: app.hello_us for app in APPS}


@cache
def apps() -> dict[str, App]:
    return {app.name: app for app in discover((Path(__file__).parents[3] / "apps",))}


class StandardSample(Sample):
    """The sample on all endpoints of the profile, with the deployments of the manifests."""

    @property
    @override
    def sketches(self) -> tuple[AppSketch, ...]:
        return tuple(
            AppSketch(
                name,
                app.manifest.title,
                app.manifest.family,
                tuple((variant, each.server, each.interface) for variant, each in app.manifest.variants.items()),
                COSTS_US[name],
            )
            for name, app in apps().items()
        )

    @property
    @override
    def endpoints(self) -> tuple[Endpoint, ...]:
        return PROFILE.capacity

    def waiting(self, subject: Subject) -> list[CellFinding]:
        return [
            found(cell(subject, Workload.WAITING, many, Endpoint.WAIT), in_flight=self.estimate(min(many, 300)))
            for many in PROFILE.waiting
        ]

    def routes(self, subject: Subject) -> list[CellFinding]:
        special = subject.model_copy(update={"extra_routes": ROUTES})
        return [
            found(cell(each, Workload.ROUTES, 32), throughput_rps=self.estimate(rps))
            for each, rps in ((subject, 2_000.0), (special, 1_400.0))
        ]

    def kept(self, subject: Subject) -> Change:
        special = subject.model_copy(update={"extra_routes": ROUTES})
        return Change(subject=special, workload=Workload.ROUTES, kept=self.estimate(0.7))

    def feed(self, subject: Subject) -> CrowdFinding:
        most = PROFILE.feed[-1]
        return feed(
            subject, most, held=self.estimate(most), memory_bytes_per_subscriber=self.estimate(14_000.0), asked=most
        )

    def footprint(self, subject: Subject) -> FootprintFinding:
        return FootprintFinding(
            cell=Cell(subject=subject, endpoint=Endpoint.HELLO, workload=Workload.FOOTPRINT, connections=1),
            valid=True,
            gates=(),
            rounds=self.rounds,
            start_s=self.estimate(0.4),
            import_s=self.estimate(0.2),
            memory_idle_bytes=self.estimate(30e6),
            memory_loaded_bytes=self.estimate(40e6),
            installed_bytes=23_100_000,
            dependencies=("asgiref", "sqlparse"),
            image_bytes=None,
        )


def standard_run() -> tuple[Run, Findings, ClaimFindings, tuple[Start, ...]]:
    """As `Sample.build`."""
    sample = StandardSample(ProfileName.STANDARD, rounds=PROFILE.timing.rounds)
    run, findings, claims, starts = sample.build()
    subjects = [subject for subject in sample.subjects() if subject.is_original]
    whole = findings.model_copy(
        update={
            "cells": (
                *findings.cells,
                *(each for subject in subjects for each in (*sample.waiting(subject), *sample.routes(subject))),
            ),
            "changes": tuple(map(sample.kept, subjects)),
            "feeds": tuple(map(sample.feed, subjects)),
            "footprints": tuple(map(sample.footprint, subjects)),
        }
    )
    deployments = tuple(map(_as_in_its_manifest, run.deployments))
    timed = tuple(start.model_copy(update={"import_s": 0.2}) for start in starts)
    return run.model_copy(update={"deployments": deployments}), whole, claims, timed


def _as_in_its_manifest(deployment: Deployment) -> Deployment:
    app, name = apps()[deployment.subject.app], deployment.subject.variant
    variant = app.variant(name)
    return deployment.model_copy(
        update={
            "own_server": variant.own_server,
            "without": variant.without,
            "libraries": app.libraries(name),
            "also": variant.also,
            "why": variant.why,
            "source": variant.source and str(variant.source),
            "keep_alive": variant.keep_alive,
            "command": variant.command,
            "endpoints": app.manifest.endpoints,
        }
    )
