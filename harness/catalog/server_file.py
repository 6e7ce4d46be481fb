"""What a file of a servers folder says: how every app of an interface is deployed on one server."""

from typing import Annotated

from pydantic import ConfigDict, Field, HttpUrl

from harness.model.app import Interface, KeepAlive, Variant
from harness.model.base import PACKAGE_PATTERN, Contract, Environment, Name, Word


class _Documented(Contract):
    """A table of the file; its fields carry their docstrings, which docs/servers.md has to match."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ServerDeployment(_Documented):
    """How the server is started for apps of one interface: the table `[wsgi]` or `[asgi]`."""

    server: str = Field(min_length=1)
    """Server and kind of worker as a reader knows them, such as `gunicorn gevent`."""
    command: tuple[Word, ...] = Field(min_length=1)
    """Program and arguments. Beside `${HOST}`, `${PORT}` and `${WORKERS}`, `${APPLICATION}` is filled in: where the
    application is, such as `app:app`."""
    call: tuple[Word, ...] = ()
    """What is put before `${APPLICATION}` where that is a function which makes the application, such as `--factory`.
    Without it, `${APPLICATION}` is then `app:create_app()`, as gunicorn takes it."""
    calls_no_function: str | None = Field(default=None, min_length=1)
    """Why it can't call a function that makes the application, with a link; it serves no such apps."""
    environment: Environment = Field(default_factory=dict)
    """Variables that it needs beside those of the contract."""
    keep_alive: KeepAlive = True
    """As in an app's manifest."""
    deviates: dict[Name, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """What the server does otherwise than the contract, whatever the app: as in an app's manifest, with a link."""
    why: str = Field(min_length=1)
    """Why it is deployed like this, in one sentence."""
    source: HttpUrl
    """The page of the server's documentation that this follows."""

    def takes(self, application: str) -> bool:
        """Whether it can have an application that is named as gunicorn does."""
        return self.calls_no_function is None or not application.endswith("()")

    def variant(self, interface: Interface, application: str) -> Variant:
        """The deployment of an application that is named as gunicorn does."""
        module, _, rest = application.partition(":")
        target = f"{module}:{rest or 'application'}"
        called = target.endswith("()") and bool(self.call)
        command: list[str] = []
        for word in self.command:
            holds = "${APPLICATION}" in word
            command += [*(self.call if called and holds else ())]
            command.append(word.replace("${APPLICATION}", target.removesuffix("()") if called else target))
        return Variant(
            server=self.server,
            interface=interface,
            command=tuple(command),
            environment=self.environment,
            keep_alive=self.keep_alive,
            why=self.why,
            source=self.source,
        )


class ServerFile(_Documented):
    """One server: `servers/NAME.toml`, whose name is that of the variant."""

    homepage: HttpUrl
    """The server's own page."""
    packages: dict[Annotated[str, Field(pattern=PACKAGE_PATTERN)], Annotated[str, Field(min_length=1)]] = Field(
        min_length=1
    )
    """The distributions that it needs, all of them, each with its version. Of those that an app's lock has already, the
    app keeps its version."""
    wsgi: ServerDeployment | None = None
    """For apps on WSGI; none where the server can't call these."""
    asgi: ServerDeployment | None = None
    """For apps on ASGI."""
    unfit: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """The apps that it does not serve, by name, with the reason and a link to where that is said."""

    def of(self, interface: Interface) -> ServerDeployment | None:
        """How it is started for apps of this interface."""
        return {Interface.WSGI: self.wsgi, Interface.ASGI: self.asgi}.get(interface)
