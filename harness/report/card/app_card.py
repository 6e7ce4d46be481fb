"""One app's card: its figures by deployment with their ranks, and what the claims say of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.card.facts import Fact, Known
from harness.report.view.cast import SubjectLabel
from harness.report.view.claims import ClaimsView


@dataclass(frozen=True, slots=True)
class CardRow:
    """One quantity, by deployment; None where it was not measured of one."""

    what: str
    unit: str
    anchor: str
    cells: tuple[Known | None, ...]


@dataclass(frozen=True, slots=True)
class CardClaim:
    """A claim about the app."""

    anchor: str
    mark: str
    word: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class AppCard:
    """What a run knows of one app."""

    labels: tuple[SubjectLabel, ...]
    """Its deployments."""
    rows: tuple[CardRow, ...]
    claims: tuple[CardClaim, ...]
    """Those that were decided or can be, in the order of the verdicts."""

    @property
    def has_ranks(self) -> bool:
        """Whether any figure of it is ranked."""
        return any(known is not None and known.rank for row in self.rows for known in row.cells)


def app_cards(labels: Sequence[SubjectLabel], facts: Sequence[Fact], claims: ClaimsView) -> dict[str, AppCard]:
    """A card for each app among `labels`, by its name."""
    by_app: dict[str, list[SubjectLabel]] = {}
    for label in labels:
        if not label.special and label.deployed:
            by_app.setdefault(label.app, []).append(label)
    return {app: AppCard(tuple(own), tuple(_rows(own, facts)), _claims(app, claims)) for app, own in by_app.items()}


def _rows(own: Sequence[SubjectLabel], facts: Sequence[Fact]) -> list[CardRow]:
    rows = [
        CardRow(fact.what, fact.unit, fact.anchor, tuple(fact.of.get(label.key) for label in own)) for fact in facts
    ]
    return [row for row in rows if any(row.cells)]


def _claims(app: str, view: ClaimsView) -> tuple[CardClaim, ...]:
    return tuple(
        CardClaim(card.anchor, group.mark, group.word, group.kind, card.says)
        for file in view.files
        for group in file.groups
        for card in group.cards
        if app in card.about
    )
