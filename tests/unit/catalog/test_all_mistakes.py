"""All mistakes of a file are told in one reading, each once and with its place."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover, read_app
from harness.catalog.servers import read_server
from harness.claims.read import ClaimsError, read_claims
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST

CLAIMS = """source = "me"

[[claim]]
id = "first"
says = "It is fast."

[[claim.condition]]
form = "bound"
subjects = ["flask"]
metric = "throughput_rps"
endpoints = ["json"]
at_least = 1.5
"""
SERVER = """homepage = "https://example.org"

[packages]
waitress = "3.0.2"

[wsgi]
server = "waitress"
command = ["waitress-serve", "${APPLICATION}"]
why = "Its own."
source = "https://example.org/run"
"""

FAMILIES = "full-stack, micro, asynchronous, modular, layer, baseline, scaffold"
ENDPOINTS = "hello, json, items, orders, db, queries, fortunes, wait, feed, chat"
OF_PACKAGE = (
    "name the framework's distribution as its dependencies do; if it is none of them yet: "
    "uv add --project %s DISTRIBUTION"
)

type Changes = dict[str, str]


def changed(text: str, changes: Changes) -> str:
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def app_folder(parent: Path, changes: Changes, *, lock: bool = True) -> Path:
    folder = parent / "tiny_app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(changed(MANIFEST, changes))
    if lock:
        (folder / "uv.lock").write_text("version = 1\n")
    return folder


@pytest.mark.parametrize(
    ("changes", "lock", "lines"),
    [
        pytest.param(
            {'title = "Tiny"\n': "", '"micro"': '"mirco"', "command =": "comand ="}, True,
            [
                "line 13: tool.bench.variants.default.comand: there is no such field",
                "hint: is 'command' meant?",
                "line 6: tool.bench.title: it is missing",
                "line 7: tool.bench.family: it should be one of: {families}",
                "hint: is 'micro' meant?",
            ],
            id="fields",
        ),
        pytest.param(
            {'["hello"]': '["hullo", "jsno"]', 'interface = "native"': "interface = 1"}, True,
            [
                "line 9: tool.bench.endpoints, entry 1: it should be one of: {endpoints}",
                "hint: is 'hello' meant?",
                "line 9: tool.bench.endpoints, entry 2: it should be one of: {endpoints}",
                "hint: is 'json' meant?",
                "line 13: tool.bench.variants.default.interface: it should be one of: wsgi, asgi, native",
            ],
            id="values",
        ),
        pytest.param(
            {'family = "micro"': 'family = "nano"', 'requires-python = ">=3.13"\n': ""}, False,
            [
                "{folder} has no uv.lock, so what would be measured is not pinned",
                "hint: run: uv lock --project {folder}",
                "line 7: tool.bench.family: it should be one of: {families}",
                "line 2: project.requires-python is missing",
                'hint: add requires-python = ">=3.13"',
            ],
            id="tables and files",
        ),
        pytest.param(
            {
                'family = "micro"': 'family = "micro"\npackage = "nix"\ndeviates = { head = "404" }\ndriver = "nox 3"\n'
                'serializer = "box"'
            },
            True,
            [
                "line 9: tool.bench.package: no distribution 'nix' is in its uv.lock",
                "hint: {of_package}",
                "line 10: tool.bench.deviates.head: it has no link to where the framework says so",
                'hint: write what it does and where that is told: "answers 404, https://..."',
                "line 11: tool.bench.driver: 'nox' is no distribution that it has, and no module of Python's own",
                "hint: begin with the name of the distribution that does it, as in `psycopg 3`",
                "line 12: tool.bench.serializer: 'box' is no distribution that it has, and no module of Python's own",
                "hint: begin with the name of the distribution that does it, as in `msgspec`",
            ],
            id="what fields refer to",
        ),
    ],
)  # fmt: skip
def test_of_a_manifest(tmp_path: Path, changes: Changes, *, lock: bool, lines: list[str]) -> None:
    folder = app_folder(tmp_path, changes, lock=lock)
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    heading, *told = refused.value.what.splitlines()
    names = {"folder": folder, "families": FAMILIES, "endpoints": ENDPOINTS, "of_package": OF_PACKAGE % folder}
    number = sum(not line.startswith("hint: ") for line in lines)
    assert heading == f"{folder / 'pyproject.toml'} has {number} mistakes:"
    assert [line.strip() for line in told] == [line.format_map(names) for line in lines]
    assert refused.value.hint == "docs/add-a-framework.md#the-manifest has every field"


VARIANT = """
[tool.bench.variants.other]
server = "uvicorn"
interface = "wsgi"
command = ["uvicorn", "app:app"]
why = "another"
"""
PACKAGE = 'family = "micro"\npackage = "nix"'


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param(
            {"comm": "com", 'family = "micro"': f'{PACKAGE}\norm = "nox"\ndriver = "nax"'},
            [
                "line 17: tool.bench.variants.default.comand: there is no such field",
                "line 9: tool.bench.package: no distribution 'nix' is in its uv.lock",
                "line 10: tool.bench.orm: 'nox' is no distribution that it has, and no module of Python's own",
                "line 11: tool.bench.driver: 'nax' is no distribution that it has, and no module of Python's own",
            ],
            id="what fields refer to, beside a misspelt one",
        ),
        pytest.param(
            {'title = "Tiny"\n': "", 'family = "micro"': PACKAGE, 'interface = "native"': "interface = 1"},
            [
                "line 6: tool.bench.title: it is missing",
                "line 13: tool.bench.variants.default.interface: it should be one of: wsgi, asgi, native",
                "line 8: tool.bench.package: no distribution 'nix' is in its uv.lock",
            ],
            id="the same, beside what is missing or no value",
        ),
        pytest.param(
            {'requires-python = ">=3.13"\n': "", 'family = "micro"': f'{PACKAGE}\nbuilt_on = "nobody"'},
            [
                "line 2: project.requires-python is missing",
                "line 8: tool.bench.package: no distribution 'nix' is in its uv.lock",
                "line 9: tool.bench.built_on: there is no other app 'nobody'",
            ],
            id="what no table of the manifest has",
        ),
        pytest.param(
            {"[tool.bench.variants.default]": "[tool.bench.varants.default]", "why =": "wy ="},
            [
                "line 11: tool.bench.varants: there is no such table",
                "line 15: tool.bench.variants.default.wy: there is no such field",
            ],
            id="what is in misspelt tables",
        ),
        pytest.param(
            {
                'family = "micro"': 'family = "micro"\ndeviates = { haed = "404", after-head = "no" }\n'
                'not_offered = { hello = { why = "none" }, json = { why = "none" } }',
                '["hello"]': '["hello", "json"]',
            },
            [
                "line 10: tool.bench.not_offered.hello: it stands in endpoints, too",
                "line 10: tool.bench.not_offered.json: it stands in endpoints, too",
                "line 9: tool.bench.deviates.haed: there is no such check that a framework may deviate from",
                "line 9: tool.bench.deviates.after-head: it has no link to where the framework says so",
            ],
            id="each that one rule forbids",
        ),
    ],
)
def test_of_a_manifest_what_the_first_look_does_not_come_to(tmp_path: Path, changes: Changes, lines: list[str]) -> None:
    folder = app_folder(tmp_path, changes)
    with pytest.raises(ManifestError) as refused:
        discover((tmp_path,))
    heading, *told = refused.value.what.splitlines()
    assert heading == f"{folder / 'pyproject.toml'} has {len(lines)} mistakes:"
    assert [line.strip() for line in told if not line.strip().startswith("hint: ")] == lines


def test_what_is_wrong_with_one_variant_is_not_looked_for_in_another(tmp_path: Path) -> None:
    folder = app_folder(tmp_path, {'command = ["python", "app.py"]\n': ""})
    file = folder / "pyproject.toml"
    file.write_text(file.read_text() + VARIANT)
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    found = [line.strip() for line in refused.value.what.splitlines()[1:]]
    assert found[0].endswith("tool.bench.variants.default.command: it is missing")
    assert found[1].endswith("tool.bench.variants.other.interface: uvicorn calls apps by ASGI, and this says wsgi")


def test_a_field_that_is_like_none_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(app_folder(tmp_path, {"why =": "speed = 11\nwhy ="}))
    assert refused.value.hint.startswith("choose from: server, interface, own_server, command, ")
    assert refused.value.hint.endswith("also; docs/add-a-framework.md#the-manifest has every field")


def test_a_table_that_stands_twice_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"\[tool\.bench\] stands twice \(at line \d+"):
        read_app(app_folder(tmp_path, {"[tool.bench.variants.default]": "[tool.bench]"}))


def test_of_a_server_s_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed(SERVER, {"why =": "wy =", "homepage =": "page ="}))
    with pytest.raises(ManifestError) as refused:
        read_server(file)
    assert refused.value.what.splitlines() == [
        f"{file} has 3 mistakes:",
        "  line 9: wsgi.wy: there is no such field",
        "    hint: is 'why' meant?",
        "  line 1: page: there is no such field",
        "    hint: choose from: homepage, packages, wsgi, asgi, unfit",
        "  homepage: it is missing",
    ]
    assert refused.value.hint == "docs/servers.md#add-a-server shows such a file"


def refusal(folder: Path, text: str) -> ClaimsError:
    file = folder / "mine.toml"
    file.write_text(text)
    with pytest.raises(ClaimsError) as refused:
        read_claims(file)
    return refused.value


def test_of_claims(tmp_path: Path) -> None:
    changes = {
        '"throughput_rps"': '"throughput"',
        '["json"]': "[7]",
        "at_least = 1.5": "margin = 2",
        'id = "f': 'id = "F',
    }
    refused = refusal(tmp_path, changed(CLAIMS, changes))
    heading, *told = refused.what.splitlines()
    assert heading == f"{tmp_path / 'mine.toml'} has 4 mistakes:"
    assert [line.partition(": it should ")[0].partition(": choose")[0] for line in told] == [
        "  line 12: claim 1, condition 1, margin: there is no such field",
        "    hint",
        "  line 4: claim 1, id",
        "    hint: is 'first' meant?",
        "  line 10: claim 1, condition 1, metric",
        "    hint: is 'throughput_rps' meant?",
        "  line 11: claim 1, condition 1, endpoints, entry 1",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {'"throughput_rps"': '"latency_p99_su"', "at_least = 1.5\n": ""},
            [
                "line 10: claim 1, condition 1, metric",
                "line 7: claim 1, condition 1, rate: latency_p99_us is measured at a rate",
                "line 7: claim 1, condition 1: give exactly one of at_least and at_most",
            ],
            id="what a misspelt metric takes",
        ),
        pytest.param(
            {'"throughput_rps"': '"latency_p99_us"', 'endpoints = ["json"]\n': "", "at_least = 1.5": "alone = 1"},
            [
                "line 11: claim 1, condition 1, alone: there is no such field",
                "line 7: claim 1, condition 1, rate: latency_p99_us is measured at a rate",
                "line 7: claim 1, condition 1, endpoints: latency_p99_us is measured by endpoint",
                "line 7: claim 1, condition 1: give exactly one of at_least and at_most",
            ],
            id="several rules of one condition",
        ),
        pytest.param(
            {
                "[[claim]]": "[[claims]]",
                "[[claim.condition]]": "[[claims.conditon]]",
                '"throughput_rps"': '"throughput"',
            },
            [
                "line 3: claims: there is no such table",
                "line 7: claim 1, conditon: there is no such table",
                "line 10: claim 1, condition 1, metric",
            ],
            id="what is in misspelt tables",
        ),
        pytest.param(
            {
                'says = "It is fast."': 'says = "It is fast."\ncombine = "count"',
                "at_least = 1.5\n": 'at_least = 1.5\n\n[[claim]]\nid = "first"\nsays = "No."\nnot_testable = "x"\n'
                '\n[[claim]]\nid = "third"\nsays = "No."\nnot_testable = "x"\ncount = 3\n',
            },
            [
                "line 3: claim 1, count: give count",
                "line 24: claim 3, count: give count",
                "line 16: claim 2, id: two claims have the id",
            ],
            id="what claims have to do with each other",
        ),
        pytest.param(
            {
                "at_least = 1.5\n": 'at_least = 1.5\n\n[[claim]]\nid = "first"\nsays = "No."\nnot_testable = "x"\n'
                '\n[[claim]]\nid = "first"\nsays = "No."\nnot_testable = "x"\n',
            },
            ["line 15: claim 2, id: two claims have the id", "line 20: claim 3, id: two claims have the id"],
            id="each id that is there already",
        ),
    ],
)  # fmt: skip
def test_of_claims_what_the_first_look_does_not_come_to(tmp_path: Path, changes: Changes, told: list[str]) -> None:
    _, *lines = refusal(tmp_path, changed(CLAIMS, changes)).what.splitlines()
    found = [line.strip() for line in lines if not line.strip().startswith("hint:")]
    assert len(found) == len(told), found
    assert all(line.startswith(begins) for line, begins in zip(found, told, strict=True)), found


@pytest.mark.parametrize(
    ("changes", "what", "hint"),
    [
        (
            {"[[claim.condition]]": "[claim.condition]"},
            ", line 7: claim 1, condition: it should be a list: write [[claim.condition]], in two brackets",
            "docs/claims",
        ),
        (
            {"[[claim]]": "[claim]", "[[claim.condition]]": "[claim.condition]"},
            ", line 3: claim: it should be a list: write [[claim]], in two brackets",
            "docs/claims",
        ),
        (
            {"[[claim]]": "[claim]", "at_least = 1.5\n": 'at_least = 1.5\n\n[claim]\nid = "second"\n'},
            ": [claim] stands twice (at line 14, column 7)",
            "write [[claim]], in two brackets, as there may be several",
        ),
        (
            {"[[claim.condition]]": "[claim.condition]", "at_least = 1.5\n": "at_least = 1.5\n\n[claim.condition]\n"},
            ": [claim.condition] stands twice (at line 14, column 17)",
            "write [[claim.condition]], in two brackets, as there may be several",
        ),
        (
            {"at_least = 1.5": "at_least = 1.5\nat_least = 2"},
            ": a key that has a value already (at line 13, column 13)", "mend the TOML at that line",
        ),
    ],
)  # fmt: skip
def test_a_table_of_many_is_told_how_it_is_written(tmp_path: Path, changes: Changes, what: str, hint: str) -> None:
    refused = refusal(tmp_path, changed(CLAIMS, changes))
    assert refused.what == f"{tmp_path / 'mine.toml'}{what}"
    assert refused.hint.startswith(hint)
