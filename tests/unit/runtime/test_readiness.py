"""What becomes of a server whose first answer can't be judged, and what one has loaded by and by."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.model.errors import BenchError, HostFault, RuntimeFault, Unforeseen
from harness.runtime.readiness import AwaitedServer


@pytest.mark.parametrize(
    ("error", "fault", "told"),
    [
        (LookupError("odd"), Unforeseen, "the judgement of its first answer to /hello broke off .*: LookupError: odd "),
        (MemoryError(), HostFault, "memory"),
        (RuntimeFault("the engine is away", hint="-"), RuntimeFault, "^the engine is away"),
    ],
)
def test_a_judgement_that_breaks_off_is_a_fault_of_that_server_alone(
    error: Exception, fault: type[BenchError], told: str
) -> None:
    def step() -> None:
        raise error

    server: Any = SimpleNamespace(_start_s=None, _question="/hello", _probe=SimpleNamespace(step=step))
    with pytest.raises(fault, match=told) as raised:
        AwaitedServer.check_ready(cast("AwaitedServer", server))
    assert type(raised.value) is fault


def test_what_a_server_loads_after_its_first_answer_is_seen_when_it_is_looked_again() -> None:
    """As orjson, where a view imports it."""
    loaded = [frozenset({"uvloop"}), frozenset({"uvloop", "orjson"}), None, frozenset[str]()]
    server: Any = SimpleNamespace(accelerators=None, _loaded_accelerators=lambda: loaded.pop(0))
    seen = []
    for _ in range(4):
        AwaitedServer.look_at_accelerators(cast("AwaitedServer", server))
        seen.append(server.accelerators)
    assert seen == [{"uvloop"}, *3 * [{"uvloop", "orjson"}]]
