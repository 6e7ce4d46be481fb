"""Who stands for whom: the subject that a claim means by an app's name, or by an app's and a variant's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.model.app import Endpoint
from harness.model.base import REVISION_SIGN
from harness.model.cell import Subject
from harness.model.claim import Against, BoundCondition, DeploymentName, KeptCondition, RatioCondition
from harness.model.claim_values import VARIANT_SIGN

type AlsoCalled = Mapping[Subject, Sequence[str]]
"""The other names of variants that a subject's own serves as."""

type Deployed = RatioCondition | BoundCondition | KeptCondition
"""A condition that must hold in each way to deploy its apps."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One comparison that a condition asks for."""

    deployment: DeploymentName
    participant: str
    """The one that the claim is about: `litestar`, `litestar/granian`."""
    others: tuple[str, ...]
    """Those that it is compared with; empty where it is held against a number."""
    endpoint: Endpoint | None

    @property
    def everybody(self) -> tuple[str, ...]:
        """All that take part in it."""
        return (self.participant, *self.others)


class Casting:
    """Who stands for whom among the subjects of a plan."""

    def __init__(
        self, subjects: Iterable[Subject], also: AlsoCalled, titles: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Take the subjects, special ones and second copies among them, and what their variants are also called.

        `titles` are those of apps, by their names.
        """
        self._titles = titles
        self._also = also
        self._by_app: dict[str, list[Subject]] = {}
        for subject in subjects:
            if subject.is_original:
                self._by_app.setdefault(subject.app, []).append(subject)

    def find(self, participant: str, deployment: DeploymentName) -> Subject | None:
        """The app's variant that is named with it, or else of this name, or the only one that it was measured in."""
        app, sign, variant = participant.partition(VARIANT_SIGN)
        own = self._by_app.get(app, [])
        wanted = variant if sign else deployment.value
        found = next((each for each in own if each.variant == wanted), None) or next(
            (each for each in own if wanted in self._also.get(each, ())), None
        )
        return own[0] if found is None and not sign and len(own) == 1 else found

    def shown_deployment(self, asked: Asked) -> DeploymentName | None:
        """By which name all who take part were compared that were not named with a variant.

        That of their cells, where it is one for all; else the one asked for, or another that all of them count as.
        None where all were named with one, and where some stand for themselves in the only variant that they were
        measured in.
        """
        apps = [each for each in asked.everybody if VARIANT_SIGN not in each]
        found = [subject for each in apps if (subject := self.find(each, asked.deployment))]
        if not found:
            return asked.deployment if apps else None
        own = [each for each in DeploymentName if all(subject.variant == each.value for subject in found)]
        names = [self._names(subject) for subject in found]
        called = (*own, asked.deployment, *DeploymentName)
        return next((each for each in called if all(each.value in names_of for names_of in names)), None)

    def shown_variant(self, participant: str, asked: Asked) -> str:
        """The variant to be told with a participant's name: that which ran, by its own name; else the one named."""
        found = self.find(participant, asked.deployment)
        return found.variant if found else participant.partition(VARIANT_SIGN)[2]

    def _names(self, subject: Subject) -> tuple[str, ...]:
        return (subject.variant, *self._also.get(subject, ()))

    def why_absent(self, participant: str, deployment: DeploymentName, *, verb: str = "was") -> str:
        """Why `find` finds nobody; `verb` is that of a plan where nothing was measured yet."""
        app, sign, variant = participant.partition(VARIANT_SIGN)
        own = [each.variant for each in self._by_app.get(app, ())]
        title = self._titles.get(app, app)
        if not own:
            others = [name for name in self._by_app if name.startswith(f"{app}{REVISION_SIGN}")]
            if others:
                told = [self._titles.get(each, each) for each in others]
                return f"{title} {verb} measured as {' and '.join(told)} only, and no claim is about that"
            return f"{title} {verb} not measured"
        return f"{title} {verb} measured as {' and '.join(own)}, and not as {variant if sign else deployment.value}"

    def deployments(self, names: Sequence[DeploymentName], participants: Iterable[str]) -> list[DeploymentName]:
        """Those asked for, each way to deploy these once."""
        wanted = list(participants)
        different = {tuple(self.find(each, name) for each in wanted): name for name in reversed(names)}
        return sorted(different.values(), key=list(names).index)

    def asked(self, condition: Deployed) -> Iterator[Asked]:
        """All that a condition asks to compare, each once: who has one deployment only is the same in every way."""
        seen: set[tuple[Subject | Endpoint | None, ...]] = set()
        for each in self._asked(condition):
            found = [self.find(participant, each.deployment) for participant in each.everybody]
            same = (each.endpoint, *found)
            if None in found or same not in seen:
                yield each
            seen.add(same)

    def _asked(self, condition: Deployed) -> Iterator[Asked]:
        group = condition.group if isinstance(condition, RatioCondition) else ()
        places = (Endpoint.JSON,) if isinstance(condition, KeptCondition) else condition.places
        for deployment in self.deployments(condition.deployments, (*condition.subjects, *group)):
            for participant in condition.subjects:
                for endpoint in places:
                    for party in self._parties(condition, participant, deployment):
                        yield Asked(deployment, participant, party, endpoint)

    def _parties(self, condition: Deployed, participant: str, deployment: DeploymentName) -> list[tuple[str, ...]]:
        if not isinstance(condition, RatioCondition):
            return [()]
        itself, others = self.find(participant, deployment), dict[Subject | str, str]()
        for each in condition.group:
            found = self.find(each, deployment)
            if each != participant and (found is None or found != itself):
                others.setdefault(found or each, each)  # By two of its names, it would count twice.
        names = tuple(others.values())
        return [(each,) for each in names] if condition.against is Against.EVERY else [names] if names else []
