"""A server that is given up takes nobody's CPU any more, and what can't be ended costs no round."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.measure.crew import Crew, ended_under_load
from harness.measure.run_context import RunContext
from harness.metering.process_tree import Memory
from harness.model.errors import HostFault, RuntimeFault
from harness.model.run import Start
from tests.unit.analysis.simulate import subject
from tests.unit.results.sample import FLASK_JSON, run_of

FLASK = FLASK_JSON.subject
SPINS = RuntimeFault("flask/controlled was not ready after 120 s", hint="the end of its log")
STUCK = RuntimeFault("flask/controlled can't be ended, its processes are [7]", hint="look")


class Server:
    """Notes what is done to it."""

    def __init__(self, *, ready: RuntimeFault | None = None, stop: Exception | None = None) -> None:
        self.done: list[str] = []
        self._ready, self._stop = ready, stop

    def await_ready(self, _: float) -> float:
        if self._ready:
            raise self._ready
        return 0.1

    def memory(self) -> Memory:
        return Memory(rss_bytes=1, pss_bytes=1, charged_bytes=None, processes=1)

    def exit_code(self) -> int:
        return -9

    def limit_met(self) -> HostFault:
        return HostFault("no more memory", hint="allow more")

    def log_excerpt(self) -> str:
        return "the last line"

    def ask_to_end(self) -> None:
        self.done.append("asked")

    def stop(self) -> None:
        self.done.append("stopped")
        if self._stop:
            raise self._stop


def crew_of(*servers: Server) -> tuple[Crew, list[Start], list[str]]:
    """One that launches these in turn; what it has recorded, and what it has told."""
    left, written, told = list(servers), list[Start](), list[str]()
    context = SimpleNamespace(
        plan=run_of().plan,
        apps={FLASK.app: None},
        progress=SimpleNamespace(trouble=told.append, advance=lambda _: None),
        runtime=SimpleNamespace(launch=lambda *_, **__: left.pop(0)),
        writer=SimpleNamespace(append=written.append),
    )
    return Crew(cast("RunContext", context), 0), written, told


def with_two(first: Server, second: Server) -> tuple[Crew, list[Start], list[str]]:
    crew, written, told = crew_of()
    servers: Any = {FLASK: first, subject("django"): second}
    starts: Any = {each: Start.model_construct(subject=each) for each in servers}
    crew._servers, crew._starts = servers, starts
    return crew, written, told


@pytest.mark.fault(
    where="app",
    what="It works at its start for ever, or on a request that it never answers",
    happens="Its server is ended as it is given up, so that it takes no CPU time in the windows of others; after a "
    "window without an answer a fresh one answers its other endpoints.",
    lost="Its cells, or those of that endpoint",
    exit_code=4,
)
def test_a_server_that_does_not_come_up_is_stopped() -> None:
    server = Server(ready=SPINS)
    crew, written, told = crew_of(server)
    crew.start_all(None)
    assert server.done == ["stopped"]
    assert (written[-1].fault, told) == (SPINS.what, [FLASK.named(SPINS.what)])
    assert crew.why_lost(FLASK_JSON) == SPINS.what
    crew.stop_all()
    assert server.done == ["stopped"]


def test_one_that_has_ended_under_load_is_seen_to_its_end() -> None:
    """Its first process has; others of it may live."""
    server = Server()
    crew, written, _ = crew_of(server)
    crew.start_all(None)
    told = ended_under_load(crew.server(FLASK_JSON), FLASK_JSON)
    crew.lose(FLASK, told, log=server.log_excerpt())
    assert told == "the server ended by itself under load on json (exit code -9): no more memory"
    assert (written[-1].fault, written[-1].log_excerpt) == (told, "the last line")
    assert server.done == ["stopped"]


def test_all_are_ended_at_once_where_their_database_is_gone() -> None:
    servers = Server(), Server()
    crew, written, _ = with_two(*servers)
    crew.lose_all("the database ended by itself")
    assert [server.done for server in servers] == [["asked", "stopped"]] * 2
    assert [start.fault for start in written] == ["the database ended by itself"] * 2
    assert list(crew.running()) == []


def test_after_a_window_without_an_answer_a_fresh_server_answers_the_other_endpoints() -> None:
    silent, fresh = Server(), Server()
    crew, _, _ = crew_of(silent, fresh)
    crew.start_all(None)
    crew.note_silence(FLASK_JSON)
    assert (silent.done, fresh.done) == (["stopped"], [])
    assert crew.why_lost(FLASK_JSON) == "json did not answer earlier in this round"
    assert [server for _, server in crew.running()] == [fresh]


def test_who_is_lost_is_not_put_there_afresh() -> None:
    crew, _, _ = crew_of(Server(), Server(ready=SPINS))
    crew.start_all(None)
    crew.renew(FLASK)
    crew.renew(FLASK)
    assert list(crew.running()) == []


@pytest.mark.fault(
    where="server",
    what="It can't be ended (a process that waits for the kernel)",
    happens="It is told, and tried again at the end of the command, which then names what stays. The round counts, and "
    "the run goes on.",
    lost="Nothing",
    exit_code=4,
)
def test_who_can_not_be_ended_is_told_and_keeps_no_other_from_its_end() -> None:
    stuck, other = Server(stop=STUCK), Server(stop=OSError("no such thing"))
    crew, _, told = with_two(stuck, other)
    crew.stop_all()
    assert [server.done for server in (stuck, other)] == [["asked", "stopped"]] * 2
    assert told[0] == STUCK.what
    assert "no such thing" in told[1]


def test_an_interrupt_while_servers_are_stopped_keeps_no_other_from_its_end() -> None:
    class Interrupted(Server):
        def stop(self) -> None:
            super().stop()
            raise KeyboardInterrupt

    first, second = Interrupted(), Server()
    crew, _, _ = with_two(first, second)
    with pytest.raises(KeyboardInterrupt):
        crew.stop_all()
    assert second.done == ["asked", "stopped"]
