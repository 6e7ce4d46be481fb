"""Names of the subjects as a reader knows them: the framework's title, and how it was deployed."""

from dataclasses import dataclass

from harness.model.app import REFERENCE_FAMILIES, Endpoint, Family, Interface
from harness.model.cell import Subject
from harness.model.run import Deployment, Run


@dataclass(frozen=True, slots=True)
class SubjectLabel:
    """A subject's name, and the deployment that has to stand beside each of its numbers."""

    key: str
    """`Subject.key`, which tells the subject apart in the page's script and address."""
    title: str
    variant: str
    server: str
    interface: Interface | None
    family: Family | None
    special: str
    """What sets its servers apart from the usual ones, such as `second copy`; empty for most."""
    alone: bool
    """Whether no other variant of the same app is in the run, so that the title alone names it."""

    @property
    def is_framework(self) -> bool:
        """Whether it competes: baselines, layers, scaffolds, twins and special servers are for comparison."""
        return not self.special and self.family not in REFERENCE_FAMILIES

    @property
    def deployment(self) -> str:
        """Variant and server: `controlled, gunicorn gthread`."""
        return f"{self.variant}, {self.server}" + (f", {self.special}" if self.special else "")

    @property
    def words(self) -> str:
        """What a reader may filter by and name and deployment don't say: interface and family."""
        return " ".join(each.value for each in (self.interface, self.family) if each)

    @property
    def role(self) -> str:
        """What it is if not a framework: `baseline`, `layer`, `scaffold` or empty."""
        return self.family.value if self.family in REFERENCE_FAMILIES and self.family else ""

    @property
    def in_sentence(self) -> str:
        """The name with as much of the deployment as tells it apart: `Flask (gunicorn gthread)`."""
        detail = self.server if self.alone and not self.special else self.deployment
        return f"{self.title} ({detail})"


class Cast:
    """All subjects of a run and their labels."""

    def __init__(self, run: Run) -> None:
        self._deployments = {deployment.subject.key: deployment for deployment in run.deployments}
        variants: dict[str, set[str]] = {}
        for subject in run.plan.subjects:
            variants.setdefault(subject.app, set()).add(subject.variant)
        self._variants = variants

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

    def label(self, subject: Subject) -> SubjectLabel:
        """The label of `subject`; its own name where it was never deployed."""
        alone = len(self._variants.get(subject.app, ())) <= 1
        deployment = self.deployment(subject)
        if deployment is None:
            return SubjectLabel(
                subject.key, subject.app, subject.variant, "not deployed", None, None, _special(subject), alone
            )
        return SubjectLabel(
            key=subject.key,
            title=deployment.title,
            variant=subject.variant,
            server="own server" if deployment.server.casefold() == deployment.title.casefold() else deployment.server,
            interface=deployment.interface,
            family=deployment.family,
            special=_special(subject),
            alone=alone,
        )


def _special(subject: Subject) -> str:
    words = (
        "second copy" if subject.twin else "",
        f"{subject.extra_routes:,} extra routes" if subject.extra_routes else "",
        f"{subject.workers} workers" if subject.workers > 1 else "",
    )
    return ", ".join(filter(None, words))
