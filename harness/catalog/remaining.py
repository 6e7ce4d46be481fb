"""What an app has still to do until it keeps the whole contract, as words for its author."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.catalog.package import Package
from harness.catalog.project_file import shown
from harness.catalog.spelling import without_language
from harness.catalog.stale_lock import command_to_lock
from harness.model.app import DEFAULT, App, Endpoint, Interface

FIRST_ENDPOINTS: Final = (Endpoint.HELLO, Endpoint.JSON)
"""What a new app declares: the two endpoints that need nothing but the framework."""

_TO_DO: Final = {
    Endpoint.ITEMS: (
        "GET /items?count=N&factor=K: N objects of ten fields (1 to 100), computed from K (1 to 1,000,000) by the rule "
        "in docs/contract.md and serialised in each request; 400 or 422 where either is out of range"
    ),
    Endpoint.ORDERS: (
        "POST /orders: an order in JSON, checked by what the framework brings or its documentation recommends; 201 "
        "with its total, or 400 or 422 and the name of the wrong field, by the rule in docs/contract.md"
    ),
    Endpoint.DB: (
        'GET /db?id=N: one SELECT from `world` by its id, answered as `{"id": N, "randomNumber": M}`; 404 where no row '
        "has it, 400 or 422 where it is no integer; DATABASE_URL says where to connect"
    ),
    Endpoint.QUERIES: (
        "GET /queries?ids=a,b,c: a list of such rows in the order asked for, one SELECT each, 1 to 500 ids; 404 where "
        "any row is missing"
    ),
    Endpoint.FORTUNES: (
        "GET /fortunes: all rows of `fortune` and one added at request time, sorted by message, rendered and escaped "
        "by the framework's own template engine"
    ),
    Endpoint.WAIT: ('GET /wait?ms=N: wait N milliseconds (0 to 10,000) the framework\'s own way, then `{"waited": N}`'),
    Endpoint.FEED: (
        "GET /feed?interval_ms=N: server-sent events, numbered and time-stamped, one at once and then one per interval "
        "(10 to 60,000 ms), until the client leaves"
    ),
    Endpoint.CHAT: (
        "WebSocket /chat?room=NAME: each text message to every member of the room (1 to 64 letters, digits and "
        "hyphens), its sender included, by the rules in docs/contract.md. An app that can't do it says why, in "
        "[tool.bench.not_offered.chat]"
    ),
}

_DRIVER: Final = "psycopg[binary,pool]>=3.3"

_RUNS_ON: Final = {
    Interface.WSGI: "bare WSGI",
    Interface.ASGI: "bare ASGI",
    Interface.NATIVE: "Python's own HTTP server",
}
"""What answers in a new app until the framework does."""

_MODELS: Final = {
    Interface.WSGI: "apps/flask_app",
    Interface.ASGI: "apps/starlette_app",
    Interface.NATIVE: "apps/tornado_app",
}
"""An app of the repository that keeps the whole contract on this interface."""


def undeclared(declared: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """The endpoints of the contract that a manifest does not name. They are not measured, which is no fault."""
    return tuple(endpoint for endpoint in Endpoint if endpoint not in declared)


def next_steps(  # noqa: PLR0913 - all that the commands name
    package: Package,
    interface: Interface,
    *,
    name: str,
    folder: Path,
    like: App | None,
    left_out: Sequence[str] = (),
) -> tuple[str, ...]:
    """What is left to do on a new app, step by step, in commands that can be typed where `bench new` was.

    `name` and `folder` are the app's, as the user names them; `left_out` is what a copy has not got of its model.
    """
    model = _from_here(_MODELS[interface])
    title = title_of(package)
    runs_now = f"{like.manifest.title}'s code" if like else _RUNS_ON[interface]
    lock = command_to_lock(folder)
    replaced = f" Remove {like.manifest.title} from the dependencies." if like else ""
    add = shlex.join(("uv", "add", "--no-sync", "--project", shown(folder), _DRIVER))
    fields = "title, family, homepage and" if like else "title, family and"
    true = f'In [tool.bench], set {fields} package = "{package.name}": the report shows them, so they must be true.'
    without = (
        f"Left out, since it is {like.manifest.title}'s own: {', '.join(left_out)}." if like and left_out else None
    )
    return (
        *([without] if without else []),
        f"Write /hello and /json with {title}: so far {runs_now} answers them.{replaced}",
        true,
        _deployment(title, interface, has_default=like is not None and like.resolve(DEFAULT) is not None),
        *([] if like else [f"For /db, /queries and /fortunes, add the driver: {add}."]),
        f"Whenever you have changed its dependencies by hand, lock them: {lock}.",
        "Add each further endpoint to `endpoints` when it is written:",
        *(f"  {endpoint.value}: {_TO_DO[endpoint]}." for endpoint in undeclared(FIRST_ENDPOINTS)),
        f"Check after each step: bench verify {name}. {model} keeps the whole contract on this interface.",
        f"Measure what is there: bench run --profile smoke --app {name}.",
    )


def _from_here(path: str) -> str:
    """A folder of the project's, as it is named where the command was typed."""
    whole = Path(__file__).resolve().parents[2] / path
    return shown(whole) if whole.is_dir() and not Path(path).is_dir() else path


def next_steps_on_the_same(*, name: str, both: str, like: App, left_out: Sequence[str]) -> tuple[str, ...]:
    """The same of a copy that stays on its model's framework, and so keeps of the contract what that does.

    `both` are the options that name it and its model.
    """
    title = like.manifest.title
    without = f"Left out, since the app {like.name} is probed by it already: {', '.join(left_out)}."
    return (
        *([without] if left_out else []),
        f"Change what is to be yours: so far all of it is the app {like.name}.",
        f"In [tool.bench], set title and family: until then it is a scaffold beside {title}, and competes for no rank.",
        f"Check after each step: bench verify {name}.",
        f"Measure it beside the other: bench run --profile smoke {both}.",
    )


def _deployment(title: str, interface: Interface, *, has_default: bool) -> str:
    """What is left to do on how it is deployed."""
    if interface is Interface.NATIVE or has_default:
        return (
            f"Deploy `default` as {title}'s documentation recommends, with that page as its source, in as many "
            "processes as WORKERS says; own_server = true where the framework brings that server itself."
        )
    return (
        f"Add a variant `default`, deployed as {title}'s documentation recommends, with that page as its source "
        '(or also = ["default"] where `controlled` is just that; own_server = true where the framework brings that '
        "server itself)."
    )


def title_of(package: Package) -> str:
    """The framework's name as a reader would write it."""
    if "." in package.name or package.name != package.name.lower():
        return package.name
    return package.title or without_language(package.name).capitalize()


def readme(package: Package, interface: Interface, *, like: App | None) -> str:
    """The README of a new app: what it is now, and how it is started by hand."""
    runs_now = f"a copy of the app on {like.manifest.title}" if like else f"an app on {_RUNS_ON[interface]}"
    title = title_of(package)
    return (
        f"# {title}\n\n"
        f"Begun with {title} {package.version} as {runs_now}. Nothing here is {title}'s own yet: say here when it is,\n"
        "and why each piece is written as that framework's users write it.\n\n"
        "Start it by hand with the command of a variant in `pyproject.toml`, in this folder, after `uv sync`.\n"
    )


def readme_of_copy(title: str, like: App) -> str:
    """The README of a new app that is a copy of another, on the same framework."""
    return (
        f"# {title}\n\n"
        f"Begun as a copy of the app `{like.name}`, on the same framework. Say here what is otherwise, and why.\n\n"
        "Start it by hand with the command of a variant in `pyproject.toml`, in this folder, after `uv sync`.\n"
    )
