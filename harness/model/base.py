"""The base of every data contract, and the names that stand in many."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, SerializationInfo, ValidationError
from pydantic_core import PydanticCustomError, PydanticSerializationError


class Contract(BaseModel):
    """A frozen, validated value that crosses from one room to another."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    """A class is built when it is first used: that takes long, and hardly any command uses all of them."""

    if not TYPE_CHECKING:  # For a reader of types they are pydantic's.

        def model_dump(self, **options: object) -> dict[str, object]:
            """As pydantic's, and a Ctrl-C is one."""
            with _interruptible():
                return super().model_dump(**options)

        def model_dump_json(self, **options: object) -> str:
            """As pydantic's, and a Ctrl-C is one."""
            with _interruptible():
                return super().model_dump_json(**options)


def build_contracts() -> None:
    """Build now what is built when it is first used: for a process that has to lose no time later on.

    In the order in which they were defined, so that each finds built what it is made of.
    """
    waiting: list[type[Contract]] = [Contract]
    for contract in waiting:
        waiting += contract.__subclasses__()
        contract.model_rebuild()


@contextmanager
def _interruptible() -> Iterator[None]:
    """A Ctrl-C within a serializer of ours is one: pydantic makes an error with its name out of whatever is raised."""
    try:
        yield
    except PydanticSerializationError as error:
        if KeyboardInterrupt.__name__ in str(error):
            raise KeyboardInterrupt from None
        raise


def _passed_through(text: str, info: SerializationInfo) -> str:
    return str(info.context(text)) if callable(info.context) else text


Outside = Annotated[str, PlainSerializer(_passed_through)]
"""A text that others wrote: an app's log, a server's answer, a program's last words. It may hold a secret, so whoever
writes it down gives a function that takes those out as the context of `model_dump` or `model_dump_json`."""


def _without_bytes(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


FileName = Annotated[str, AfterValidator(_without_bytes)]
"""The name of a file or folder as text: bytes that are none, which Python has as halves of characters, are escaped."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false in a file that users write, and no text or number that reads like one of them."""


def wrong(what: str, *at: str | int) -> PydanticCustomError:
    """What is wrong with a file that users write; `at` leads from where that is noticed to the key to be mended."""
    return PydanticCustomError("wrong", "{what}", {"what": what, "at": at})


def all_of_it(rules: Iterable[Callable[[], object]]) -> None:
    """See to rules of which none depends on another, so that all that is wrong is told at once.

    Raises:
        PydanticCustomError: One is broken.
        ValidationError: Several are; pydantic takes over what is in it.
    """
    broken: list[PydanticCustomError] = []
    for rule in rules:
        try:
            rule()
        except PydanticCustomError as error:
            broken.append(error)
    if len(broken) == 1:
        raise broken[0]
    if broken:
        raise ValidationError.from_exception_data("rules", [{"type": each, "input": None} for each in broken])


def each_once[Value](values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values, none of which may stand twice: it would count twice, or another was meant."""
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise wrong(f"'{twice}' stands twice")
    return values


NAME_PATTERN: Final = r"^[a-z][a-z0-9_-]{0,39}$"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""A name that is safe as a file name, a URL fragment and a command-line value."""

PACKAGE_PATTERN: Final = r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"
"""The name of a distribution."""

VARIABLE_PATTERN: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"

VariableName = Annotated[str, Field(pattern=VARIABLE_PATTERN)]
"""The name of an environment variable."""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a zero byte can't be a part of it")
    return text


Word = Annotated[str, AfterValidator(_without_nul)]
"""What the kernel takes as an argument of a program, or as the value of a variable."""

_OF_THE_CONTRACT: Final = frozenset({"DATABASE_URL", "EXTRA_ROUTES", "HOST", "PORT", "PYTHONHASHSEED", "WORKERS"})


def _none_of_the_contract(variables: dict[str, str]) -> dict[str, str]:
    if taken := sorted(_OF_THE_CONTRACT & variables.keys()):
        raise ValueError(f"{' and '.join(taken)} {'are' if taken[1:] else 'is'} set by the harness")
    return variables


type Environment = Annotated[dict[VariableName, Word], AfterValidator(_none_of_the_contract)]
"""Variables of a deployment, by name: none of the contract's, which the harness sets."""

REVISION_SIGN = "@"
"""Stands between an app's name and its revision where a run measures two revisions of it side by side."""

WITH = "with-"
"""Begins the revision of an app that is the same but for a requirement, its interpreter or a variable."""

BY_VARIANT = "variant-"
"""Begins the revision of an app that is the same but for how it is deployed: both sides have one then."""

APP_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What the folder of an app may be called, without `_app`."""

type AppName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}(@[A-Za-z0-9][A-Za-z0-9._+-]{0,39})?$")]
"""An app's name, with its revision where it has several: `flask`, `flask@v1.2`."""

BARE_SITE: Final = "bare-site"
"""Under this name the bare site is started, in a variant's place."""

BATTERIES_SITE: Final = "batteries-site"
"""Under this one the site of what the framework's own distribution brings."""
