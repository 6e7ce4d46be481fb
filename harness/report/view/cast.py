"""Names of the subjects as a reader knows them: the framework's title, and how it was deployed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.model.app import REFERENCE_FAMILIES, Endpoint, Family, Interface, Libraries
from harness.model.cell import Subject
from harness.model.conformance import ContractFinding, contract_words
from harness.model.naming import deployed_words, libraries_head, libraries_words, revision_words, server_words, titled
from harness.model.run import Deployment, Run
from harness.report.numbers import NOTHING

DEVIATION_MARK: Final = "†"
"""Leads from a name to the note on what its framework does otherwise than the contract."""

ORM_MARK: Final = "\N{DOUBLE DAGGER}"
"""Leads from a name to the note on the ORM that its rows pass through."""


@dataclass(frozen=True, slots=True)
class SubjectLabel:
    """A subject's name, and the deployment that has to stand beside each of its numbers."""

    key: str
    """`Subject.key`, which tells the subject apart in the page's script and address."""
    title: str
    variant: str
    server: str
    interface: Interface | None
    own_server: bool
    """Whether the framework brings its server itself."""
    family: Family | None
    broken: str
    """`breaks the contract`, where it does, or that this could not be told; else empty."""
    deviates: bool
    """Whether its framework does otherwise than the contract by itself: a mark leads to the note."""
    special: str
    """What sets its servers apart from the usual ones, such as `second copy`; empty for most."""
    revision: str = ""
    """Which revision of the app it is, where the run has two."""
    also: tuple[str, ...] = ()
    """Other variants that this one serves as."""
    libraries: Libraries = field(default_factory=Libraries)

    deployed: bool = True
    """False where it never came to it."""

    @property
    def app(self) -> str:
        """The app's name, without the variant."""
        return self.key.partition("/")[0]

    @property
    def href(self) -> str:
        """Where everything about the app stands; empty where that is nothing."""
        return f"#app-{self.app}" if self.deployed else ""

    @property
    def is_framework(self) -> bool:
        """Whether it competes: baselines, layers, scaffolds, twins and special servers are for comparison.

        Nor does what breaks the contract.
        """
        return not (self.special or self.broken) and self.family not in REFERENCE_FAMILIES

    @property
    def mark(self) -> str:
        """What stands behind its title for a note below; nothing for most."""
        return (DEVIATION_MARK if self.deviates else "") + (ORM_MARK if self.libraries.has_orm else "")

    @property
    def marked(self) -> str:
        """Title and marks, where nothing can lead anywhere."""
        return f"{self.title}{self.mark}"

    def libraries_on(self, endpoint: str) -> str:
        """What reads rows and writes JSON on this endpoint: `Django ORM, psycopg 3, json`; a dash where nobody says."""
        return libraries_words(self.libraries, Endpoint(endpoint)) or NOTHING

    @property
    def deployment(self) -> str:
        """Variant and server: `controlled, gunicorn gthread`."""
        return deployed_words(self.variant, self.server, revision=self.revision, special=self.special)

    @property
    def words(self) -> str:
        """What a reader may filter by and name and deployment don't say: what else it serves as, interface, family."""
        return " ".join((self.variant, *self.also, *(each.value for each in (self.interface, self.family) if each)))

    @property
    def role(self) -> str:
        """What it is if it does not compete: `breaks the contract`, `baseline`, `layer`, `scaffold` or empty."""
        if self.broken:
            return self.broken
        return self.family.value if self.family in REFERENCE_FAMILIES and self.family else ""

    @property
    def in_sentence(self) -> str:
        """Name and deployment, as `called` has them: `Flask (controlled, gunicorn gthread)`."""
        return titled(self.title, self.deployment)


_MOST_ROWS: Final = 16
"""With more deployments, a picture that is seen first has one of each app."""


def drawn_first(labels: Sequence[SubjectLabel]) -> Iterator[str]:
    """Keys of those in a picture that is seen first: of each app the usual deployment, where there are too many."""
    if len(labels) <= _MOST_ROWS:
        yield from (label.key for label in labels)
        return
    by_app: dict[str, SubjectLabel] = {}
    for label in labels:
        if label.app not in by_app or _usual(label) < _usual(by_app[label.app]):
            by_app[label.app] = label
    yield from (label.key for label in by_app.values())


def _usual(label: SubjectLabel) -> int:
    """How usual a deployment is: lower is more so. Which one came out best is no reason to show it first."""
    names = (label.variant, *label.also)
    return 0 if "default" in names else 1 if "controlled" in names else 2


class Cast:
    """All subjects of a run and their labels."""

    def __init__(self, run: Run, contracts: Collection[ContractFinding] = ()) -> None:
        """`contracts` tell who keeps the contract."""
        self._broken = {each.subject.key: contract_words(each.failed) for each in contracts if each.failed}
        self._deviating = {each.subject.key for each in contracts if each.deviates}
        self._deployments = {deployment.subject.key: deployment for deployment in run.deployments}

    def deployment(self, subject: Subject) -> Deployment | None:
        """How `subject` was deployed. The twin is deployed like its original; None where it never came to it."""
        return self._deployments.get(subject.key) or self._deployments.get(subject.original.key)

    def without(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Titles of the apps that do not declare this endpoint, and so are absent where it is measured."""
        lacking = (
            deployment.title
            for deployment in self._deployments.values()
            if deployment.endpoints is not None and endpoint not in deployment.endpoints
        )
        return tuple(dict.fromkeys(lacking))

    def libraries_head(self, endpoint: Endpoint) -> str:
        """What the column of `SubjectLabel.libraries_on` is headed with; empty where it would have nothing to say."""
        told = (libraries_words(each.libraries, endpoint) for each in self._deployments.values())
        return libraries_head(endpoint) if any(told) else ""

    def label(self, subject: Subject) -> SubjectLabel:
        """The label of `subject`; its own name where it was never deployed."""
        deployment = self.deployment(subject)
        if deployment is None:
            return SubjectLabel(
                key=subject.key,
                title=subject.app,
                variant=subject.variant,
                server="not deployed",
                interface=None,
                own_server=False,
                family=None,
                broken=self._broken.get(subject.original.key, ""),
                deviates=subject.original.key in self._deviating,
                special=subject.special,
                deployed=False,
            )
        return SubjectLabel(
            key=subject.key,
            title=deployment.title,
            variant=subject.variant,
            server=server_words(deployment.title, deployment.server, own=deployment.on_own_server),
            interface=deployment.interface,
            own_server=deployment.on_own_server,
            family=deployment.family,
            broken=self._broken.get(subject.original.key, ""),
            deviates=subject.original.key in self._deviating,
            special=subject.special,
            revision=revision_words(deployment),
            also=deployment.also,
            libraries=deployment.libraries,
        )
