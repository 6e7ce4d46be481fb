"""With which ORM and driver the figures came about that a verdict rests on."""

from collections.abc import Iterator, Sequence

from harness.claims.bench import Bench
from harness.claims.verdict_sentences import listed
from harness.model.app import DATABASE_ENDPOINTS, Endpoint, Libraries
from harness.model.claim import DeploymentName
from harness.model.verdict import Evidence


def libraries_sentence(evidence: Sequence[Evidence], bench: Bench) -> str:
    """For what a verdict holds where it rests on endpoints with a database; empty elsewhere, and where nobody says.

    An ORM in one app and SQL in the next compare the ORM too, so that has to stand beside the figure.
    """
    on = [each for each in evidence if each.value is not None and each.endpoint in DATABASE_ENDPOINTS]
    titles: dict[tuple[str | None, str | None], list[str]] = {}
    for each in on:
        for title, libraries in _taking_part(each, bench):
            names = titles.setdefault((libraries.orm if libraries.has_orm else "", libraries.driver), [])
            names += [title] if title not in names else []
    if not any(driver or orm for orm, driver in titles):
        return ""
    endpoints = [each.value for each in Endpoint if each in {found.endpoint for found in on}]
    parts = [_part(names, orm, driver) for (orm, driver), names in sorted(titles.items(), key=_orms_first)]
    return f"On {listed(endpoints)} that is {'; and '.join(parts)}."


def _taking_part(each: Evidence, bench: Bench) -> Iterator[tuple[str, Libraries]]:
    for participant in (each.subject, *each.others):
        for deployment in [each.deployment] if each.deployment else DeploymentName:
            libraries = bench.libraries(participant, deployment)
            if libraries is not None:
                yield bench.title(participant), libraries


def _orms_first(item: tuple[tuple[str | None, str | None], list[str]]) -> tuple[bool, str, str]:
    (orm, driver), _ = item
    return not orm, orm or "", driver or ""


def _part(names: Sequence[str], orm: str | None, driver: str | None) -> str:
    means = f"through {orm}" if orm else f"by SQL of {'its' if len(names) == 1 else 'their'} own"
    return f"{listed(names)} {means}" + (f" on {driver}" if driver else "")
