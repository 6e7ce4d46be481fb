"""One round: start every subject afresh, warm it up, measure in shuffled windows, stop everything."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from harness.load.arrivals import seed_of_usual_number
from harness.measure import room, warmup
from harness.measure.capacities import Throughputs
from harness.measure.check_first import Unchecked, check_servers
from harness.measure.crew import Crew, ended_under_load
from harness.measure.framework_probes import probe_sites, probes_of, probes_planned
from harness.measure.holding import crowd_spec, not_held
from harness.measure.limit_trials import trial_of
from harness.measure.progress import measuring_words
from harness.measure.rates import Rates, without_capacity
from harness.measure.run_context import RunContext
from harness.measure.waiting_queue import leaves_a_queue
from harness.model.app import Endpoint
from harness.model.cell import AT_A_RATE, Cell, Subject, Workload, ladder
from harness.model.conformance import contract_words
from harness.model.course import Part
from harness.model.naming import called_as, cell_words
from harness.model.run import RoundEnd, Window, WindowKind
from harness.model.window import Mode, WindowSpec
from harness.plan import budget, order
from harness.plan.lengths import Length, by_clock_s, lengths_of
from harness.plan.limit_search import next_rate
from harness.runtime.roles import RunningDatabase


@dataclass(frozen=True)
class _Shape:
    """What sets one kind of window apart from the others."""

    kind: WindowKind
    mode: Mode
    lead_in_s: float
    duration_s: float
    ramp_s: float = 0.0
    drain: bool = True
    pass_index: int | None = None


class Round:
    """Carries out one round of a plan. Nothing that it started runs after `run` returned or raised."""

    def __init__(self, context: RunContext, index: int, database: RunningDatabase | None) -> None:
        self._context = context
        self._plan = context.plan
        self._progress = context.progress
        self._index = index
        self._database = database
        self._crew = Crew(context, index)
        self._warmed_up: dict[tuple[Subject, Endpoint], list[Window]] = {}

    def run(self, rates: Rates, keep_rates: Callable[[], None]) -> None:
        """Measure everything once.

        What of the `rates` was not decided before is decided from this round's warm-up, and `keep_rates` is called,
        before anything is measured.
        """
        self._progress.begin_round(self._index)
        try:
            self._begin(Part.STARTS, "starting servers")
            self._crew.start_all(self._database.url if self._database else None)
            if any(cell.workload is Workload.FOOTPRINT for cell in self._plan.cells):
                self._begin(Part.IMPORTS, "importing frameworks")
                self._crew.time_imports()
            self._crew.cut_logs()
            self._check()
            self._begin(Part.WARMING, "warming up")
            for cell in budget.warmed_up(self._plan.cells):
                self._warm_up(cell)
            self._look_again(rates.undecided())
            throughputs = self._context.capacities.of_round(self._index)
            if rates.decide(self._context.capacities.so_far()):
                keep_rates()
            planned = order.window_order(self._plan, self._index)
            loaded, waiting, crowds = (
                [self._plan.cells[index] for index in indices]
                for indices in (planned.loaded, planned.waiting, planned.crowds)
            )
            if loaded:
                self._begin(Part.WINDOWS, measuring_words(loaded))
            self._loaded(loaded, throughputs, rates)
            self._crew.read_memory()
            if waiting:
                self._begin(Part.WAITING, measuring_words(waiting))
            for cell in waiting:
                self._waiting(cell)
            if crowds:
                self._begin(Part.FEEDS, measuring_words(crowds))
            self._crowds(crowds)
            # What was measured is whole by now, whatever comes of stopping what it was measured on.
            self._context.writer.append(RoundEnd(round_index=self._index, finished_at=datetime.now(UTC)))
        except BaseException:
            self._progress.break_off()
            raise
        finally:
            self._begin(Part.STOPS, "stopping servers")
            self._crew.stop_all()
        self._progress.end_round()

    def _check(self) -> None:
        """Whether the servers keep the contract, before anything is measured; and where planned, how safe they are."""
        context, ahead_ns, probing = self._context, self._context.runtime.clock_ahead_ns(), probes_planned(self._plan)
        servers = [
            Unchecked(context.apps[subject.app], server, self._checked_on(subject, everything=probing))
            for subject, server in self._crew.running()
            if subject.is_original and subject not in context.checked
        ]
        if servers:
            self._begin(Part.CHECKS, "checking the contract" + (" and probing the frameworks" if probing else ""))
        for checked in check_servers(servers, self._index, ahead_ns, self._database, meanwhile=self._probe_sites):
            if checked.failed and (reason := self._why_no_database()):
                self._progress.trouble(f"whether apps keep the contract could not be told: {reason}")
                break
            context.checked.add(checked.subject)
            context.writer.append(checked)
            if failed := checked.failed:
                self._progress.trouble(
                    f"{self._called(checked.subject)} {contract_words(failed)}, so it takes no rank: {failed[0]}"
                )
            for probe in probes_of(checked) if probing else ():
                context.writer.append(probe)
            self._progress.advance(budget.CHECK_S)

    def _probe_sites(self) -> None:
        for found in probe_sites(self._plan, self._context.apps, self._context.runtime, self._index):
            for probed in found:
                self._context.writer.append(probed)
            self._progress.advance(budget.SITES_S)

    def _checked_on(self, subject: Subject, *, everything: bool) -> set[Endpoint]:
        """All that its app declares, or what is measured of it; no more needs a database then than the run does."""
        if everything:
            return set(self._context.apps[subject.app].manifest.endpoints)
        return {cell.endpoint for cell in self._plan.cells if cell.subject.original == subject}

    def _warm_up(self, cell: Cell) -> list[Window]:
        timing = self._plan.timing
        windows: list[Window] = []
        throughputs_rps: list[float] = []
        while len(throughputs_rps) < timing.warm_windows_max and not warmup.is_warm(throughputs_rps):
            windows.append(self._take(cell, self._warm_shape))
            report = windows[-1].report
            if report is None or report.silent:
                break
            throughputs_rps.append(report.responses / report.duration_ns * 1e9)
        self._warmed_up[cell.subject, cell.endpoint] = windows
        self._progress.advance(budget.warm_s(timing))
        return windows

    def _look_again(self, at: Collection[tuple[Subject, Endpoint]]) -> None:
        """In passes over all of them, at whom a rate is to be decided of: one moment of a host says little of it."""
        cells = [cell for cell in budget.warmed_up(self._plan.cells) if (cell.subject, cell.endpoint) in at]
        for _ in range(budget.RATE_PASSES):
            for cell in cells:
                if self._why_lost(cell) is None:
                    self._warmed_up[cell.subject, cell.endpoint].append(self._take(cell, self._warm_shape))
                self._progress.advance(budget.warm_window_s(self._plan.timing))

    def _warm_again(self, subject: Subject) -> None:
        """The server is a fresh one since an endpoint did not answer: warm up once more what had been warm."""
        for cell in budget.warmed_up(self._plan.cells):
            warm = self._warmed_up.get((subject, cell.endpoint)) if cell.subject == subject else None
            if warm is not None and self._why_lost(cell) is None:
                warm.append(self._take(cell, self._warm_shape))

    @property
    def _warm_shape(self) -> _Shape:
        return _Shape(WindowKind.WARM, Mode.CLOSED, self._plan.timing.lead_in_s, self._plan.timing.warm_window_s)

    def _loaded(self, cells: Sequence[Cell], throughputs: Throughputs, rates: Rates) -> None:
        """All windows of capacity and of rates, in the order given, each as long as its subject needs it."""
        timing = self._plan.timing
        rates_rps = {cell: rate_rps for cell in cells if (rate_rps := rates.of(cell))}
        lengths = lengths_of(timing, self._plan.cells, throughputs, rates_rps)
        # A window that was planned is not taken where its cell is lost; that is seen when it comes to that.
        self._progress.foresee(by_clock_s(lengths))
        passes: Counter[Cell] = Counter()
        for cell in cells:
            if lengths[cell].takes(passes[cell], timing.windows_of(cell)):
                if cell.workload is Workload.LIMIT:
                    self._search(cell, lengths[cell], passes[cell], throughputs.get((cell.subject, cell.endpoint)))
                else:
                    self._load(cell, lengths[cell], passes[cell], rates_rps.get(cell), rates.why_beyond(cell))
            passes[cell] += 1
            self._progress.advance(budget.window_s(timing, cell))

    def _load(
        self, cell: Cell, length: Length, pass_index: int, rate_rps: float | None, why_none: str | None = None
    ) -> Window:
        mode = Mode.OPEN if cell.workload in AT_A_RATE else Mode.CLOSED
        shape = _Shape(WindowKind.MEASURED, mode, length.lead_in_s, length.duration_s, pass_index=pass_index)
        return self._take(cell, shape, rate_rps=rate_rps, why_none=why_none)

    def _search(self, cell: Cell, length: Length, pass_index: int, capacity_rps: float | None) -> None:
        trials = self._context.trials[cell.key]
        if trial := trial_of(self._load(cell, length, pass_index, next_rate(trials, capacity_rps)), cell):
            trials.append(trial)

    def _waiting(self, cell: Cell) -> None:
        timing = self._plan.timing
        lead_in_s = max(budget.WAITING_RAMP_S + budget.WAITING_LEAD_IN_S, timing.lead_in_s)
        shape = _Shape(
            WindowKind.MEASURED,
            Mode.CLOSED,
            lead_in_s,
            timing.waiting_window_s,
            ramp_s=budget.WAITING_RAMP_S,
            drain=False,
        )
        window = self._take(cell, shape)
        if window.report and not window.report.silent and leaves_a_queue(window.report, cell.connections):
            self._crew.renew(cell.subject)
        self._progress.advance(budget.window_s(timing, cell))

    def _crowds(self, cells: Sequence[Cell]) -> None:
        """Every subject with ever more subscribers and members, as long as it holds them; then its server is done with.

        Ending it at once spares the next one what thousands of leaving clients leave to do.
        """
        for subject, all_of_it in groupby(cells, key=lambda cell: cell.subject):
            for place, (_, rungs) in enumerate(groupby(all_of_it, key=ladder)):
                self._climb(list(rungs), afresh=place > 0)
            self._crew.stop(subject)

    def _climb(self, rungs: Sequence[Cell], *, afresh: bool) -> None:
        """Hold ever more; `afresh` on a server that has nothing left, nor to do, of those before."""
        if afresh and not self._why_lost(rungs[0]):
            self._crew.renew(rungs[0].subject)
        too_many: str | None = None
        for cell in rungs:
            window = self._crowd(cell, too_many)
            too_many = (window.crowd and not_held(window.crowd, cell.workload)) or too_many
            self._progress.advance(budget.window_s(self._plan.timing, cell))

    def _crowd(self, cell: Cell, too_many: str | None) -> Window:
        window = self._begun(cell, WindowKind.MEASURED, lost=self._why_lost(cell), skipped=too_many)
        if not window.lost and not window.skipped:
            server = self._crew.server(cell)
            seed = order.window_seed(self._plan, self._index, window.sequence)
            spec = crowd_spec(self._plan.timing, cell, server.host, server.port, seed)
            self._progress.by_clock(spec.lead_in_s + spec.duration_s + spec.limit_s)
            window = self._judge(cell, self._context.instruments.take_crowd(window, spec, server, self._database))
            self._crew.cut_logs()
        self._context.writer.append(window)
        return window

    def _why_lost(self, cell: Cell) -> str | None:
        return self._crew.why_lost(cell) or room.too_many(cell, self._context.most_connections)

    def _begun(
        self,
        cell: Cell,
        kind: WindowKind,
        *,
        lost: str | None,
        skipped: str | None = None,
        pass_index: int | None = None,
    ) -> Window:
        return Window(
            round_index=self._index,
            sequence=next(self._context.sequence),
            pass_index=pass_index,
            cell=cell.key,
            kind=kind,
            started_at=datetime.now(UTC),
            lost=lost,
            skipped=skipped,
        )

    def _take(self, cell: Cell, shape: _Shape, *, rate_rps: float | None = None, why_none: str | None = None) -> Window:
        """Take and record one window, or record why there is none."""
        lost, skipped = self._why_lost(cell), None
        if lost is None and shape.mode is Mode.OPEN and rate_rps is None:
            # An answer of the server's that its capacity tells of, and nothing that the run lacks.
            skipped = why_none or without_capacity(self._warmed_up.get((cell.subject, cell.endpoint), ()))
        window = self._begun(cell, shape.kind, lost=lost, skipped=skipped, pass_index=shape.pass_index)
        if not lost and not skipped:
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
                keep_alive=self._context.variant(cell.subject).keep_alive,
                seed=self._seed(cell, window, shape, rate_rps),
                ramp_s=shape.ramp_s,
                drain=shape.drain,
                settle_s=budget.accepting_s(cell),
            )
            self._progress.by_clock(spec.settle_s + spec.lead_in_s + spec.duration_s)
            watch_stalls = cell.workload is Workload.LATENCY
            taken = self._context.instruments.take(window, spec, server, self._database, watch_stalls=watch_stalls)
            window = self._judge(cell, taken)
            self._crew.cut_logs()
        self._context.capacities.see(window)
        self._context.writer.append(window)
        if window.report is not None and window.report.silent:
            self._warm_again(cell.subject)
        return window

    def _seed(self, cell: Cell, window: Window, shape: _Shape, rate_rps: float | None) -> int:
        seed = order.window_seed(self._plan, self._index, window.sequence)
        if cell.workload is Workload.IDLE and rate_rps is not None:
            return seed_of_usual_number(rate_rps, shape.lead_in_s, shape.duration_s, seed)
        return seed

    def _judge(self, cell: Cell, window: Window) -> Window:
        """Notice what ended during the window, so that the next ones are not waited for in vain."""
        reason = self._why_no_database()
        if reason is None and not self._crew.server(cell).alive():
            server = self._crew.server(cell)
            reason = ended_under_load(server, cell)
            self._crew.lose(cell.subject, reason, log=server.log_excerpt())
        if reason:
            self._progress.trouble(f"{self._called(cell.subject)}: {reason}")
            return window.model_copy(update={"lost": reason, "report": None, "feed": None, "chat": None, "meter": None})
        if (window.report and window.report.failures) or (window.crowd and window.crowd.first_failure):
            self._crew.note_failures(cell)
        if window.report is not None and window.report.silent:
            self._progress.trouble(
                f"{self._called(cell.subject)}, {cell_words(cell)}: no answer in a whole window, nor after it"
            )
            self._crew.note_silence(cell)
        return window

    def _why_no_database(self) -> str | None:
        """How the database has ended, by which all servers are lost; None while it runs, or where there is none."""
        if self._database is None or self._database.alive():
            return None
        met = self._database.limit_met()
        reason = "the database ended by itself" + (f": {met.what}" if met else "")
        self._crew.lose_all(reason)
        return reason

    def _called(self, subject: Subject) -> str:
        return called_as(subject, self._context.apps[subject.app])

    def _begin(self, part: Part, text: str) -> None:
        self._progress.begin(part, f"round {self._index + 1} of {self._progress.rounds}: {text}")
