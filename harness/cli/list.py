"""`bench list`: what there is."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from harness.catalog.discover import discover, names_in, told_apart
from harness.catalog.server_file import ServerDeployment, ServerFile
from harness.catalog.servers import find_servers
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.claims.unknown import Known
from harness.cli import options
from harness.cli.asked_claims import read_claims_about
from harness.cli.output import print_json, tell
from harness.cli.tables import print_rows
from harness.history.kept_digest import kept_digest
from harness.model.app import REFERENCE_FAMILIES, App, Endpoint, Interface, NotOffered
from harness.model.cell import Workload
from harness.model.claim import ClaimsFile
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import BenchError, RunFolderError
from harness.model.naming import app_titles
from harness.model.plan import ProfileName
from harness.plan.profiles import PROFILES
from harness.results.folder import find_copies, find_runs, read_run
from harness.results.run_state import RunStatus, status_now

type Row = dict[str, object]
type Broken = list[BenchError]
"""What is wrong with apps that are left out."""

_OF_PROJECTS: Final = Path("claims")
"""Holds the claims files of projects about themselves."""

_WORKLOADS: Final = {
    Workload.CAPACITY: "closed loop: as many requests as the server answers",
    Workload.LATENCY: "open loop: requests arrive at a given rate, whatever the server does",
    Workload.CONCURRENCY: "capacity of /json with few and with many connections",
    Workload.ROUTES: "capacity of /json with and without 1,000 other routes",
    Workload.WORKERS: "capacity of /json with as many server processes as servers have CPUs: one so far, on any host",
    Workload.IDLE: "open loop at 10 requests/s: CPU per second and per request when hardly anybody comes",
    Workload.LIMIT: "open loop at rates that are searched: the highest one whose p99 stays under 10 ms",
    Workload.WAITING: "requests that wait 100 ms, on up to 1,024 connections: how many are in flight",
    Workload.FEED: "server-sent events to up to 10,000 subscribers: held, delivered, late, memory",
    Workload.CHAT: "chat rooms of up to 5,000 members: held, served, messages late, lost or twice, CPU per message",
    Workload.FOOTPRINT: "start-up, memory, installed size and dependencies",
}
_ENDPOINTS: Final = {
    Endpoint.HELLO: "GET /hello: a constant text",
    Endpoint.JSON: "GET /json: a small object, serialised",
    Endpoint.ITEMS: "GET /items?count=N&factor=K: N objects, computed and serialised",
    Endpoint.ORDERS: "POST /orders: an order in JSON, checked and totalled, or refused",
    Endpoint.DB: "GET /db?id=N: one row by primary key",
    Endpoint.QUERIES: "GET /queries?ids=a,b,c: rows, one SELECT each",
    Endpoint.FORTUNES: "GET /fortunes: rows, sorted and rendered by the template engine",
    Endpoint.WAIT: "GET /wait?ms=N: waits the framework's own way",
    Endpoint.FEED: "GET /feed?interval_ms=N: server-sent events",
    Endpoint.CHAT: "WebSocket /chat?room=NAME: each message to all members of the room",
}


def _who(app: App, of_the_article: Collection[str]) -> str:
    if app.guest:
        return "guest"
    if app.manifest.family in REFERENCE_FAMILIES:
        return "reference"
    return "article" if app.name in of_the_article else ""


def _apps(folders: tuple[Path, ...], broken: Broken) -> list[Row]:
    of_the_article = {name for claim in read_claims(ARTICLE).claim for name in needs_of(claim).apps}
    return [
        {
            "app": app.name,
            "variant": "/".join((name, *variant.also)),
            "framework": app.manifest.title,
            "family": app.manifest.family.value,
            "who": _who(app, of_the_article),
            "interface": variant.interface.value,
            "server": variant.server,
            "endpoints": len(app.manifest.endpoints),
            "orm": app.libraries(name).orm or "",
            "driver": app.libraries(name).driver or "",
            "serializer": app.libraries(name).serializer or "",
            "not offered": ", ".join(_named(name, each) for name, each in app.manifest.not_offered.items()),
        }
        for app in told_apart(discover(folders, on_fault=tell, guests=True, on_broken=broken.append))
        for name, variant in app.manifest.variants.items()
    ]


def _named(endpoint: Endpoint, not_offered: NotOffered) -> str:
    """What an app does without, and what would bring it."""
    return endpoint.value + (f" ({not_offered.extension})" if not_offered.extension else "")


def _servers(folders: tuple[Path, ...], broken: Broken) -> list[Row]:
    apps = discover(folders, on_fault=tell, guests=True, on_broken=broken.append)
    servers = {name: file for folder in folders for name, file in find_servers(folder).items()}
    rows: list[Row] = []
    for name, file in servers.items():
        for interface in (Interface.WSGI, Interface.ASGI):
            deployment = file.of(interface)
            if deployment is not None:
                served = [
                    app.name
                    for app in apps
                    if name in app.on_servers and app.on_servers[name].variant.interface is interface
                ]
                rows.append(
                    {
                        "variant": name,
                        "interface": interface.value,
                        "server": deployment.server,
                        "packages": ", ".join(f"{package} {version}" for package, version in file.packages.items()),
                        "apps": ", ".join(served),
                        "not": "; ".join(f"{who}: {reason}" for who, reason in _not_served(file, deployment)),
                    }
                )
    return rows


def _not_served(file: ServerFile, deployment: ServerDeployment) -> Iterator[tuple[str, str]]:
    yield from file.unfit.items()
    if deployment.calls_no_function:
        yield "apps that a function makes", deployment.calls_no_function


def _endpoints(_: tuple[Path, ...], _broken: Broken) -> list[Row]:
    return [{"endpoint": endpoint.value, "what": text} for endpoint, text in _ENDPOINTS.items()]


def _workloads(_: tuple[Path, ...], _broken: Broken) -> list[Row]:
    return [{"workload": workload.value, "what": text} for workload, text in _WORKLOADS.items()]


def _profiles(_: tuple[Path, ...], _broken: Broken) -> list[Row]:
    return [
        {"profile": name.value, "rounds": profile.timing.rounds, "what": profile.summary}
        for name, profile in PROFILES.items()
    ]


def _claims(_: tuple[Path, ...], _broken: Broken) -> list[Row]:
    return _rows_of(read_claims(ARTICLE))


def _claims_of(file: Path, folders: tuple[Path, ...]) -> list[Row]:
    """Those of a file, whose apps have to be in the folders; where there is no folder, that is not looked at, and said.

    Raises:
        ClaimsError: It can't be used, or names an app that there is not.
    """
    if not options.is_given("apps_dirs") and not any(folder.is_dir() for folder in folders):
        found = read_claims(file)
        named = dict.fromkeys(name for claim in found.claim for name in needs_of(claim).apps)
        tell(
            f"not checked: whether there are the apps that it names ({', '.join(named)}), as there is no folder "
            f"{' or '.join(map(str, folders))} here; --apps-dir tells where they lie"
        )
        return _rows_of(found)
    broken: Broken = []
    apps = discover(folders, guests=True, on_broken=broken.append)
    read = {app.name for app in apps}
    unread: Known = {name: None for name in names_in(folders) if name not in read}
    found = read_claims_about(file, apps, folders, unread)
    rows = _rows_of(found)
    if not unread:
        _say_which_none_decides(rows, found, apps)
    named = dict.fromkeys(name.partition(VARIANT_SIGN)[0] for claim in found.claim for name in needs_of(claim).apps)
    if unlooked := [name for name in named if name in unread]:
        tell(f"not checked: which variants there are of {', '.join(unlooked)}, whose manifests can't be used")
    return rows


def _say_which_none_decides(rows: Sequence[Row], file: ClaimsFile, apps: Sequence[App]) -> None:
    """Have the rows of claims that no run of these apps can decide say so, and tell why."""
    from harness.claims.could_decide import out_of_reach  # noqa: PLC0415 - the other lists need no plan

    for row, claim in zip(rows, file.claim, strict=True):
        if claim.not_testable is None and (why := out_of_reach(claim, apps)):
            row["testable"] = "no"
            tell(f"no run can decide {why if why.startswith(claim.id) else f'{claim.id}: {why}'}")


def _rows_of(file: ClaimsFile) -> list[Row]:
    return [
        {
            "claim": claim.id,
            "says": claim.says,
            "section": claim.section or "",
            "testable": "no" if claim.not_testable else "yes",
        }
        for claim in file.claim
    ]


def _runs(_: tuple[Path, ...], _broken: Broken) -> list[Row]:
    rows: list[Row] = []
    for folder in find_runs(options.REPORTS):
        if digest := kept_digest(folder):  # reading what was recorded takes a hundred times as long
            of = digest.summary
            rows.append(
                _run(
                    folder,
                    of.profile,
                    (of.rounds, digest.rounds_planned),
                    status_now(folder, finished=digest.finished),
                    of.started_at,
                    digest.apps if digest.two_revisions else digest.app_names,
                )
            )
            continue
        try:
            recorded = read_run(folder)
        except RunFolderError as error:
            rows.append(
                {"run": folder.name, "profile": "damaged", "rounds": "", "state": "", "started": error.what, "apps": ""}
            )
            continue
        run, plan = recorded.run, recorded.run.plan
        rounds = recorded.rounds_complete, plan.timing.rounds
        status = status_now(folder, finished=run.finished_at is not None)
        apps = app_titles(run) if plan.has_revisions else (subject.app for subject in plan.subjects)
        rows.append(_run(folder, plan.profile, rounds, status, run.started_at, apps))
    return rows


def _run(  # noqa: PLR0913, PLR0917 - one for each column
    folder: Path,
    profile: ProfileName,
    rounds: tuple[int, int],
    status: RunStatus,
    started_at: datetime,
    apps: Iterable[str],
) -> Row:
    done, planned = rounds
    return {
        "run": folder.name,
        "profile": profile.value,
        "rounds": f"{done}/{planned}",
        "state": status.value,
        "started": started_at.isoformat(timespec="seconds"),
        "apps": ", ".join(dict.fromkeys(apps)),
    }


ROWS: Final[dict[str, Callable[[tuple[Path, ...], Broken], list[Row]]]] = {
    "apps": _apps,
    "servers": _servers,
    "endpoints": _endpoints,
    "workloads": _workloads,
    "profiles": _profiles,
    "claims": _claims,
    "runs": _runs,
}


def list_(what: str, apps_dirs: tuple[Path, ...], *, claims_file: Path | None, as_json: bool) -> None:
    """List apps, servers, endpoints, workloads, profiles, claims or runs.

    Raises:
        BenchError: What is wrong with the first app that can't be listed, once the others are.
    """
    broken: Broken = []
    rows = _claims_of(claims_file, apps_dirs) if claims_file else ROWS[what](apps_dirs, broken)
    if what == "runs":
        for copy, folder in find_copies(options.REPORTS).items():
            tell(f"{copy.name} is a copy of {folder.name}, and no run of its own")
    if as_json:
        print_json(rows)
    else:
        if rows or not broken:
            print_rows(rows, empty=f"no {what} yet")
        if what == "claims" and not claims_file:
            _tell_of_others()
    for error in broken[1:]:
        tell(f"left out: {error.what}")
    if broken:
        raise broken[0]


def _tell_of_others() -> None:
    if others := sorted(_OF_PROJECTS.glob("*.toml")):
        files = ", ".join(map(str, others))
        tell(f"what projects say of themselves: {files}; `bench list claims --claims FILE` lists the claims of one")
