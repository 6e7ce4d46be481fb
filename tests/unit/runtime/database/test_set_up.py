"""A database that breaks off while the data set is put into it is a fault with its log, not a traceback."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from harness.model.errors import HostFault, RuntimeFault
from harness.runtime.database import embedded
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.docker import database as container
from harness.runtime.docker.database import ContainerPostgres

FULL = psycopg.errors.DiskFull("could not extend file: No space left on device\nHINT:  Check free disk space.\n")
GONE = psycopg.OperationalError("server closed the connection unexpectedly")


def refusing(error: psycopg.Error) -> Any:
    """A connection that is made, and takes no statement."""

    def execute(*_: object) -> None:
        raise error

    return lambda *_, **__: nullcontext(SimpleNamespace(execute=execute))


def started(met: HostFault | None) -> EmbeddedPostgres:
    made = object.__new__(EmbeddedPostgres)
    process = SimpleNamespace(limit_met=lambda: met, log_excerpt=lambda: "PANIC: what it wrote last")
    vars(made).update(_process=process, _folder="/nowhere", url="", _await_connection=lambda: None)
    return made


@pytest.mark.fault(
    where="database",
    what="PostgreSQL ends, or its disk is full, while the data set is put into it",
    happens="It is told with PostgreSQL's own words, the limit of the host that was met, and the end of its log.",
    lost="What needs a database",
    exit_code=4,
)
@pytest.mark.parametrize("error", [FULL, GONE])
@pytest.mark.parametrize("met", [None, HostFault("the control group has no more memory", hint="allow more memory")])
def test_of_the_embedded_one(monkeypatch: pytest.MonkeyPatch, error: psycopg.Error, met: HostFault | None) -> None:
    monkeypatch.setattr(embedded, "connect", refusing(error))
    with pytest.raises(HostFault if met else RuntimeFault) as raised:
        started(met)._prepare()
    assert str(error).strip() in raised.value.what
    assert not met or (met.what in raised.value.what and met.hint in raised.value.hint)
    assert "what it wrote last" in raised.value.hint


@pytest.mark.parametrize("error", [FULL, GONE])
def test_of_the_one_in_a_container(monkeypatch: pytest.MonkeyPatch, error: psycopg.Error) -> None:
    monkeypatch.setattr(container, "connect", refusing(error))
    made = object.__new__(ContainerPostgres)
    kept = SimpleNamespace(log_excerpt=lambda: "PANIC: what it wrote last")
    vars(made).update(container=kept, url="", _counts=False, _await_connection=lambda: None)
    with pytest.raises(RuntimeFault) as raised:
        made._prepare()
    assert str(error).strip() in raised.value.what
    assert "what it wrote last" in raised.value.hint
