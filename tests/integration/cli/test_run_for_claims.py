"""`bench run` for claims of one's own, about apps of one's own."""

from pathlib import Path

from harness.results.folder import resolve_run
from harness.results.run_folders import CLAIMS_FILE
from tests.integration.cli.conftest import Bench, MakeApp

CLAIM = """
source = "our wiki"
profile = "smoke"

[[claim]]
id = "as-fast"
says = "One is as fast as the other."

[[claim.condition]]
form = "ratio"
subjects = ["{subject}"]
metric = "throughput_rps"
endpoints = ["{endpoint}"]
against = "every"
group = ["{group}"]
at_least = 0.001
"""


def claims_file(folder: Path, *, subject: str = "one/controlled", endpoint: str = "json", group: str = "other") -> str:
    file = folder / "mine.toml"
    file.write_text(CLAIM.format(subject=subject, endpoint=endpoint, group=group))
    return file.name


def test_its_report_has_them_first_and_its_folder_a_copy(bench: Bench, make_app: MakeApp, tmp_path: Path) -> None:
    make_app("one")
    make_app("other")
    file = claims_file(tmp_path)
    small = ("--rounds", "1", "--endpoint", "json", "--workload", "capacity")
    done = bench("run", *small, "--variant", "nonesuch", "--variant", "controlled", "--claims", file)
    assert "without variant 'nonesuch': one, other" in done.stderr
    assert f"by the profile 'smoke', which {file} names" in done.stderr
    folder = resolve_run(tmp_path / "reports", "latest")
    assert (folder / CLAIMS_FILE).read_text() == (tmp_path / file).read_text()
    (tmp_path / file).unlink()
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.index("One is as fast as the other.") < page.index("Statements of an article")
    assert "claims are about no app of this run" in page
    assert "as-fast: One is as fast as the other." in bench("claims", "latest").stdout


def test_what_nothing_can_decide_and_who_there_is_not_is_refused_before_anything_starts(
    bench: Bench, make_app: MakeApp, tmp_path: Path
) -> None:
    make_app("one")
    make_app("other")
    for changes, said in (
        ({"endpoint": "db"}, "as-fast asks for capacity on db of one/controlled, other: nothing is left to measure"),
        (
            {"group": "one/default"},
            "line 15: as-fast: 'one/controlled' is compared with nothing but itself: 'one/default'",
        ),
        ({"subject": "onee"}, "line 11: there is no app 'onee'; is 'one' meant?"),
        ({"subject": "one/granian"}, "line 11: app 'one' has no variant 'granian'"),
    ):
        done = bench("run", "--claims", claims_file(tmp_path, **changes), "--claim", "as-fast")
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "reports").exists()
