"""One round: start every subject afresh, warm it up, measure in shuffled windows, stop everything."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from harness.measure import rates, warmup
from harness.measure.crew import Crew
from harness.measure.session import Session
from harness.model.cell import Cell, Workload
from harness.model.run import RoundEnd, Window, WindowKind
from harness.model.window import Mode, WindowSpec
from harness.plan import budget, order
from harness.runtime.protocol import RunningDatabase


@dataclass(frozen=True)
class _Shape:
    """What sets one kind of window apart from the others."""

    kind: WindowKind
    mode: Mode
    lead_in_s: float
    duration_s: float


LONG_WAVE_S: Final = 0.06
"""From here on, a wave of first requests is no longer short beside a window."""

_LONGEST_LEAD_IN_S: Final = 1.0


def lead_in_for(wave_s: float, usual_s: float) -> float:
    """The lead-in of a window in which answering each connection once takes `wave_s`.

    All connections send at the same time when a window begins, so the first wave of answers waited less than the ones
    after it. Where that wave fills a good part of the window, it is left out whole.
    """
    return usual_s if wave_s < LONG_WAVE_S else max(usual_s, min(1.1 * wave_s, _LONGEST_LEAD_IN_S))


class Round:
    """Carries out one round of a plan. Nothing that it started runs after `run` returned or raised."""

    def __init__(self, session: Session, index: int, database: RunningDatabase | None) -> None:
        self._session = session
        self._plan = session.plan
        self._progress = session.progress
        self._index = index
        self._database = database
        self._crew = Crew(session, index)
        self._wave_s: dict[str, float] = {}
        """By cell: how long it takes to answer each connection once, as the warm-up showed it."""

    def run(self, capacities: rates.Capacities) -> list[Window]:
        """Measure everything once, and return the measured windows.

        `capacities` are what offered rates derive from; where there are none, this round's own serve.
        """
        windows: list[Window] = []
        try:
            self._say("starting servers")
            self._crew.start_all(self._database.url if self._database else None)
            self._say("warming up")
            for cell in self._plan.cells:
                if cell.workload is Workload.CAPACITY:
                    self._warm_up(cell)
            planned = order.window_order(self._plan, self._index)
            self._say("measuring capacity")
            windows += [self._capacity(self._plan.cells[index]) for index in planned.capacity]
            capacities = capacities or rates.first_capacities(windows, self._plan.cells)
            if planned.latency:
                self._say("measuring latency")
            windows += [self._latency(self._plan.cells[index], capacities) for index in planned.latency]
            self._crew.read_memory()
        finally:
            self._say("stopping servers")
            self._crew.stop_all()
        self._progress.advance(budget.STOP_S * len(self._plan.subjects))
        self._session.writer.append(RoundEnd(round_index=self._index, finished_at=datetime.now(UTC)))
        return windows

    def _warm_up(self, cell: Cell) -> None:
        timing = self._plan.timing
        shape = _Shape(WindowKind.WARM, Mode.CLOSED, timing.lead_in_s, timing.warm_window_s)
        throughputs_rps: list[float] = []
        while len(throughputs_rps) < timing.warm_windows_max and not warmup.is_warm(throughputs_rps):
            report = self._take(cell, shape).report
            if report is None or not report.responses:
                break
            throughputs_rps.append(report.responses / report.duration_ns * 1e9)
            self._wave_s[cell.key] = cell.connections / throughputs_rps[-1]
        self._progress.advance(budget.warm_s(timing))

    def _capacity(self, cell: Cell) -> Window:
        timing = self._plan.timing
        lead_in_s = lead_in_for(self._wave_s.get(cell.key, 0.0), timing.lead_in_s)
        window = self._take(cell, _Shape(WindowKind.MEASURED, Mode.CLOSED, lead_in_s, timing.capacity_window_s))
        self._progress.advance(budget.capacity_window_s(timing))
        return window

    def _latency(self, cell: Cell, capacities: rates.Capacities) -> Window:
        timing = self._plan.timing
        shape = _Shape(WindowKind.MEASURED, Mode.OPEN, timing.latency_lead_in_s, timing.latency_window_s)
        window = self._take(cell, shape, rate_rps=rates.offered_rate_rps(cell, capacities))
        self._progress.advance(budget.latency_window_s(timing))
        return window

    def _take(self, cell: Cell, shape: _Shape, *, rate_rps: float | None = None) -> Window:
        """Take and record one window, or record why there is none."""
        lost = self._crew.why_lost(cell)
        if lost is None and shape.mode is Mode.OPEN and rate_rps is None:
            lost = rates.unknown_rate(cell)
        window = Window(
            round_index=self._index,
            sequence=next(self._session.sequence),
            cell=cell.key,
            kind=shape.kind,
            started_at=datetime.now(UTC),
            lost=lost,
        )
        if not lost:
            server = self._crew.server(cell)
            spec = WindowSpec(
                host=server.host,
                port=server.port,
                endpoint=cell.endpoint,
                mode=shape.mode,
                connections=cell.connections,
                rate_rps=rate_rps,
                lead_in_s=shape.lead_in_s,
                duration_s=shape.duration_s,
                keep_alive=self._session.variant(cell.subject).keep_alive,
                seed=order.window_seed(self._plan, self._index, window.sequence),
            )
            window = self._judge(cell, self._session.instruments.take(window, spec, server, self._database))
        self._session.writer.append(window)
        return window

    def _judge(self, cell: Cell, window: Window) -> Window:
        """Notice what ended during the window, so that the next ones are not waited for in vain."""
        reason = None
        if self._database is not None and not self._database.alive():
            reason = "the database ended by itself"
            self._crew.lose_all(reason)
        elif not self._crew.server(cell).alive():
            reason = f"the server ended by itself under load on {cell.endpoint.value}"
            self._crew.lose(cell.subject, reason, log=self._crew.server(cell).log_excerpt())
        if reason:
            self._progress.trouble(f"{cell.subject.key}: {reason}")
            return window.model_copy(update={"lost": reason, "report": None, "meter": None})
        if window.report is not None and not window.report.responses_total:
            self._crew.note_silence(cell)
            self._progress.trouble(f"{cell.key}: no answer in a whole window, nor after it")
        return window

    def _say(self, text: str) -> None:
        self._progress.stage(f"round {self._index + 1} of {self._plan.timing.rounds}: {text}")
