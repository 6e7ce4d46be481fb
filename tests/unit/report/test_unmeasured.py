"""What a run has not come to is called so in page and summary, and not invalid: no gate has judged it."""

import re
from pathlib import Path

import pytest

from harness.model.run import RoundEnd, Start, Window
from harness.report.numbers import NBSP
from harness.report.publish import publish
from harness.results.records import Record, encode, encode_header
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from harness.results.run_state import RunState, RunStatus
from tests.unit.results.whole_run import FASTAPI, FLASK, whole_run

WORDS = {RunStatus.UNDER_WAY: "to come", RunStatus.CUT_OFF: "not reached"}
TABLES = (
    "Capacity on json",
    "Latency on json at the common rate",
    "Many routes",
    "More server processes",
    "Throughput on json by connections",
    "Highest rate on json",
    "Requests that wait",
    "CPU time on json",
    "Memory and start-up",
)
"""How the headings of the summary begin, of all that has a row for a cell without a figure."""


def texts(folder: Path, status: RunStatus, *, of_flask: bool) -> tuple[str, str]:
    """Page and summary of a run of every workload, of which nothing is recorded, or of Flask's usual servers only."""
    run, records = whole_run()

    def stays(each: Record) -> bool:
        if isinstance(each, RoundEnd) or not of_flask:
            return False
        its = each.cell.startswith(f"{FLASK.key}:") if isinstance(each, Window) else each.subject == FLASK
        return its and isinstance(each, Window | Start)

    folder.mkdir()
    (folder / HEADER_FILE).write_bytes(encode_header(run.model_copy(update={"finished_at": None})))
    (folder / RECORDS_FILE).write_bytes(b"".join(encode(each) for each in records if stays(each)))
    publish(folder, state=RunState(folder.name, status, 0, 2))
    page, summary = ((folder / name).read_text(encoding="utf-8") for name in ("index.html", "summary.md"))
    return page.replace(NBSP, " "), summary.replace(NBSP, " ")


def rows_below(heading: str, summary: str) -> list[list[str]]:
    """The cells of the first table below a heading that begins so, without its head."""
    below = summary.split(f"\n## {heading}", 1)[1].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


@pytest.mark.parametrize("status", WORDS)
def test_of_a_run_that_has_measured_nothing_no_cell_is_invalid(tmp_path: Path, status: RunStatus) -> None:
    page, summary = texts(tmp_path / "run", status, of_flask=False)
    word, cells = WORDS[status], len(whole_run()[0].plan.cells)
    assert not re.findall(r"<b>invalid|>\s*[Ii]nvalid[:,]", page)
    told, _, claims = summary.partition("\n## Claims\n")
    assert "invalid" not in f"{told}{claims.partition('\n## ')[2]}".casefold()
    assert f"{word.capitalize()}: {cells} of {cells} cells, which no gate has judged." in page
    assert f"- {word.capitalize()}: {cells} of {cells} cells, in " in summary
    assert f"- **json**: {word.capitalize()}." in summary
    for heading in TABLES:
        rows = rows_below(heading, summary)
        assert rows, heading
        assert all(word in row for row in rows), heading


@pytest.mark.parametrize("status", WORDS)
def test_an_app_that_a_run_has_not_come_to_stands_beside_one_that_it_has(tmp_path: Path, status: RunStatus) -> None:
    page, summary = texts(tmp_path / "run", status, of_flask=True)
    word = WORDS[status]
    rows = [row.partition("</table>")[0] for row in page.split("<tr") if f"data-subject={FASTAPI.key} " in row]
    assert not [row for row in rows if "invalid" in row]
    assert sum(f"<b>{word}</b>" in row for row in rows) >= len({"capacity", "latency", "CPU", "limit", "idle", "feed"})
    for heading in TABLES:
        own = [row for row in rows_below(heading, summary) if FASTAPI.app in row[1:3]]
        assert all(word in row and "invalid" not in " ".join(row) for row in own), heading
    assert f"; {word}: " in page, "beside how many cells passed every gate"
    (told,) = (line for line in summary.splitlines() if line.startswith(f"- {word.capitalize()}: "))
    assert FASTAPI.app in told
