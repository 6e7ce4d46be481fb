"""A claims file of one's own: whom it may name, and where its claims stand."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.catalog.discover import discover
from harness.claims.read import ClaimsError, read_claims
from harness.cli.asked_claims import claims_to_measure
from harness.cli.main import bench
from harness.history.digest import read_digest
from harness.results.run_folders import CLAIMS_FILE

ROOT = Path(__file__).parents[3]
APPS = discover((ROOT / "apps",))
CLAIM = """
[[claim]]
id = "{id}"
says = "{says}"

[[claim.condition]]
form = "ratio"
subjects = ["{subject}"]
metric = "throughput_rps"
endpoints = ["json"]
against = "every"
group = ["{other}"]
at_least = 0.1
"""


def claims_file(folder: Path, *pairs: tuple[str, str]) -> Path:
    """A file with a claim about each pair."""
    file = folder / "mine.toml"
    claims = (
        CLAIM.format(id=f"own-{number}", says=f"Own number {number}.", subject=subject, other=other)
        for number, (subject, other) in enumerate(pairs)
    )
    file.write_text('source = "our wiki"\n' + "".join(claims))
    return file


def called(*arguments: str) -> Result:
    return CliRunner().invoke(bench, arguments, standalone_mode=False)


@pytest.mark.parametrize(
    ("subject", "other", "said"),
    [
        ("flaks", "fastapi", "line 9: there is no app 'flaks'; is 'flask' meant?"),
        ("flask", "zzz", "line 13: there is no app 'zzz'"),
        ("flaks/default", "fastapi", "line 9: there is no app 'flaks'; is 'flask' meant?"),
        ("flask/defualt", "fastapi", "line 9: app 'flask' has no variant 'defualt'; is 'default' meant?"),
    ],
)
def test_who_there_is_not_is_refused_before_a_run_with_whoever_is_nearest(
    tmp_path: Path, subject: str, other: str, said: str
) -> None:
    file = claims_file(tmp_path, (subject, other))
    with pytest.raises(ClaimsError) as refused:
        claims_to_measure(file, APPS, (ROOT / "apps",))
    assert refused.value.what == f"{file}, {said}"
    assert f"`bench list apps --apps-dir {ROOT / 'apps'}` shows those there are" in refused.value.hint


def test_all_that_is_wrong_is_told_at_once_with_the_names_of_apps(run: Path, tmp_path: Path) -> None:
    """Also of those in a condition that is wrong otherwise, or whose key is misspelt."""
    file = claims_file(tmp_path, ("flaks", "fastapi"), ("flask/defualt", "zzz"))
    text = file.read_text().replace("throughput_rps", "throughput", 1).replace("group = ", "gruop = ", 1)
    file.write_text(text.replace('"fastapi"', '"fastapy"'))
    told = [
        f"{file} has 6 mistakes:",
        "  line 13: claim 1, condition 1, gruop: there is no such field",
        "    hint: is 'group' meant?",
        "  line 10: claim 1, condition 1, metric: it should be one of:",
        "    hint: is 'throughput_rps' meant?",
        "  line 9: there is no app 'flaks'; is 'flask' meant?",
        "  line 13: there is no app 'fastapy'; is 'fastapi' meant?",
        "  line 22: app 'flask' has no variant 'defualt'; is 'default' meant?",
        "  line 26: there is no app 'zzz'",
    ]
    apps_dir = str(ROOT / "apps")
    listed = called("list", "claims", "--claims", str(file), "--apps-dir", apps_dir).exception
    planned = called("plan", "--claims", str(file), "--apps-dir", apps_dir).exception
    held = called("claims", str(run), "--claims", str(file), "--apps-dir", apps_dir).exception
    for refused in (listed, planned, held):
        assert isinstance(refused, ClaimsError)
        assert [line.partition(" throughput_rps, ")[0] for line in refused.what.splitlines()] == told
        assert refused.hint.startswith("docs/claims.md#a-file-of-your-own has every form, ")
        assert refused.hint.endswith(f"`bench list apps --apps-dir {apps_dir}` shows those there are")


def test_what_is_right_is_taken_as_it_is(tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("flask/default", "fastapi"), ("tornado/controlled", "sanic"))
    assert claims_to_measure(file, APPS, (ROOT / "apps",)) == file.read_text()
    assert claims_to_measure(None, APPS, ()) is None


def test_an_app_that_neither_the_run_nor_any_folder_has_is_an_error(run: Path, tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("flaks", "fastapi"))
    for command in ("claims", "report"):
        refused = called(command, str(run), "--claims", str(file)).exception
        assert isinstance(refused, ClaimsError)
        assert "there is no app 'flaks'; is 'flask' meant?" in refused.what
    assert not (run / CLAIMS_FILE).exists()


@pytest.mark.parametrize("command", ["claims", "report"])
def test_a_variant_that_no_app_has_is_an_error_and_the_run_keeps_the_claims_it_had(
    run: Path, tmp_path: Path, command: str
) -> None:
    shutil.copy(claims_file(tmp_path, ("flask", "fastapi")), run / CLAIMS_FILE)
    kept = (run / CLAIMS_FILE).read_text()
    file = claims_file(tmp_path, ("flask", "fastapi/elsewhere"))
    refused = called(command, str(run), "--claims", str(file), "--apps-dir", str(ROOT / "apps")).exception
    assert isinstance(refused, ClaimsError)
    told = f"{file}, line 13: app 'fastapi' has no variant 'elsewhere'; it has default, controlled"
    assert refused.what.startswith(told)
    assert f"`bench list apps --apps-dir {ROOT / 'apps'}`" in refused.hint
    assert (run / CLAIMS_FILE).read_text() == kept


def test_a_variant_is_taken_on_trust_where_its_app_can_not_be_read(run: Path, tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("flask", "fastapi/granian"), ("flask", "fastapi/controlled"))
    assert called("claims", str(run), "--claims", str(file)).exception is None


def test_an_app_in_another_folder_is_known_and_not_measured(run: Path, tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("litestar", "flask"))
    (tmp_path / "elsewhere" / "litestar_app").mkdir(parents=True)
    (tmp_path / "elsewhere" / "litestar_app" / "pyproject.toml").write_text("[tool.bench]\n")
    found = called("claims", str(run), "--claims", str(file), "--apps-dir", str(tmp_path / "elsewhere"))
    assert found.exception is None
    assert "\nNOT RUN       own-0" in found.stdout
    assert "Litestar was not measured" in found.stdout


@pytest.mark.parametrize("command", ["claims", "report"])
def test_an_app_that_the_run_has_not_is_called_by_the_title_that_its_manifest_has(
    run: Path, tmp_path: Path, command: str
) -> None:
    file, elsewhere = claims_file(tmp_path, ("mine", "flask")), tmp_path / "elsewhere" / "mine_app"
    shutil.copytree(ROOT / "apps" / "tornado_app", elsewhere, ignore=shutil.ignore_patterns(".venv"))
    manifest = elsewhere / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('title = "Tornado"', 'title = "My Own"'))
    done = called(command, str(run), "--claims", str(file), "--apps-dir", str(elsewhere.parent))
    assert done.exception is None
    told = done.stdout if command == "claims" else (run / "summary.md").read_text(encoding="utf-8")
    assert "My Own was not measured" in told
    assert "mine was not measured" not in told


def test_the_claims_that_were_asked_for_come_first_in_every_report_from_then_on(run: Path, tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("flask", "django"), ("fastapi/controlled", "wsgi"))
    before = read_digest(run)
    assert called("report", str(run), "--claims", str(file)).exception is None
    named = file
    for _ in range(2):
        page = (run / "index.html").read_text(encoding="utf-8")
        summary = (run / "summary.md").read_text(encoding="utf-8")
        for text in (page, summary):
            own, article = text.index("Statements of our wiki"), text.index("Statements of an article")
            assert own < text.index("Own number 0.") < article
            assert own < text.index("Own number 1.") < article
        assert f"--claims {named} --claim own-0" in page
        assert called("report", str(run)).exception is None
        named = run / CLAIMS_FILE
    assert sum(read_digest(run).verdicts.values()) == 2
    assert read_digest(run).verdicts != before.verdicts
    assert called("claims", str(run)).stdout.count("own-") >= 2


def test_the_commands_of_a_report_name_the_folders_of_its_apps(run: Path, tmp_path: Path) -> None:
    """Those that were given, or else those of the run."""
    file = claims_file(tmp_path, ("flask", "django"))
    where = f"--claims {file} --apps-dir"
    header = json.loads((run / "run.json").read_text())
    header["command"] += ["--apps-dir", "elsewhere"]
    (run / "run.json").write_text(json.dumps(header))
    for options, folder in (((), "elsewhere"), (("--apps-dir", str(ROOT / "apps")), str(ROOT / "apps"))):
        assert called("report", str(run), "--claims", str(file), *options).exception is None
        assert f"{where} {folder} --claim own-0" in (run / "index.html").read_text(encoding="utf-8")


def test_no_two_claims_of_a_page_share_an_anchor(run: Path, tmp_path: Path) -> None:
    """Also where one of the article's has the same id."""
    file = claims_file(tmp_path, ("flask", "fastapi"))
    file.write_text(file.read_text().replace("own-0", "async-speed"))
    assert called("report", str(run), "--claims", str(file)).exception is None
    page = (run / "index.html").read_text(encoding="utf-8")
    assert page.count("id=claim-async-speed>") == 1
    assert page.count("id=own-claim-async-speed>") == 1


def test_claims_about_nobody_in_the_run_are_folded_away(run: Path, tmp_path: Path) -> None:
    file = claims_file(tmp_path, ("litestar", "granian"), ("flask", "litestar"))
    for name in ("litestar", "granian"):
        (tmp_path / "apps" / f"{name}_app").mkdir(parents=True)
        (tmp_path / "apps" / f"{name}_app" / "pyproject.toml").write_text("")
    assert called("report", str(run), "--claims", str(file)).exception is None
    page = (run / "index.html").read_text(encoding="utf-8")
    folded = page.index("1 claim is about no app of this run")
    assert page.index("Own number 1.") < folded < page.index("Own number 0.")
    printed = called("claims", str(run)).stdout
    assert "1 claim is about no app of this run, and so not shown (--json has all): own-0" in printed
    assert "Own number 0." not in printed


def asked_with(run: Path, *words: str) -> None:
    header = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(header | {"command": ["bench", "run", *words]}))


@pytest.mark.parametrize(
    ("words", "changed", "named"),
    [
        (("--claims", "mine.toml"), False, "mine.toml"),
        (("--claims=mine.toml",), False, "mine.toml"),
        (("--claims", "mine.toml"), True, "reports/sample/claims.toml"),
        (("--claims", "gone.toml"), False, "reports/sample/claims.toml"),
        ((), False, "reports/sample/claims.toml"),
    ],
    ids=["as it was named", "in one word", "it says otherwise now", "it is gone", "the run was asked for none"],
)
def test_commands_name_the_file_that_the_run_was_asked_for_as_long_as_it_says_the_same(
    run: Path, tmp_path: Path, words: tuple[str, ...], named: str, *, changed: bool
) -> None:
    file = claims_file(tmp_path, ("flask", "django"))
    shutil.copy(file, run / CLAIMS_FILE)
    asked_with(run, *words)
    if changed:
        file.write_text(file.read_text() + "# and more\n")
    assert called("report", "sample").exception is None
    for told in (called("claims", "sample").stdout, (run / "index.html").read_text(encoding="utf-8")):
        assert f"bench run --claims {named} --claim own-0" in told
    assert read_claims(Path(named)).claim[0].id == "own-0", "where the command was given"


def test_claims_that_others_take_the_place_of_are_kept_and_it_is_told_where_and_how_to_have_them_back(
    run: Path, tmp_path: Path
) -> None:
    first = claims_file(tmp_path, ("flask", "django")).rename(tmp_path / "first.toml")
    shutil.copy(first, run / CLAIMS_FILE)
    asked_with(run, "--claims", "first.toml")
    second = claims_file(tmp_path, ("fastapi", "flask"))
    second.write_text(second.read_text().replace("our wiki", "their wiki"))
    done = called("report", "sample", "--claims", str(second))
    assert done.exception is None
    aside = Path("reports", "sample", "claims.1.toml")
    assert done.stderr == (
        f"from now on, the reports of sample have the claims of {second} in place of those of first.toml, which it was "
        f"measured for: these are now in {aside}. `bench claims reports/sample --claims {aside}` holds them against "
        f"the run, and `bench report reports/sample --claims {aside}` brings them back\n"
    )
    assert aside.read_text() == first.read_text()
    assert "Statements of their wiki" in (run / "summary.md").read_text()
    held = called("claims", "reports/sample", "--claims", str(aside))
    assert held.exception is None
    assert "own-0" in held.stdout
    back = called("report", "reports/sample", "--claims", str(aside))
    assert f"the claims of {aside} in place of those that it had" in back.stderr
    assert "these are now in reports/sample/claims.2.toml" in back.stderr
    assert "Statements of our wiki" in (run / "summary.md").read_text()
    assert {each.read_text() for each in run.glob("claims*.toml")} == {first.read_text(), second.read_text()}
    elsewhere = called("report", "sample", "--claims", str(second), "--apps-dir", "more apps")
    assert elsewhere.stderr.count(f"reports/sample --claims {aside} --apps-dir 'more apps'`") == 2
    # Nothing is put aside twice.
    assert called("report", "sample", "--claims", str(second)).exception is None
    assert len(list(run.glob("claims.*.toml"))) == 2
    assert not called("report", "sample", "--claims", str(second)).stderr


def test_a_run_that_had_no_claims_has_nothing_put_aside(run: Path, tmp_path: Path) -> None:
    assert not called("report", "sample", "--claims", str(claims_file(tmp_path, ("flask", "django")))).stderr
    assert [each.name for each in run.glob("claims*")] == [CLAIMS_FILE]


def test_what_is_decided_is_printed_with_the_command_that_measures_it_once_more(tmp_path: Path) -> None:
    """As on the page: whoever doubts a verdict asks for it first of all."""
    file = claims_file(tmp_path, ("fastapi", "flask"))
    done = called("claims", str(ROOT / "reports" / "sample"), "--claims", str(file))
    said, command = done.stdout.splitlines()[-2:]
    assert done.stdout.count("\nSUPPORTED ") == 1
    assert said == "    Measured once more by:"
    assert shlex.split(command) == ["bench", "run", "--claims", str(file), "--claim", "own-0"]
