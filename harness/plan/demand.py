"""What a run takes of its host, where the servers run as local processes: files, processes and memory.

Read off runs of the shipped apps on a two-core virtual machine. Apps differ, so two figures stand for each: less than
the first can't do, and less than the second may not.
"""

from collections.abc import Sequence
from typing import Final

from harness.model.base import Contract
from harness.model.plan import Plan

SPARE_FILES: Final = 100
"""What a process has open beside its connections: libraries, pipes, its pool of 16 connections to the database."""

_MIB: Final = 2**20
_CHECKING_CLIENTS: Final = 64
"""Of the conformance checks, each a thread and a connection of the harness."""

_HARNESS_PROCESSES: Final = 16
"""Harness, load driver and speed probe, and PostgreSQL without backends, with their threads."""
_SERVER_PROCESSES: Final = 2
"""A server of one process without threads, and its guard."""
_WORKER_PROCESSES: Final = 38
"""A worker process with 16 threads, some more of its server's, and a backend for each connection of its pool."""

_LEAST_BYTES: Final = 250 * _MIB
"""Harness and load driver before they have done anything."""
_USUAL_BYTES: Final = 450 * _MIB
"""The same at their most, when the report is made, and PostgreSQL."""
_LEAST_SERVER_BYTES: Final = 30 * _MIB
_SERVER_BYTES: Final = 30 * _MIB
"""A server's guard, its master and what it shares."""
_WORKER_BYTES: Final = 60 * _MIB


class Demand(Contract):
    """What is needed of a host."""

    files: int
    """Open files of one process; less can't do."""
    connections: int
    """The most that a process holds at once; where files are too few for them, the rest can be measured."""
    least_processes: int
    """Processes and threads at once."""
    usual_processes: int
    least_bytes: int
    """Memory."""
    usual_bytes: int


def demand_of(plan: Plan) -> Demand:
    """What a run takes, all servers of a round being up at once."""
    most = max((cell.connections for cell in plan.cells), default=0)
    return _demand([subject.workers for subject in plan.subjects], connections=most)


def demand_of_checks() -> Demand:
    """What `bench verify` takes, which has one server up at a time."""
    return _demand([1], connections=_CHECKING_CLIENTS, clients=_CHECKING_CLIENTS)


def _demand(workers: Sequence[int], *, connections: int, clients: int = 0) -> Demand:
    servers, processes = len(workers), sum(workers)
    return Demand(
        files=SPARE_FILES + max(clients, 2 * servers),
        connections=connections,
        least_processes=clients + _SERVER_PROCESSES * (servers + 4),
        usual_processes=clients + _HARNESS_PROCESSES + _WORKER_PROCESSES * processes,
        least_bytes=_LEAST_BYTES + _LEAST_SERVER_BYTES * servers,
        usual_bytes=_USUAL_BYTES + _SERVER_BYTES * servers + _WORKER_BYTES * processes,
    )
