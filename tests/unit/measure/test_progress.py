"""Whoever watches a run is told what its rounds measure, and of nothing else."""

import pytest

from harness.measure.progress import measuring_words
from harness.model.app import Endpoint
from harness.model.cell import CROWD_ENDPOINTS, Cell, Workload
from tests.unit.results.sample import FLASK_JSON


def cell(workload: Workload) -> Cell:
    endpoint = CROWD_ENDPOINTS.get(workload, Endpoint.JSON)
    return Cell.model_construct(subject=FLASK_JSON.subject, endpoint=endpoint, workload=workload, connections=1)


@pytest.mark.parametrize(
    ("workloads", "told"),
    [
        ((Workload.CAPACITY,), "measuring capacity"),
        ((Workload.LATENCY,), "measuring latency"),
        ((Workload.LATENCY, Workload.CAPACITY), "measuring capacity and latency"),
        ((Workload.CONCURRENCY, Workload.CAPACITY, Workload.ROUTES), "measuring capacity"),
        ((Workload.LIMIT, Workload.IDLE, Workload.LATENCY), "measuring latency, servers that idle and highest rates"),
        ((Workload.WAITING,), "measuring requests that wait"),
        ((Workload.FEED,), "measuring feeds"),
        ((Workload.CHAT,), "measuring chats"),
        ((Workload.CHAT, Workload.FEED), "measuring feeds and chats"),
    ],
)
def test_what_is_measured_is_named_and_nothing_else(workloads: tuple[Workload, ...], told: str) -> None:
    assert measuring_words(map(cell, workloads)) == told


@pytest.mark.parametrize("workload", [each for each in Workload if each is not Workload.FOOTPRINT])
def test_every_workload_with_windows_has_words(workload: Workload) -> None:
    assert measuring_words([cell(workload)])
