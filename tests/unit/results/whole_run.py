"""A small run that holds a bit of everything a run can hold, as files."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from harness.arrival_log import ArrivalLog
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.conformance import CheckResult, Conformance, Outcome
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.host import Check, Grade
from harness.model.run import AppSource, Database, RoundEnd, Run, SourceFile, Window
from harness.model.window import StallReading
from harness.results.records import Record, encode, encode_header
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.unit.analysis.fed import chat_report, feed_report
from tests.unit.analysis.simulate import Noise, Simulation, closed_report, meter, open_report, started, subject
from tests.unit.results.sample import STARTED_AT, deployment, window_of

FLASK, FASTAPI = subject("flask"), subject("fastapi")
MANY_ROUTES = FLASK.model_copy(update={"extra_routes": 1_000})
TWO_WORKERS = FLASK.model_copy(update={"workers": 2})
ROUNDS = 2
PROBED = (FLASK, FASTAPI)


def whole_run(capacities_rps: Mapping[Subject, float] = MappingProxyType({})) -> tuple[Run, list[Record]]:
    """The header and the records of a run of two apps, a second copy, and every workload; and capacities of others."""
    capacities = {FLASK: 400.0, FASTAPI: 500.0, subject("flask", twin=True): 400.0, **capacities_rps}
    base = Simulation(
        capacities, rounds=ROUNDS, windows=2, latency_windows=1, noise=Noise(window=0.02, process=0.005, common=0.01)
    ).recorded()
    generator = np.random.default_rng(1)
    further = [
        _cell(FLASK, Endpoint.JSON, Workload.ROUTES, 32),
        _cell(MANY_ROUTES, Endpoint.JSON, Workload.ROUTES, 32),
        _cell(FLASK, Endpoint.JSON, Workload.WORKERS, 32),
        _cell(TWO_WORKERS, Endpoint.JSON, Workload.WORKERS, 64),
        _cell(FLASK, Endpoint.JSON, Workload.CONCURRENCY, 8),
        _cell(FLASK, Endpoint.JSON, Workload.CONCURRENCY, 512),
        *(_cell(each, Endpoint.WAIT, Workload.WAITING, 512) for each in PROBED),
    ]
    idle = [_cell(each, Endpoint.JSON, Workload.IDLE, 4) for each in PROBED]
    limits = [_cell(each, Endpoint.JSON, Workload.LIMIT, 64).model_copy(update={"limit_ms": 10}) for each in PROBED]
    feeds = [_cell(each, Endpoint.FEED, Workload.FEED, 100) for each in PROBED]
    chats = [_cell(each, Endpoint.CHAT, Workload.CHAT, 100).model_copy(update={"room": 10}) for each in PROBED]
    footprints = [_cell(each, Endpoint.HELLO, Workload.FOOTPRINT, 1) for each in PROBED]
    windows = [_with_stalls(each) for each in base.windows]
    for index in range(ROUNDS):
        windows += [
            window_of(cell, round_index=index, report=closed_report(300.0, generator), meter=meter())
            for cell in further
        ]
        windows += [
            window_of(
                cell,
                rate_rps=10.0,
                round_index=index,
                report=open_report(10.0, 1e-3, 1.0, generator, of=30),
                meter=meter(0.01),
            )
            for cell in idle
        ]
        windows += [
            window_of(
                cell,
                rate_rps=rate_rps,
                round_index=index,
                report=open_report(200.0, service_s, 1.0, generator, of=200),
                meter=meter(0.5),
            )
            for cell in limits
            for rate_rps, service_s in ((200.0, 1e-3), (250.0, 2e-2))
        ]
        windows += [window_of(cell, round_index=index, feed=feed_report(90 + index), meter=meter()) for cell in feeds]
        windows += [window_of(cell, round_index=index, chat=chat_report(90 + index), meter=meter()) for cell in chats]
    windows.append(window_of(further[0], round_index=1, lost="the server ended"))
    plan = base.run.plan.model_copy(
        update={
            "cells": (*base.run.plan.cells, *further, *idle, *limits, *feeds, *chats, *footprints),
            "subjects": (*base.run.plan.subjects, MANY_ROUTES, TWO_WORKERS),
        }
    )
    run = base.run.model_copy(
        update={
            "plan": plan,
            "deployments": tuple(map(deployment, plan.subjects)),
            "finished_at": STARTED_AT,
            "database": Database(version="17", embedded=True, settings={"fsync": "off"}),
            "checks": (Check(name="steal", value="1 %", grade=Grade.POOR, why="It is another's."),),
            "sources": (AppSource(app="flask", files=(SourceFile(path="app.py", text="x = 1\n"),)),),
        }
    )
    starts = [
        started(each, index, rss_loaded_bytes=2, pss_loaded_bytes=2)
        for index in range(ROUNDS)
        for each in plan.subjects
    ]
    checks = [
        Conformance(round_index=0, subject=each, results=(_check(Outcome.PASSED), _check(Outcome.FAILED)))
        for each in PROBED
    ]
    probes = [
        FrameworkProbeResult(round_index=0, subject=each, probe=probe, held=probe is FrameworkProbe.XSS, found="it did")
        for each in PROBED
        for probe in FrameworkProbe
    ]
    ends = [RoundEnd(round_index=index, finished_at=STARTED_AT) for index in range(ROUNDS)]
    numbered: list[Window] = [each.model_copy(update={"sequence": place}) for place, each in enumerate(windows)]
    return run, [*starts, *checks, *probes, *numbered, *ends]


def write(folder: Path, whole: tuple[Run, list[Record]] | None = None) -> Path:
    """The run's files in a folder that is made for them."""
    run, records = whole or whole_run()
    folder.mkdir(parents=True)
    (folder / HEADER_FILE).write_bytes(encode_header(run))
    (folder / RECORDS_FILE).write_bytes(b"".join(map(encode, records)))
    return folder


def _with_stalls(window: Window) -> Window:
    """A window of latency with its requests, and a stall of each CPU."""
    if window.report is None or window.report.offered is None:
        return window
    arrivals = np.arange(window.report.responses) * 4_000_000
    log = ArrivalLog.of(arrivals, np.full(len(arrivals), 2_000_000))
    stalls = StallReading(
        from_ns=-300_000_000, to_ns=2_000_000_000, every_ns=1_000_000, late_ns=500_000,
        server=((100_000_000, 3_000_000),), generator=((400_000_000, 2_000_000),),
    )  # fmt: skip
    return window.model_copy(
        update={"report": window.report.model_copy(update={"arrivals": log.encode()}), "stalls": stalls}
    )


def _cell(each: Subject, endpoint: Endpoint, workload: Workload, connections: int) -> Cell:
    return Cell(subject=each, endpoint=endpoint, workload=workload, connections=connections)


def _check(outcome: Outcome) -> CheckResult:
    return CheckResult(check="ids", endpoint=Endpoint.JSON, outcome=outcome, found="a", expected="b", elapsed_s=0.1)
