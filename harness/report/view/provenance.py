"""The closing sections: the data behind the report, and how to make it again."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.run import Run
from harness.report.numbers import counted, file_size, moment
from harness.results.run_folders import CSV_FILE, HEADER_FILE, PARQUET_FILE, RECORDS_FILE

DATA_FILES: Final = {
    CSV_FILE: "One line for each window, flat, for any spreadsheet. Footprints are of starts, and have none.",
    PARQUET_FILE: "The same as a typed table, for pandas and others.",
    RECORDS_FILE: "The raw records, one JSON object a line: every window with its histograms, every start.",
    HEADER_FILE: "The plan, the host, the deployments and all versions.",
}
"""What a run folder holds beside the report: file name -> what is in it."""
_CHANGED: Final = "+dirty"
"""Ends a revision whose tree had changes in no commit."""
_DATABASE: Final = "BENCH_DATABASE_URL"
"""Names the database where that is the user's."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that lies beside the report."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Download:
    """A link to a file in the same folder."""

    name: str
    content: str
    size: str | None
    """None for the header, in which it is noted afterwards how long writing the report took."""


@dataclass(frozen=True, slots=True)
class DataView:
    """The files that lie beside the report, and those that should but don't."""

    downloads: tuple[Download, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReproduceView:
    """What it takes to run the same thing again."""

    checkout: str
    """Where the commands are given: in what of the harness."""
    setup: tuple[str, ...]
    """What is typed before the command, by whoever has only cloned the harness."""
    command: str
    first: tuple[str, ...]
    """What has to be set before, that no command tells."""
    made: str
    """By which seed and which harness, in sentences."""
    under_work: tuple[str, ...]
    """Apps whose code had changes that were in no commit."""
    packages: tuple[tuple[str, str], ...]
    citation: str
    """What to write where a number of the run is used."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All that is typed."""
        return (*self.setup, self.command)


def data_view(files: Sequence[DataFile]) -> DataView:
    """Links to `files`, in a fixed order."""
    sizes = {file.name: file.size_bytes for file in files}
    return DataView(
        downloads=tuple(
            Download(name, content, None if name == HEADER_FILE else file_size(sizes[name]))
            for name, content in DATA_FILES.items()
            if name in sizes
        ),
        missing=tuple(name for name in DATA_FILES if name not in sizes),
    )


def reproduce_view(run: Run) -> ReproduceView:
    """The command line and the versions that made `run`."""
    revision = f", revision {run.harness_revision}" if run.harness_revision else ""
    return ReproduceView(
        checkout=_checkout(run),
        setup=tuple(_setup(run)),
        command=_command(run),
        first=tuple(_first(run)),
        made=(
            f"The order of starts and windows was drawn with the seed {run.plan.seed}; a run with the same seed, "
            f"profile and apps has the same order. Made by harness {run.harness_version}{revision}."
        ),
        under_work=tuple(source.app for source in run.sources if source.uncommitted),
        packages=tuple(sorted(run.harness_packages.items())),
        citation=_citation(run, revision),
    )


def _checkout(run: Run) -> str:
    clone = f"In a clone of framework-referee {run.harness_version}, on Linux with Python, make and a network"
    where = " (its address is in no file: ask who made this report)"
    changed = "; the harness had changes besides, that no commit has" if _is_changed(run) else ""
    return f"{clone}{where}{changed}:"


def _setup(run: Run) -> Iterator[str]:
    if run.harness_revision:
        yield f"git checkout {run.harness_revision.removesuffix(_CHANGED)}"
    yield "make setup"
    yield ". .venv/bin/activate"


def _is_changed(run: Run) -> bool:
    return run.harness_revision is not None and run.harness_revision.endswith(_CHANGED)


def _command(run: Run) -> str:
    """It ends with an error where the variable is not set, rather than measure with another database."""
    command = shlex.join(run.command)
    return f'{_DATABASE}="${{{_DATABASE}:?}}" {command}' if _has_given_database(run) else command


def _first(run: Run) -> Iterator[str]:
    if _has_given_database(run):
        yield f"Its database is the one that {_DATABASE} names, whose value stands in no report: set that first."
    if run.load_host is not None:
        yield "Its containers ran on another host: have DOCKER_HOST or the Docker context name that first."


def _has_given_database(run: Run) -> bool:
    return run.database is not None and not run.database.embedded


def _citation(run: Run, revision: str) -> str:
    """Who made the run, by what, when and on what: a number without them can't be looked up."""
    host = f"{run.host.cpu_model}, {counted(run.host.cpu_count, 'CPU')}"
    return (
        f"The framework-referee authors. framework-referee {run.harness_version}{revision}. Run {run.run_id} "
        f"({run.plan.profile.value}), {moment(run.started_at)}, on {host}."
    )
