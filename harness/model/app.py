"""What an app says about itself in the `[tool.bench]` table of its `pyproject.toml`."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, HttpUrl, field_validator, model_validator

from harness.model.base import (
    BARE_SITE,
    BATTERIES_SITE,
    PACKAGE_PATTERN,
    REVISION_SIGN,
    AppName,
    Contract,
    Environment,
    Flag,
    Name,
    Word,
    all_of_it,
    each_once,
    wrong,
)

DEFAULT: Final = "default"
"""The variant that the framework's own documentation recommends."""

CONTROLLED: Final = "controlled"
"""The variant that shares one server per interface with the other apps."""


class Endpoint(StrEnum):
    """One URL of the HTTP contract."""

    HELLO = "hello"
    JSON = "json"
    ITEMS = "items"
    ORDERS = "orders"
    DB = "db"
    QUERIES = "queries"
    FORTUNES = "fortunes"
    WAIT = "wait"
    FEED = "feed"
    CHAT = "chat"


NEAREST_TO_WORK: Final = (
    Endpoint.DB,
    Endpoint.FORTUNES,
    Endpoint.QUERIES,
    Endpoint.ORDERS,
    Endpoint.ITEMS,
    Endpoint.JSON,
    Endpoint.HELLO,
)
"""What is shown first is on the first of these that was measured."""

ENDLESS: Final = frozenset({Endpoint.FEED, Endpoint.CHAT})
"""What is no request with one answer: each has a workload of its own, and stands in no other."""

DATABASE_ENDPOINTS = frozenset({Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES})

JSON_ENDPOINTS: Final = frozenset({Endpoint.JSON, Endpoint.ITEMS, Endpoint.ORDERS, Endpoint.DB, Endpoint.QUERIES})
"""Whose answers say what it costs to write JSON."""


class Family(StrEnum):
    """The article's grouping of frameworks, and three kinds that it does not know.

    A `layer` is a framework that one of the others is built upon; a `baseline` has no framework; a `scaffold` is what
    `bench new` has made and nobody has written yet.
    """

    FULL_STACK = "full-stack"
    MICRO = "micro"
    ASYNCHRONOUS = "asynchronous"
    MODULAR = "modular"
    LAYER = "layer"
    BASELINE = "baseline"
    SCAFFOLD = "scaffold"


REFERENCE_FAMILIES = frozenset({Family.LAYER, Family.BASELINE, Family.SCAFFOLD})
"""What is measured for comparison only, and competes for no rank."""


class Interface(StrEnum):
    """How a server calls the app. `native` is neither of the two that servers share."""

    WSGI = "wsgi"
    ASGI = "asgi"
    NATIVE = "native"


class _Documented(Contract):
    """A table of the manifest; its fields carry their docstrings, which docs/add-a-framework.md has to match."""

    model_config = ConfigDict(use_attribute_docstrings=True)


NO_ORM: Final = "none"
"""Stands in place of an ORM where an app sends SQL of its own."""

LIBRARY_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9._-]*( [A-Za-z0-9.]+)*$"
type Library = Annotated[str, Field(pattern=LIBRARY_PATTERN, max_length=40)]
"""A distribution or a module of Python's own, and what else a reader knows it by: `psycopg 3`, `Django ORM`, `json`."""


class Libraries(Contract):
    """What does the work behind an endpoint that reads rows or writes JSON. What nobody says is None."""

    orm: Library | None = None
    driver: Library | None = None
    serializer: Library | None = None

    @property
    def has_orm(self) -> bool:
        """Whether rows pass through an ORM."""
        return self.orm not in {None, NO_ORM}


type KeepAlive = Flag | Literal["mixed"]
"""Whether a server keeps connections open between requests, or keeps some and closes others, by what else goes on."""


class Variant(_Documented):
    """One way to deploy an app."""

    server: str = Field(min_length=1)
    """Server and worker class as a reader knows them, such as `gunicorn gthread`."""
    interface: Interface
    """How the server calls the app; `native` where it is by neither of the other two, such as RSGI."""
    own_server: Flag = False
    """Whether the framework brings this server itself. It is then measured beside `controlled` from the start."""
    command: tuple[Word, ...] = Field(min_length=1)
    """Program and arguments. The program has to be in the app's own environment, which its lock makes: add the
    distribution that brings it. `${HOST}`, `${PORT}` and `${WORKERS}` are filled in from the environment."""
    environment: Environment = Field(default_factory=dict)
    """Variables this variant needs beside those of the contract."""
    keep_alive: KeepAlive = True
    """Whether the server keeps a connection open between requests; `"mixed"` where it keeps some and closes others."""
    why: str = Field(min_length=1)
    """Why it is deployed like this, in one sentence."""
    source: HttpUrl | None = None
    """The page of the framework's documentation that recommends it."""
    without: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """What of the app it does without, where it is as `controlled` but for that, such as `its ORM`: the report then
    says what that costs."""
    orm: Library | None = None
    """The ORM, where that is another than the app's."""
    driver: Library | None = None
    """The driver, where that is another than the app's."""
    serializer: Library | None = None
    """The serializer, where that is another than the app's."""
    adds: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """What of the app it has beside, where it is as `controlled` but for that, such as `an ORM`: the report then says
    what that costs."""
    packages: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """What it needs beside what the app's lock has: distributions and their versions, all of them. It then has an
    environment of its own."""
    also: Annotated[tuple[Name, ...], AfterValidator(each_once)] = ()
    """Other variant names that this one serves as, where two coincide (`controlled`)."""


class NotOffered(_Documented):
    """Why an app does without an endpoint."""

    why: str = Field(min_length=1)
    """What keeps it from offering the endpoint, in one sentence."""
    extension: str | None = Field(default=None, pattern=PACKAGE_PATTERN)
    """The distribution that brings it to the framework, where there is one; it is not the framework's own."""


class OnServer(Contract):
    """How an app is deployed on a server of a servers folder, beside the deployments in its own manifest."""

    variant: Variant
    packages: dict[str, str]
    """What the server needs beside what the app's lock has: distributions and their versions."""
    deviates: dict[Name, str] = Field(default_factory=dict)
    """What the server does otherwise than the contract, as in a manifest."""


class Manifest(_Documented):
    """The `[tool.bench]` table."""

    title: str = Field(min_length=1, max_length=60)
    """The framework's name as a reader knows it."""
    package: str | None = Field(default=None, pattern=PACKAGE_PATTERN)
    """The distribution whose version the report shows; none for a baseline on the bare interface."""
    family: Family
    """What kind of framework it is. The last three compete for no rank."""
    endpoints: Annotated[tuple[Endpoint, ...], Field(min_length=1), AfterValidator(each_once)]
    """What the app answers of the contract. Only that is verified and measured."""
    not_offered: dict[Endpoint, NotOffered] = Field(default_factory=dict)
    """Why it does without some of the others, each a table `[tool.bench.not_offered.ENDPOINT]`. An endpoint that is
    merely not written yet needs none."""
    homepage: HttpUrl | None = None
    """The framework's own page."""
    built_on: Name | None = None
    """The app of the layer that this framework is built upon, which it can't be faster than."""
    orm: Library | None = None
    """What rows of the database pass through, `Django ORM`; `none` where the app sends SQL of its own. Of this and the
    two below, the first word is a distribution of the app's lock, or a module of Python's own, and a number behind
    it begins the version of that."""
    driver: Library | None = None
    """What speaks to the database, `psycopg 3`."""
    serializer: Library | None = None
    """What writes the JSON of an answer, `json`."""
    also_loads: Annotated[tuple[Annotated[str, Field(pattern=PACKAGE_PATTERN)], ...], AfterValidator(each_once)] = ()
    """Distributions that could write JSON and that its server has loaded for something else, such as `msgspec` where a
    framework checks what it is sent with that: it is meant, and `bench verify` and reports say so and ask no more."""
    variants: dict[Name, Variant] = Field(min_length=1)
    """The ways to deploy it, each a table `[tool.bench.variants.NAME]`. `default` is what the framework's own
    documentation recommends for production, `controlled` shares one server per interface with the other apps:
    gunicorn gthread for WSGI, uvicorn for ASGI, each with the same flags for all, and no variable that changes how
    server or interpreter run."""
    deviates: dict[Name, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """What the framework does otherwise than the contract by itself, by the check that tells, with what it does and a
    link to where that is said: `head = "answers 404, https://..."`. It is measured with a footnote, and the check does
    not count as passed."""
    bare_site: Variant | None = None
    """The smallest site by the framework's own guide, with a form at `/transfers`: not measured, but probed."""
    batteries_site: Variant | None = None
    """A site of what the framework's own distribution brings, each part in use: not measured, but probed. Its command
    is `python` and a program, which runs as if nothing else were installed, but for its server where the framework
    brings none."""

    @property
    def sites(self) -> "dict[str, Variant]":
        """Those that are not measured, by the names that they are started under."""
        sites = {BARE_SITE: self.bare_site, BATTERIES_SITE: self.batteries_site}
        return {name: site for name, site in sites.items() if site is not None}

    @field_validator("batteries_site")
    @classmethod
    def _is_a_program_of_python(cls, site: Variant | None) -> Variant | None:
        if site is not None and (site.command[0] != "python" or len(site.command) == 1):
            raise ValueError('its command has to be "python" and a program')
        return site

    @model_validator(mode="after")
    def _keeps_all_rules(self) -> "Manifest":
        all_of_it(
            (
                *(partial(self._is_no_site, name) for name in (BARE_SITE, BATTERIES_SITE)),
                self._variant_names_are_unambiguous,
                *(partial(self._is_offered_or_not, each) for each in self.not_offered),
                *(partial(self._differs_in_a_part_alone, name, each) for name, each in self.variants.items()),
            )
        )
        return self

    def _is_no_site(self, name: str) -> None:
        if name in self.variants:
            raise wrong(f"this site has a table of its own, {name.replace('-', '_')}", "variants", name)

    def _variant_names_are_unambiguous(self) -> None:
        seen = set(self.variants)
        for name, variant in self.variants.items():
            for alias in variant.also:
                if alias in seen:
                    raise wrong(f"'{alias}' is already a variant", "variants", name, "also")
                seen.add(alias)

    def _is_offered_or_not(self, endpoint: Endpoint) -> None:
        if endpoint in self.endpoints:
            raise wrong("it stands in endpoints, too", "not_offered", endpoint.value)

    def _differs_in_a_part_alone(self, name: str, variant: Variant) -> None:
        if not (variant.without or variant.adds):
            return
        whole = next((each for name, each in self.variants.items() if CONTROLLED in {name, *each.also}), None)
        place = ("variants", name, "without" if variant.without else "adds")
        if variant.without and variant.adds:
            raise wrong("it adds something too, and nobody could tell what which of them costs", *place)
        if whole is None or whole is variant:
            raise wrong(f"there is no other variant `{CONTROLLED}` to hold it against", *place)
        for field in ("server", "interface", "keep_alive"):
            if getattr(variant, field) != getattr(whole, field):
                raise wrong(f"`{field}` has to be that of `{CONTROLLED}`", *place)


class App(Contract):
    """One framework's implementation: a folder under `apps/` and its manifest."""

    name: AppName
    """The folder's name without `_app`: `flask` for `apps/flask_app`; with `@` and a revision for another one of it."""
    folder: Path
    manifest: Manifest
    python: str
    """The `requires-python` of the app's project."""
    revision: str | None = None
    """Which revision it is, where a run has two of an app: `as of v1.2`, `with starlette<1.10`."""
    interpreter: Path | None = None
    """The Python of its environment; None for the harness's own, which is the same for all."""
    base_image: str | None = None
    """With an interpreter, what its image is built on; None for what those of all are."""
    own_files: tuple[str, ...] | None = None
    """Names of its own files where the folder is a copy that git does not know; None where git or the folder tells."""
    guest: bool = False
    """Whether it is one of those that are measured only when they are asked for."""
    on_servers: dict[Name, OnServer] = Field(default_factory=dict)
    """Its deployments on the servers that all apps of its interface can be measured on, if that is asked for."""
    not_served: dict[Name, str] = Field(default_factory=dict)
    """Why it is not on others of these, by their names: `cheroot serves no app that a function makes: ...`."""

    @property
    def base_name(self) -> str:
        """Its name without a revision: what all revisions of it, and the app on all interpreters, have in common."""
        return self.name.partition(REVISION_SIGN)[0]

    @property
    def deployments(self) -> dict[str, Variant]:
        """All ways to deploy it: those of its manifest, and on the servers that it shares with other apps."""
        return {**self.manifest.variants, **{name: each.variant for name, each in self.on_servers.items()}}

    def variant(self, name: str) -> Variant:
        """How it is deployed under this name."""
        return self.manifest.sites.get(name) or self.deployments[name]

    def deviates(self, variant: str) -> dict[str, str]:
        """What framework and server do otherwise than the contract by themselves, by the check that tells."""
        on_server = self.on_servers.get(variant)
        return {**self.manifest.deviates, **(on_server.deviates if on_server else {})}

    def packages(self, variant: str) -> dict[str, str]:
        """What it needs, deployed so, beside what its lock has: distributions and versions, in a project of its own."""
        on_server = self.on_servers.get(variant)
        return on_server.packages if on_server else self.variant(variant).packages

    def libraries(self, variant: str) -> Libraries:
        """What reads rows and writes JSON where it is deployed so: the variant's own, and the app's for the rest."""
        own, of_app = self.variant(variant), self.manifest
        return Libraries(**{each: getattr(own, each) or getattr(of_app, each) for each in Libraries.model_fields})

    @property
    def on_own_server(self) -> tuple[str, ...]:
        """The variants that are on a server which the framework brings itself."""
        return tuple(name for name, variant in self.manifest.variants.items() if variant.own_server)

    def resolve(self, variant: str) -> str | None:
        """The real variant that serves as `variant`, or None where the app has none such."""
        if variant in self.deployments:
            return variant
        for name, candidate in self.manifest.variants.items():
            if variant in candidate.also:
                return name
        return None
