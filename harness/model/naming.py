"""How a deployment is called wherever it is shown: the framework's title, and as much as tells it from others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from harness.model.app import DATABASE_ENDPOINTS, JSON_ENDPOINTS, App, Endpoint, Libraries
from harness.model.cell import Cell, RateRule, Subject, Workload, many
from harness.model.run import Deployment, Run

RATE_WORDS: Final = {
    RateRule.COMMON: "at the common rate",
    RateRule.HALF: "at half of each one's own capacity",
    RateRule.HIGH: "at 80 % of each one's own capacity",
}

_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")

JSON_LIBRARIES: Final = {
    "msgspec": "msgspec",
    "orjson": "orjson",
    "rapidjson": "python-rapidjson",
    "ujson": "ujson",
}
"""Modules that write JSON faster than Python's own, and that can be seen to be loaded; with their distributions."""


def server_words(title: str, server: str, *, own: bool) -> str:
    """A server as it is called beside the framework's title.

    Of one that the framework brings itself (`own`), that it does, and its name where that is another than the title's.
    """
    if not own:
        return server
    return "own server" if _plain(server) == _plain(title) else f"own server {server}"


def deployed_words(variant: str, server: str, *, revision: str = "", special: str = "") -> str:
    """Variant and server: `controlled, gunicorn gthread`, or `granian` where one says what the other does.

    The revision comes before them, where a run has two, and what is special about the servers behind.
    """
    named = "" if _plain(server) == _plain(variant) else variant
    return ", ".join(filter(None, (revision, named, server, special)))


def titled(title: str, *details: str) -> str:
    """The title with details in one pair of brackets: `Litestar (granian)`; what repeats the title is left out."""
    told = ", ".join(each for each in details if each and _plain(each) != _plain(title))
    return f"{title} ({told})" if told else title


def titles_of(deployments: Iterable[Deployment]) -> dict[str, str]:
    """By their names, how apps are called that were deployed: by title, and by revision where there are two."""
    return {each.subject.app: titled(each.title, each.revision or "") for each in deployments}


def app_titles(run: Run) -> tuple[str, ...]:
    """The titles of a run's apps, in the order of the plan; of `bench ab` both sides, as it words them."""
    named = titles_of(run.deployments)
    titles = named if run.plan.has_revisions else {each.subject.app: each.title for each in run.deployments}
    return tuple(dict.fromkeys(titles.get(subject.app, subject.app) for subject in run.plan.subjects))


def revision_words(deployed: Deployment) -> str:
    """Which revision of its app it is, where a run has two; empty where variant and server tell that already."""
    server = server_words(deployed.title, deployed.server, own=deployed.on_own_server)
    return _revision_told(deployed.revision, deployed.subject.variant, server)


def _revision_told(revision: str | None, variant: str, server: str) -> str:
    return "" if revision is None or revision == deployed_words(variant, server) else revision


def called(
    subject: Subject,
    deployments: Mapping[Subject, Deployment] = MappingProxyType({}),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The one name of a deployment, wherever it stands by itself: `Flask (controlled, gunicorn gthread)`.

    Of what was not deployed, title and variant; its app's name where `titles`, by the names of apps, have none.
    """
    deployed = deployments.get(subject) or deployments.get(subject.original)
    if deployed is None:
        title, bracket, revision = titles.get(subject.app, subject.app).partition(" (")
        return titled(title, revision.removesuffix(")") if bracket else "", subject.variant, subject.special)
    server = server_words(deployed.title, deployed.server, own=deployed.on_own_server)
    words = deployed_words(subject.variant, server, revision=revision_words(deployed), special=subject.special)
    return titled(deployed.title, words)


def called_as(subject: Subject, app: App) -> str:
    """The same of what is about to be deployed, of this app."""
    variant = app.variant(subject.variant)
    server = server_words(app.manifest.title, variant.server, own=variant.own_server)
    revision = _revision_told(app.revision, subject.variant, server)
    words = deployed_words(subject.variant, server, revision=revision, special=subject.special)
    return titled(app.manifest.title, words)


def cell_words(cell: Cell) -> str:
    """What was asked of a subject: `json, capacity, 32 connections`."""
    if cell.workload is Workload.FOOTPRINT:
        return cell.workload.value
    if cell.workload is Workload.CHAT:
        return f"{cell.workload.value}, {many(cell)}"
    rate = f" {RATE_WORDS[cell.rate]}" if cell.rate else f" of {cell.limit_ms} ms" if cell.limit_ms else ""
    plural = "" if cell.connections == 1 else "s"
    return f"{cell.endpoint.value}, {cell.workload.value}{rate}, {cell.connections} connection{plural}"


def libraries_head(endpoint: Endpoint) -> str:
    """What a column of `libraries_words` is headed with; empty where an endpoint neither reads rows nor writes JSON."""
    names = ["ORM", "driver"] if endpoint in DATABASE_ENDPOINTS else []
    names += ["serializer"] if endpoint in JSON_ENDPOINTS else []
    joined = ", ".join(names)
    return joined[:1].upper() + joined[1:]


def libraries_words(libraries: Libraries, endpoint: Endpoint) -> str:
    """What does the work behind this endpoint: `Django ORM, psycopg 3, json`; empty where nobody says."""
    words: list[str | None] = []
    if endpoint in DATABASE_ENDPOINTS:
        words += [orm_words(libraries), libraries.driver]
    if endpoint in JSON_ENDPOINTS:
        words.append(libraries.serializer)
    return ", ".join(filter(None, words))


class OtherSerializers(NamedTuple):
    """What could have written the JSON and is loaded, beside the serializer that is named."""

    in_doubt: tuple[str, ...]
    meant: tuple[str, ...]
    """By the app's manifest for something else."""


def other_serializers(deployed: Deployment) -> OtherSerializers:
    """What else its server has loaded that could have written the JSON; nothing where no serializer is named.

    To be loaded is not to be used: a framework may import whichever it finds.
    """
    if deployed.libraries.serializer is None:
        return OtherSerializers((), ())
    named = _distribution(deployed.libraries.serializer.partition(" ")[0])
    modules = sorted(set(deployed.accelerators) & JSON_LIBRARIES.keys())
    others = [JSON_LIBRARIES[each] for each in modules if JSON_LIBRARIES[each] != named]
    meant = set(map(_distribution, deployed.also_loads))
    return OtherSerializers(
        tuple(each for each in others if each not in meant), tuple(each for each in others if each in meant)
    )


def _distribution(name: str) -> str:
    """As indexes compare it."""
    return re.sub(r"[._-]+", "-", name.casefold())


def orm_words(libraries: Libraries) -> str | None:
    """`Django ORM`, or `no ORM`; None where nobody says."""
    return libraries.orm if libraries.has_orm or libraries.orm is None else "no ORM"


def _plain(words: str) -> str:
    """Words as they compare, whatever their letters' size and what joins them."""
    return re.sub(r"[\s_-]+", " ", words).strip().casefold()


def capitalised(words: str) -> str:
    """The words with a capital letter at the beginning; capitals within them stay."""
    return words[:1].upper() + words[1:]


def built_words(built: Sequence[str], interpreter: str) -> str:
    """That packages were built from source, as part of a sentence: which, why, and what that may change."""
    were, them, their = ("was", "it", "its") if len(built) == 1 else ("were", "them", "their")
    return (
        f"{', '.join(built)} {were} built from {their} source, since the app's lock has no wheel of {them} for "
        f"{interpreter}: what is in C in a wheel may be compiled otherwise here, or not be there"
    )


def sentence(words: str) -> str:
    """Words as a sentence, whatever they end in: others write reasons, and end them as they like, or give none.

    On one line, with one full stop right behind the last word; dots that tell of more stay, and so do `!` and `?`.
    """
    told = _BLANKS.sub(" ", words).rstrip(" ,;:").lstrip()
    if not told or told.endswith(("!", "?")):
        return told
    said = told.rstrip(" .")
    return said and said + ("..." if told.endswith("...") else ".")
