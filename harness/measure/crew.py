"""The servers of one round: who was started, who is lost and why, and the end of all of them."""

from collections.abc import Iterator

from harness.host.imports import NotImported
from harness.measure.progress import end_or_tell
from harness.measure.routes import expect_routes
from harness.measure.run_context import RunContext
from harness.model.app import App, Endpoint
from harness.model.cell import Cell, Subject
from harness.model.errors import BenchError
from harness.model.naming import called_as
from harness.model.run import ENDED_BY_ITSELF, Start
from harness.plan import budget, order
from harness.runtime.roles import RunningServer

START_DEADLINE_S = 20.0
"""A server that has not answered rightly by then has failed to start."""


WORDY = "writes much to its log: only the beginning and the end are kept, and what writing costs is in its figures"


def ended_under_load(server: RunningServer, cell: Cell) -> str:
    """How a server ended that ran when the load on this cell began."""
    how = f"{ENDED_BY_ITSELF} under load on {cell.endpoint.value} (exit code {server.exit_code()})"
    return f"{how}: {met.what}" if (met := server.limit_met()) else how


class Crew:
    """The servers of one round.

    Every start is recorded at once, and again when more is known of it: the later record of the same
    round and subject replaces the earlier.
    """

    def __init__(self, context: RunContext, round_index: int) -> None:
        self._context = context
        self._round_index = round_index
        self._servers: dict[Subject, RunningServer] = {}
        self._database_url: str | None = None
        self._starts: dict[Subject, Start] = {}
        self._lost: dict[tuple[Subject, Endpoint | None], str] = {}
        self._failed: set[tuple[Subject, Endpoint]] = set()

    def start_all(self, database_url: str | None) -> None:
        """Start every subject, one after the other so that their start-up times are their own."""
        self._database_url = database_url
        plan, progress = self._context.plan, self._context.progress
        for subject in order.start_order(plan, self._round_index):
            seed = order.hash_seed(plan, self._round_index, subject)
            start = Start(
                round_index=self._round_index,
                subject=subject,
                hash_seed=seed,
                start_s=None,
                rss_idle_bytes=None,
                pss_idle_bytes=None,
            )
            self._starts[subject] = start
            try:
                server = self._launch(subject)
                start_s = server.await_ready(START_DEADLINE_S)
                if subject.extra_routes:
                    expect_routes(server, subject.extra_routes)
                memory = server.memory()
            except BenchError as error:
                self.lose(subject, error.what, log=error.hint)
                progress.trouble(subject.named(error.what))
            else:
                self._update(
                    subject,
                    start_s=start_s,
                    rss_idle_bytes=memory.rss_bytes,
                    pss_idle_bytes=memory.pss_bytes,
                    charged_idle_bytes=memory.charged_bytes,
                    processes=memory.processes,
                )
            progress.advance(budget.START_S)

    def _launch(self, subject: Subject) -> RunningServer:
        context = self._context
        server = context.runtime.launch(
            context.apps[subject.app],
            subject,
            hash_seed=order.hash_seed(context.plan, self._round_index, subject),
            database_url=self._database_url,
        )
        self._servers[subject] = server
        return server

    def time_imports(self) -> None:
        """Record, once for each app, how long importing its framework takes; of the usual servers only."""
        taken: dict[str, dict[str, object]] = {}
        for subject, start in self._starts.items():
            if not subject.is_original or start.fault is not None:
                continue
            if subject.app not in taken:
                taken[subject.app] = self._import_time(self._context.apps[subject.app])
            self._update(subject, **taken[subject.app])

    def _import_time(self, app: App) -> dict[str, object]:
        try:
            return {"import_s": self._context.runtime.import_s(app)}
        except NotImported as why:
            return {"import_unknown": str(why)}

    def running(self) -> Iterator[tuple[Subject, RunningServer]]:
        """The servers that came up and are not lost."""
        for subject, server in self._servers.items():
            if (subject, None) not in self._lost:
                yield subject, server

    def server(self, cell: Cell) -> RunningServer:
        """The server that answers this cell. Only for cells that are not lost."""
        return self._servers[cell.subject]

    def why_lost(self, cell: Cell) -> str | None:
        """Why this cell can't be loaded any more in this round; None where it can."""
        return self._lost.get((cell.subject, None)) or self._lost.get((cell.subject, cell.endpoint))

    def note_silence(self, cell: Cell) -> None:
        """An endpoint that answered nothing in a whole window is not waited for again in this round.

        A fresh server answers the others: this one may work on what it was asked for, in everybody's windows.
        """
        self._lost[cell.subject, cell.endpoint] = f"{cell.endpoint.value} did not answer earlier in this round"
        self.renew(cell.subject)

    def note_failures(self, cell: Cell) -> None:
        """Requests of this cell failed: record what its server wrote last, before its log goes with it.

        Once for each endpoint, as soon as that fails; of several, what stood there at the last of them is kept.
        """
        if (cell.subject, cell.endpoint) not in self._failed:
            self._failed.add((cell.subject, cell.endpoint))
            self._update(cell.subject, log_excerpt=self._servers[cell.subject].log_excerpt())

    def lose(self, subject: Subject, reason: str, *, log: str | None = None) -> None:
        """Give a subject up for the rest of the round, and record why. Its server takes no more of anybody's CPU."""
        self._lost[subject, None] = reason
        self._update(subject, fault=reason, **({} if log is None else {"log_excerpt": log}))
        self.stop(subject)

    def lose_all(self, reason: str) -> None:
        """Give every subject up, such as when the database is gone."""
        end_or_tell(self._context.progress.trouble, *(server.ask_to_end for server in self._servers.values()))
        for subject in tuple(self._servers):
            self.lose(subject, reason)

    def cut_logs(self) -> None:
        """Keep short what every server writes, and tell once of who writes much."""
        for subject, server in self._servers.items():
            if server.cut_log() and subject.original not in self._context.wordy:
                self._context.wordy.add(subject.original)
                name = called_as(subject, self._context.apps[subject.app])
                self._context.progress.trouble(f"{name} {WORDY}")

    def read_memory(self) -> None:
        """Record the memory of every living server after its load, and look at what it has loaded by then."""
        for subject, server in self._servers.items():
            if (subject, None) in self._lost or not server.alive():
                continue
            server.look_at_accelerators()
            memory = server.memory()
            self._update(
                subject,
                rss_loaded_bytes=memory.rss_bytes,
                pss_loaded_bytes=memory.pss_bytes,
                charged_loaded_bytes=memory.charged_bytes,
            )

    def renew(self, subject: Subject) -> None:
        """Put a fresh server in the place of one that still works off what nobody waits for any more.

        A connection that is reset while it stands in the listen queue is handed over all the same, with the request in
        it, and a server that takes one at a time begins and finishes each of them.
        """
        if (subject, None) in self._lost:
            return
        self.stop(subject)
        try:
            self._launch(subject).await_ready(START_DEADLINE_S)
        except BenchError as error:
            self.lose(subject, error.what, log=error.hint)
            self._context.progress.trouble(subject.named(error.what))

    def stop(self, subject: Subject) -> None:
        """End one server before the others; nothing is measured on it any more."""
        server = self._servers.pop(subject, None)
        if server is not None:
            end_or_tell(self._context.progress.trouble, server.stop)

    def stop_all(self) -> None:
        """End every server, all at the same time; each is seen to its end even where another resists."""
        servers = [*self._servers.values()]
        self._servers.clear()
        asked, stopped = [server.ask_to_end for server in servers], [server.stop for server in servers]
        end_or_tell(self._context.progress.trouble, *asked, *stopped)

    def _update(self, subject: Subject, **fields: object) -> None:
        self._starts[subject] = self._starts[subject].model_copy(update=fields)
        self._context.writer.append(self._starts[subject])
