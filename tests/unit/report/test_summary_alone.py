"""`summary.md` can be read alone: it has the reasons of what has no figure, and what a request costs."""

from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.findings import CellFinding, CrowdFinding, Findings
from harness.model.plan import ProfileName
from harness.report.markup import markdown
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.text_tables import text_tables
from harness.results.records import RecordedRun
from tests.unit.report.sample import Sample
from tests.unit.report.test_special_workloads import CAST as TWO
from tests.unit.report.test_special_workloads import FAILED, FLASK, TORNADO, cell, chat, exactly, faults, feed, found
from tests.unit.report.test_special_workloads import RUN as RUN_OF_TWO
from tests.unit.report.test_special_workloads import findings as findings_of_two

RUN, FINDINGS, CLAIMS, STARTS = Sample(profile=ProfileName.STANDARD).build()


def summary_of_two(findings: Findings) -> str:
    claims = evaluate(read_claims(ARTICLE), RecordedRun(run=RUN_OF_TWO, windows=(), starts=(), rounds_complete=3))
    return markdown(compose(RUN_OF_TWO, findings, claims, (), ())).replace(NBSP, " ")


def rows_below(heading: str, text: str) -> list[list[str]]:
    below = text.split(f"\n## {heading}\n", 1)[1].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[each.strip() for each in line.strip("|").split("|")] for line in lines]


def crowds(*feeds: CrowdFinding, chats: tuple[CrowdFinding, ...] = ()) -> Findings:
    return findings_of_two(feeds=feeds, chats=chats)


def test_numbers_of_subscribers_that_are_invalid_or_were_not_tried_have_their_rows() -> None:
    """`Invalid is a result`, and so is `not tried`: the table of the example had neither."""
    skipped = feed(FLASK, 2_000, rounds=0, skipped="not tried: of the events due to 1,000 subscribers, 3.2% came")
    wrong = feed(TORNADO, 1_000, valid=False, reasons=("errors: 58.0% of it failed",), gates=(FAILED,))
    text = summary_of_two(crowds(feed(FLASK, 1_000, held=exactly(16)), skipped, wrong))
    head, _, *rows = rows_below("Feeds", text)
    assert head[2:4] == ["subscribers", "held"]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (TWO.label(FLASK).title, "1,000", "16"),
        (TWO.label(FLASK).title, "2,000", "not tried: of the events due to 1,000 subscribers, 3.2 % came"),
        (TWO.label(TORNADO).title, "1,000", "invalid"),
    ]
    name = TWO.label(TORNADO).in_sentence
    (line,) = [line for line in text.splitlines() if line.startswith(f"- {name} on feed")]
    assert line.endswith(": errors: 58.0 % of it failed")


def test_each_invalid_cell_is_listed_with_its_reason_and_where_none_is_there_is_no_list() -> None:
    text = markdown(compose(RUN, FINDINGS, CLAIMS, STARTS, ()))
    listed = text.partition("\n## Invalid cells\n")[2].partition("\n## ")[0].strip().splitlines()
    assert len(listed) == sum(not each.valid for each in FINDINGS.all_cells) > 0
    assert all(line.startswith("- ") and ": " in line for line in listed)
    assert "The section on invalid cells gives each one's reason" in text
    valid = summary_of_two(findings_of_two(cells=(found(cell(FLASK, Workload.CAPACITY, 32)),)))
    assert "Invalid cells" not in valid


def test_how_to_make_the_page_is_said_and_that_sections_named_may_be_there() -> None:
    text = summary_of_two(findings_of_two())
    assert "The full report is `index.html` in this folder, and has the sections that are named here" in text
    assert "Where it is missing, `bench report FOLDER` makes it." in text


def test_in_how_many_rounds_crowds_were_tried_is_said_where_not_in_all() -> None:
    told = "Measured in the first 2 of the run's 3 rounds"
    timing = RUN_OF_TWO.plan.timing.model_copy(update={"chat_rounds": 2})
    run = RUN_OF_TWO.model_copy(update={"plan": RUN_OF_TWO.plan.model_copy(update={"timing": timing})})
    chats = (chat(FLASK, 500, 10, served=exactly(480), chat=faults()),)
    findings = crowds(feed(FLASK, 1_000, held=exactly(16)), chats=chats)
    notes = {table.heading: table.note for table in text_tables(run, findings, (), Cast(run))}
    assert notes["Chats"].startswith(told)
    assert notes["Feeds"] == ""
    claims = evaluate(read_claims(ARTICLE), RecordedRun(run=run, windows=(), starts=(), rounds_complete=3))
    text = markdown(compose(run, findings, claims, (), ()))
    assert f"\n## Chats\n\n{told}" in text


def test_the_cpu_time_of_a_request_stands_in_it_with_the_database_s_where_there_is_one() -> None:
    """On a small host it is what to compare, and verdicts quote it."""
    text = markdown(compose(RUN, FINDINGS, CLAIMS, STARTS, ())).replace(NBSP, " ")
    for endpoint, columns in ((Endpoint.HELLO, 4), (Endpoint.DB, 5)):
        head, _, *rows = rows_below(f"CPU per request on {endpoint.value}", text)
        assert [each for each in head if "ORM" not in each and "erializer" not in each] == [
            "app", "deployment", "server, µs", "of the least", "database, µs",
        ][:columns]  # fmt: skip
        cells = [each for each in FINDINGS.cells if of_capacity(each, endpoint)]
        assert len(rows) == len(cells)
        assert [row[3] for row in rows].count("least") == 1
        assert sum(row[2] == "invalid" for row in rows) == sum(not each.valid for each in cells)


def test_why_no_cpu_time_is_known_is_said() -> None:
    unread = found(cell(FLASK, Workload.CAPACITY, 32), throughput_rps=exactly(2_000), server_cpu_share=None)
    (table,) = text_tables(RUN_OF_TWO, findings_of_two(cells=(unread,)), (), TWO)
    assert table.rows[0]["server, µs"] == "not known"
    name = TWO.label(FLASK).in_sentence
    assert table.note.startswith(f"Not known of {name}: its server's CPU time was read too late")


def of_capacity(finding: CellFinding, endpoint: Endpoint) -> bool:
    return finding.cell.workload is Workload.CAPACITY and finding.cell.endpoint is endpoint
