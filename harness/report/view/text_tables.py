"""What capacities and latencies are not, as tables of text: for the terminal, and for the summary in Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.model.findings import Findings
from harness.model.run import Run, Start
from harness.report.numbers import NOTHING, Reading, listed
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.cpu_per_request import cpu_view
from harness.report.view.crowds import CHATS, FEEDS, crowds_view, tried_words
from harness.report.view.footprint import footprint_view
from harness.report.view.growth import growth_view
from harness.report.view.idle import idle_view
from harness.report.view.interpreters_beside import interpreters_view
from harness.report.view.limit import limit_view
from harness.report.view.ratios import RatioBook, ShownRatio
from harness.report.view.scaling import scaling_view
from harness.report.view.terms import INVALID, NOT_KNOWN, Lack
from harness.report.view.waiting import waiting_view

_NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class TextTable:
    """One workload's figures, with their intervals in brackets."""

    heading: str
    rows: tuple[dict[str, str], ...]
    """Each with the same columns."""
    note: str = ""
    """What is said below the heading."""


def text_tables(run: Run, findings: Findings, starts: Sequence[Start], cast: Cast) -> Iterator[TextTable]:
    """What no ranking has: CPU, interpreters, connections, routes, processes, limits, waits, idling, crowds, size.

    Why a cell is invalid is told elsewhere.
    """
    yield from _cpu(findings, cast)
    yield from _interpreters(run, findings, cast)
    yield from _growth(findings, cast)
    yield from _scaling(findings, cast)
    yield from _limits(findings, cast)
    yield from _waiting(findings, cast)
    yield from _idle(findings, cast)
    yield from _crowds(run, findings, cast)
    if findings.footprints:
        yield from _footprint(run, findings, starts, cast)


def _cpu(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    for each in cpu_view(findings, RatioBook.of(findings), cast).endpoints:
        with_database = any(row.database for row in each.rows)
        rows = [
            _of(row.label)
            | {
                "server, µs": _word(row.lack, _text(row.server)),
                "of the least": "least" if row.least else NOTHING if row.lack else _text(row.ratio),
            }
            | ({"database, µs": NOTHING if row.lack else _text(row.database)} if with_database else {})
            | _libraries(row.label, each.libraries, each.endpoint)
            for row in each.rows
        ]
        unknown: dict[str, list[str]] = {}
        for row in each.rows:
            if row.lack and row.lack.word == NOT_KNOWN:
                unknown.setdefault(row.lack.why, []).append(row.label.in_sentence)
        note = " ".join(f"Not known of {listed(names)}: {why}." for why, names in unknown.items())
        yield TextTable(f"CPU per request on {each.endpoint}", tuple(rows), note)


def _interpreters(run: Run, findings: Findings, cast: Cast) -> Iterator[TextTable]:
    book = RatioBook.of(findings)
    for each in interpreters_view(run, findings, book, cast).endpoints:
        rows = [
            {
                "app": row.label.marked,
                "deployment": row.deployment,
                "interpreter": row.interpreter,
                "CPU, µs per request": _text(row.cpu, _word(row.lack, NOTHING)),
                "times that on the first": "the first" if row.first else _ratio(row.over),
                "capacity, times that on the first": "1" if row.first else _ratio(row.capacity),
            }
            for row in each.rows
        ]
        yield TextTable(f"The same app on different interpreters, {each.endpoint}", tuple(rows))


def _growth(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    for table in growth_view(findings, cast).tables:
        rows = []
        for row in table.rows:
            usual, special = (_word(row.lack, _text(shown)) for shown in (row.usual, row.special))
            figures = {"usual, requests/s": usual, "with them, requests/s": special}
            kept = {table.column.casefold(): _text(row.kept_percent)}
            rows.append(_of(row.label) | {"with": row.grown} | figures | kept)
        yield TextTable(table.heading, tuple(rows))


def _scaling(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    for each in scaling_view(findings, cast).endpoints:
        rows = [
            _of(row.label)
            | {
                _connections(number): _NOT_RUN if cell is None else _text(cell.value, cell.lack.word)
                for number, cell in zip(each.connections, row.cells, strict=True)
            }
            for row in each.rows
        ]
        yield TextTable(f"Throughput on {each.endpoint} by connections, requests/s", tuple(rows))


def _limits(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    for each in limit_view(findings, cast).limits:
        rows = [
            _of(row.label)
            | {
                "requests/s": _word(row.lack, _text(row.rate)),
                "of the highest": _ratio(row.ratio, NOTHING if row.lack else "highest"),
                "of its capacity": row.of_capacity,
            }
            | _libraries(row.label, each.libraries, each.endpoint)
            for row in each.rows
        ]
        yield TextTable(f"Highest rate on {each.endpoint} with a p99 under {each.limit_ms} ms", tuple(rows))


def _waiting(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    view = waiting_view(findings, cast)
    rows = []
    for row in view.rows:
        columns = _of(row.label)
        for number, cell in zip(view.connections, row.cells, strict=True):
            in_flight = _NOT_RUN if cell is None else _word(cell.lack, _text(cell.in_flight))
            columns[f"{_connections(number)}: in flight"] = in_flight
            columns[f"{_connections(number)}: in line, ms"] = _text(cell.added if cell else None)
        rows.append(columns)
    if rows:
        yield TextTable(f"Requests that wait {view.wait_ms} ms", tuple(rows))


def _idle(findings: Findings, cast: Cast) -> Iterator[TextTable]:
    view = idle_view(findings, cast)
    for each in view.endpoints:
        rows = [
            _of(row.label)
            | {
                "server, CPU ms/s": _word(row.lack, _text(row.server_ms_per_s)),
                "server, us/request": _text(row.server_us),
                "at capacity, us/request": _text(row.loaded_us),
            }
            | ({"database, CPU ms/s": _text(row.database_ms_per_s)} if each.with_database else {})
            | _libraries(row.label, each.libraries, each.endpoint)
            for row in each.rows
        ]
        yield TextTable(f"CPU time on {each.endpoint} at {view.rate_rps} requests/s", tuple(rows))


def _crowds(run: Run, findings: Findings, cast: Cast) -> Iterator[TextTable]:
    """How many were held and served, and what came to them in time; and which numbers were not tried, and why."""
    for words, found in ((FEEDS, findings.feeds), (CHATS, findings.chats)):
        view = crowds_view(found, words, cast, tried_words(run, findings, words))
        rows = [
            _of(row.label)
            | {
                words.who: row.number,
                "held": _word(row.lack, row.skipped or _text(row.held)),
                "served": _text(row.served),
                f"{words.what} in time, %": _text(row.delivered_percent),
                "lag p99, ms (lowest to highest round)": _text(row.lag_p99_ms),
            }
            for row in view.rows
        ]
        if rows:
            yield TextTable(words.name.capitalize(), tuple(rows), view.tried)


def _footprint(run: Run, findings: Findings, starts: Sequence[Start], cast: Cast) -> Iterator[TextTable]:
    rows = [
        _of(row.label)
        | {
            "start-up, s": _text(row.start_s, INVALID if row.faults else row.unmeasured or NOTHING),
            "import, s": _text(row.import_s),
            "idle, MiB": _text(row.idle_mib),
            "after load, MiB": _text(row.loaded_mib),
            "installed, MiB": row.installed_mib or NOTHING,
            "dependencies": row.dependencies or NOTHING,
        }
        for row in footprint_view(run, findings, starts, cast).rows
    ]
    if rows:
        yield TextTable("Memory and start-up: medians, and lowest to highest", tuple(rows))


def _word(lacking: Lack | None, otherwise: str) -> str:
    return lacking.word if lacking else otherwise


def _of(label: SubjectLabel) -> dict[str, str]:
    return {"app": label.marked, "deployment": label.deployment}


def _libraries(label: SubjectLabel, head: str, endpoint: str) -> dict[str, str]:
    return {head: label.libraries_on(endpoint)} if head else {}


def _connections(number: int) -> str:
    return f"{number:,} connection{'' if number == 1 else 's'}"


def _ratio(shown: ShownRatio | None, instead: str = NOTHING) -> str:
    return ", ".join(filter(None, (_text(shown.reading), shown.remark))) if shown else instead


def _text(shown: Reading | None, instead: str = NOTHING) -> str:
    if shown is None:
        return instead
    return shown.value if shown.is_exact else f"{shown.value} ({shown.interval})"
