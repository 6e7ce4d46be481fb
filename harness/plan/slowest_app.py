"""Whose capacity sets the rate that all deployments of an endpoint are offered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from harness.model.cell import Subject
from harness.model.claim import DeploymentName

COMPARED: Final = frozenset(each.value for each in DeploymentName)
"""The variants in which claims compare apps. Of an app that has neither, any may set the rate."""

type Kin = tuple[str, str]
"""App and variant: a deployment, whichever its revision, copy or special set-up."""


def by_deployment(capacities: Mapping[Subject, float]) -> dict[Kin, Subject]:
    """The slowest of the revisions, copies and special set-ups of each deployment."""
    alike: dict[Kin, list[Subject]] = defaultdict(list)
    for subject in capacities:
        alike[subject.kin].append(subject)
    return {kin: min(own, key=capacities.__getitem__) for kin, own in alike.items()}


def slowest_app(capacities: Mapping[Subject, float]) -> Subject:
    """The slowest app, in the faster of the deployments in which it is compared.

    Args:
        capacities: On one endpoint; of one subject at least.
    """
    of_app: dict[str, list[Subject]] = defaultdict(list)
    for (app, _), subject in by_deployment(capacities).items():
        of_app[app].append(subject)
    fastest = (max(_compared(own), key=capacities.__getitem__) for own in of_app.values())
    return min(fastest, key=capacities.__getitem__)


def _compared(deployments: Sequence[Subject]) -> Sequence[Subject]:
    return [each for each in deployments if each.variant in COMPARED] or deployments
