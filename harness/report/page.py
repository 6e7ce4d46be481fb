"""The report as views of sections, each section a view model and the template that places it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.model.cell import CROWDS
from harness.model.conformance import Conformance
from harness.model.findings import TIE_MARGIN, Findings, Ranking
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.run import Run, Start
from harness.model.verdict import ClaimFindings
from harness.report.card.app_card import AppCard, app_cards
from harness.report.card.beside import BesideData, beside_data
from harness.report.card.facts import FOOTPRINT, facts, measured_of
from harness.report.card.leaders import leaders
from harness.report.screen.first_screen import FirstScreen, Shown, first_screen
from harness.report.view.advised_commands import AdvisedCommands, advised_commands
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.caveats import name_notes
from harness.report.view.claims import claims_view
from harness.report.view.copies import copies_view, sanity_view
from harness.report.view.deployments import deployments_view
from harness.report.view.found import FoundView, Statement, found_view
from harness.report.view.headline import HeadlineView, headline_view
from harness.report.view.headroom import headroom_view
from harness.report.view.host import host_view
from harness.report.view.host_speed import speed_view
from harness.report.view.in_short import Folded, in_short
from harness.report.view.interpreters_beside import interpreters_view
from harness.report.view.method import method_view
from harness.report.view.overview import overview_view
from harness.report.view.parts import parts_view
from harness.report.view.provenance import DataFile, data_view, reproduce_view
from harness.report.view.quality import quality_view
from harness.report.view.ranking import first_shared_rank, rank_rule
from harness.report.view.ratios import RatioBook, RatiosView, ratios_name
from harness.report.view.server_costs import servers_view
from harness.report.view.sign_notes import SIGN_NOTES
from harness.report.view.taken_cpus import taken_sentences
from harness.report.view.text_tables import TextTable, text_tables
from harness.report.view.validity import validity_view


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the fragment it is linked by, its heading, its template's name, what it shows."""

    anchor: str
    heading: str
    view: object
    told: str = ""
    """What stands beside its heading where it is folded."""

    @property
    def template(self) -> str:
        """Where the section's markup is."""
        return f"sections/{self.anchor}.html.jinja"


@dataclass(frozen=True, slots=True)
class View:
    """What is shown at a time: the fragment that opens it, its name, and its sections."""

    anchor: str
    name: str
    sections: tuple[Section, ...]


_SUMMARY: Final = ("overview",)
"""The sections that follow the first screen."""

_VIEWS: Final = (
    ("verdicts", "Verdicts", ("claims",)),
    ("capacity", "Capacity", ("capacity", "growth")),
    ("latency", "Latency", ("latency", "limit")),
    ("connections", "Many connections", ("scaling", "waiting", "feeds", "chats")),
    ("cost", "Cost", ("cpu", "idle", "servers", "interpreters", "parts", "overhead", "footprint")),
    (
        "trust",
        "Trust",
        ("quality", "headroom", "validity", "copies", "speed", "sanity", "host", "method", "data", "reproduce"),
    ),
    ("apps", "Apps", ("deployments",)),
)
"""(fragment, name, sections) of each view, in the order of reading. A report opens on the summary."""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    run_id: str
    headline: HeadlineView
    screen: FirstScreen
    found: FoundView
    leaders: tuple[Statement, ...]
    """Who comes first by what no ranking has."""
    ratios: RatiosView
    words: dict[str, str]
    """By the subject's key, what its rows may be filtered by beside what stands in them."""
    cards: dict[str, AppCard]
    """By the app's name."""
    beside: BesideData
    """All figures, for two apps side by side."""
    sections: tuple[Section, ...]
    """Their order is that of the views."""
    notes: tuple[tuple[tuple[str, ...], str], ...]
    """(what stands behind names or in place of figures, what it means), for every view that has any of it."""
    tables: tuple[TextTable, ...]
    """What the summary has beside capacities and latencies."""
    advised: AdvisedCommands
    shared_rank: int | None
    """One that several share; None where none is shared."""

    @property
    def brackets(self) -> str:
        """What stands in brackets behind a figure, where figures of all kinds stand together."""
        return "95 % intervals; of start-up, import and memory, lowest to highest start"

    @property
    def rank_rule(self) -> str:
        """What a rank is."""
        return rank_rule(TIE_MARGIN)

    @property
    def sides(self) -> tuple[SubjectLabel, ...]:
        """All that can stand side by side, frameworks first."""
        labels = [label for card in self.cards.values() for label in card.labels]
        return tuple(sorted(labels, key=lambda label: not label.is_framework))

    @property
    def summary(self) -> View:
        """What follows the first screen."""
        return self._view("summary", "Summary", _SUMMARY)

    @property
    def views(self) -> tuple[View, ...]:
        """All others that have a section."""
        views = (self._view(*each) for each in _VIEWS)
        return tuple(view for view in views if view.sections)

    def _view(self, anchor: str, name: str, of: Sequence[str]) -> View:
        return View(anchor, name, tuple(section for section in self.sections if section.anchor in of))


def _in_a_table(ranking: Ranking, findings: Findings) -> bool:
    return ranking.figure is None or ranking in findings.latency_rankings()


def compose(  # noqa: PLR0913, PLR0917 - all that a run and its analysis hold
    run: Run,
    findings: Findings,
    claims: ClaimFindings,
    starts: Sequence[Start],
    files: Sequence[DataFile],
    checks: Sequence[Conformance | FrameworkProbeResult] = (),
    own_claims: ClaimFindings | None = None,
) -> Page:
    """All views of the run. Pure: the same input gives the same page."""
    cast = Cast(run, findings.contracts)
    book = RatioBook.of(findings)
    measured = measured_of(run, findings, starts, book, cast)
    shown = Shown(
        claims=replace(claims_view(run, claims, own_claims), taken=tuple(taken_sentences(findings, cast))),
        capacity=measured.capacity,
        latency=measured.latency,
        cpu=measured.cpu,
        quality=quality_view(run, findings),
    )
    known = facts(measured)
    labels = [cast.label(subject) for subject in run.plan.subjects]
    led, screen = tuple(leaders(known, labels, book)), first_screen(run, findings, shown, cast)
    folded = Folded(
        servers=servers_view(run, findings, book, cast),
        interpreters=interpreters_view(run, findings, book, cast),
        parts=parts_view(run, findings, book, cast),
        overhead=measured.overhead,
        footprint=measured.footprint,
    )
    told = in_short(led, folded, screen.opens)
    return Page(
        run_id=run.run_id,
        headline=headline_view(run, findings, cast),
        screen=screen,
        found=found_view(run, findings, cast),
        leaders=led,
        ratios=book.view(
            cast,
            {ratios_name(each) for each in findings.rankings if _in_a_table(each, findings)}
            | {each.ratios for each in shown.cpu.endpoints}
            | {each.ratios for each in known if each.anchor == FOOTPRINT or each.chief_of in CROWDS},
        ),
        words={label.key: label.words for label in labels},
        cards=app_cards(labels, known, shown.claims),
        beside=beside_data(known),
        sections=tuple(
            replace(section, told=told.get(section.anchor, ""))
            for section in (
                Section("overview", "At a glance", overview_view(findings, book, cast)),
                Section("claims", "Claims", shown.claims),
                Section("capacity", "Capacity", shown.capacity),
                Section("growth", "Many routes, more processes", measured.growth),
                Section("latency", "Latency", shown.latency),
                Section("limit", "Highest rate under a limit", measured.limit),
                Section("scaling", "Throughput by connections", measured.scaling),
                Section("waiting", "Requests that wait", measured.waiting),
                Section("feeds", "Feeds", measured.feeds),
                Section("chats", "Chats", measured.chats),
                Section("cpu", "CPU per request", shown.cpu),
                Section("idle", "When hardly anybody comes", measured.idle),
                Section("servers", "The same app on different servers", folded.servers),
                Section("interpreters", "The same app on different interpreters", folded.interpreters),
                Section("parts", "What an ORM or another part costs", folded.parts),
                Section("overhead", "Overhead above the baseline", folded.overhead),
                Section("footprint", "Memory and start-up", measured.footprint),
                Section("quality", "Quality of this run", shown.quality),
                Section("headroom", "Generator headroom", headroom_view(findings, run, cast)),
                Section("validity", "Gates and invalid cells", validity_view(findings, cast)),
                Section("copies", "A/A pair", copies_view(findings, cast)),
                Section("speed", "Host speed", speed_view(findings, cast)),
                Section("sanity", "Sanity checks", sanity_view(findings)),
                Section("host", "Host", host_view(run)),
                Section("method", "Method and limits", method_view(run, findings)),
                Section("data", "Data", data_view(files)),
                Section("reproduce", "Run it again", reproduce_view(run)),
                Section("deployments", "Apps and deployments", deployments_view(run, findings, starts, checks, cast)),
            )
        ),
        notes=(*name_notes(run, findings, cast), *SIGN_NOTES),
        tables=tuple(text_tables(run, findings, starts, cast)),
        advised=advised_commands(run),
        shared_rank=first_shared_rank(findings),
    )
