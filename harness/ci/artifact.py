"""What a pull request's job left behind, which may be anything: bounded numbers and known names are taken, no text."""

import stat
import zlib
from collections.abc import Collection
from io import BytesIO
from typing import Annotated, Final, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.ci.predecessor import BESIDE_FILE
from harness.model.app_change import AppOutcome
from harness.model.base import Name
from harness.model.claim import Metric
from harness.model.errors import PullRequestError
from harness.model.findings import Estimate
from harness.model.plan import SequentialTest

LARGEST_ARTIFACT_BYTES: Final = 1_000_000
_LARGEST_FILE_BYTES: Final = 8_000_000
"""Of all apps and endpoints in `beside.json` there are some 300,000."""
_WHY: Final = "it was written by the pull request's own code, so look at that"

_NUMBERS: Final = AppOutcome.SLOWER, AppOutcome.FASTER, AppOutcome.NOT_SLOWER, AppOutcome.UNDECIDED

type _Ratio = Annotated[float, Field(ge=1e-4, le=1e4, allow_inf_nan=False)]


class _Taken(BaseModel):
    """All else is left where it is: whatever others write beside these fields is not read."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class TakenRatio(_Taken):
    """B over A, and its interval."""

    value: _Ratio
    low: _Ratio
    high: _Ratio

    @model_validator(mode="after")
    def _see_that_it_is_one(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("the value lies outside of its interval")
        return self

    @property
    def estimate(self) -> Estimate:
        """The same as any other interval."""
        return Estimate(value=self.value, low=self.low, high=self.high)


class TakenBeside(_Taken):
    """Another quantity of an app."""

    metric: Metric
    ratio: TakenRatio


class TakenApp(_Taken):
    """One app."""

    app: Name
    outcome: AppOutcome
    cpu: TakenRatio | None = None
    cells: int = Field(default=0, ge=0, le=1_000)
    planned: int = Field(default=0, ge=0, le=1_000)
    rounds: int = Field(default=0, ge=0, le=1_000)
    beside: tuple[TakenBeside, ...] = Field(default=(), max_length=len(Metric))

    @model_validator(mode="after")
    def _see_to_its_number(self) -> Self:
        if self.outcome in _NUMBERS and self.cpu is None:
            raise ValueError("an outcome without a number")
        return self


class TakenTest(_Taken):
    """By which the apps were tested."""

    alpha: float = Field(ge=1e-4, le=0.5, allow_inf_nan=False)
    detect: float = Field(ge=1e-3, le=0.99, allow_inf_nan=False)

    @property
    def sequential(self) -> SequentialTest:
        """The same, as far as it is told."""
        return SequentialTest(looks=(1,), alpha=self.alpha, detect=self.detect)


class TakenComparison(_Taken):
    """What was found of all apps."""

    apps: tuple[TakenApp, ...] = Field(min_length=1, max_length=200)
    test: TakenTest


class Taken(_Taken):
    """What is taken of a `beside.json`."""

    found: TakenComparison | None = None
    """None where no app differs."""


def taken(artifact: bytes, known: Collection[str]) -> Taken:
    """What is taken of an artifact: a zip that holds one `beside.json`. Nothing of it is ever written to a disk.

    Args:
        artifact: Its bytes.
        known: The names of the apps that there are here.

    Raises:
        PullRequestError: It is anything else; no word of it is in the error.
    """
    return figures(_unpacked(artifact), known)


def figures(document: bytes, known: Collection[str]) -> Taken:
    """What is taken of a `beside.json`.

    Raises:
        PullRequestError: As above.
    """
    try:
        found = Taken.model_validate_json(document)
    except (ValidationError, RecursionError) as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else ""
        raise PullRequestError(
            f"{BESIDE_FILE} of the artifact is not what `bench ci --against` writes{f': {place}' if place else ''}",
            hint=_WHY,
        ) from None
    names = [app.app for app in found.found.apps] if found.found else []
    if not set(names) <= set(known):
        raise PullRequestError(f"{BESIDE_FILE} of the artifact names an app that is not known here", hint=_WHY)
    if len(set(names)) != len(names):
        raise PullRequestError(f"{BESIDE_FILE} of the artifact names an app twice", hint=_WHY)
    return found


def _unpacked(artifact: bytes) -> bytes:
    try:
        with ZipFile(BytesIO(artifact)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].filename != BESIDE_FILE:
                raise PullRequestError(f"the artifact holds something else than one {BESIDE_FILE}", hint=_WHY)
            (entry,) = entries
            if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
                raise PullRequestError(f"{BESIDE_FILE} of the artifact is no regular file", hint=_WHY)
            if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                raise PullRequestError(f"{BESIDE_FILE} of the artifact is compressed in an unusual way", hint=_WHY)
            with archive.open(entry) as file:
                # It says itself how large it is, and may lie.
                document = file.read(_LARGEST_FILE_BYTES + 1)
    except (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError):
        raise PullRequestError("the artifact is no zip file that could be read", hint=_WHY) from None
    if max(len(document), entry.file_size) > _LARGEST_FILE_BYTES:
        raise PullRequestError(f"{BESIDE_FILE} of the artifact is larger than {_LARGEST_FILE_BYTES:,} bytes", hint=_WHY)
    return document
