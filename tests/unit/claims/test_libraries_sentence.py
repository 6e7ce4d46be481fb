"""A verdict that rests on an endpoint with a database says with which ORM and driver."""

from collections.abc import Mapping, Sequence

import pytest

from harness.claims.evaluate import evaluate
from harness.model.app import Endpoint, Libraries
from harness.model.cell import Subject
from harness.model.claim import Claim, ClaimsFile
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.results.sample import deployment

FLASK, DJANGO, BOTTLE = subject("flask"), subject("django"), subject("bottle")
SQL = Libraries(orm="none", driver="psycopg 3", serializer="json")
LIBRARIES = {FLASK: SQL, BOTTLE: SQL, DJANGO: Libraries(orm="Django ORM", driver="psycopg 3", serializer="json")}


def sentence(
    endpoints: Sequence[str], libraries: Mapping[Subject, Libraries] = LIBRARIES, against: str = "every"
) -> str:
    deployments = tuple(
        deployment(each).model_copy(update={"libraries": libraries.get(each, Libraries())}) for each in LIBRARIES
    )
    capacities = {FLASK: 3_000.0, DJANGO: 1_000.0, BOTTLE: 1_100.0}
    recorded = Simulation(
        capacities_rps=capacities, deployments=deployments, endpoints=tuple(map(Endpoint, endpoints))
    ).recorded()
    condition = {
        "form": "ratio", "subjects": ("flask",), "metric": "throughput_rps", "endpoints": tuple(endpoints),
        "against": against, "group": ("django", "bottle"), "at_least": 1.5,
    }  # fmt: skip
    claim = Claim.model_validate({"id": "one", "says": "Flask is fast.", "condition": (condition,)})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded).claims
    return found.sentence


@pytest.mark.parametrize("against", ["every", "median"])
def test_each_side_is_named_with_its_own(against: str) -> None:
    told = sentence(("db",), against=against)
    assert told.endswith(
        " On db that is django through Django ORM on psycopg 3; and flask and bottle by SQL of their own on psycopg 3."
    )


def test_a_verdict_that_rests_on_no_rows_says_nothing_of_them() -> None:
    assert "psycopg" not in sentence(("json",))
    assert " On db that is django" in sentence(("json", "db"))


def test_where_nobody_says_nothing_is_said() -> None:
    assert " that is " not in sentence(("db",), libraries={})
