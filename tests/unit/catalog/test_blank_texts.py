"""A text that has white space alone is none: it is refused like an empty one, with its place."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.catalog.project_file import REMEDY
from harness.catalog.servers import read_server
from harness.model.errors import ManifestError
from tests.unit.catalog.test_all_mistakes import SERVER, app_folder, changed

BLANK = "it should not be empty, and has white space alone"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('title = "Tiny"', 'title = " "', "line 7: tool.bench.title"),
        ('server = "its own"', 'server = "\\t"', "line 12: tool.bench.variants.default.server"),
        ('why = "It has no other."', 'why = "\u00a0"', "line 15: tool.bench.variants.default.why"),
        (
            "why = ",
            'packages = { waitress = " " }\nwhy = ',
            "line 15: tool.bench.variants.default.packages.waitress",
        ),
        (
            "[tool.bench.v",
            '[tool.bench.not_offered.chat]\nwhy = "\\n"\n\n[tool.bench.v',
            "line 12: tool.bench.not_offered.chat.why",
        ),
    ],
)
def test_of_a_manifest(tmp_path: Path, old: str, new: str, place: str) -> None:
    folder = app_folder(tmp_path, {old: new})
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    assert refused.value.what == f"{folder / 'pyproject.toml'}, {place}: {BLANK}"
    assert refused.value.hint == REMEDY


def test_what_a_program_is_given_may_be_blank(tmp_path: Path) -> None:
    changes = {'"app.py"]': '"app.py", " "]', "why = ": 'environment = { PROMPT = " " }\nwhy = '}
    (variant,) = read_app(app_folder(tmp_path, changes)).manifest.variants.values()
    assert (variant.command[-1], variant.environment) == (" ", {"PROMPT": " "})


def test_beside_other_mistakes(tmp_path: Path) -> None:
    changes = {'family = "micro"': 'family = "mirco"', 'server = "its own"': 'server = " "'}
    with pytest.raises(ManifestError) as refused:
        read_app(app_folder(tmp_path, changes))
    told = [line.strip() for line in refused.value.what.splitlines()]
    assert told[1].startswith("line 8: tool.bench.family: it should be one of: ")
    assert told[-1] == f"line 12: tool.bench.variants.default.server: {BLANK}"


def test_of_a_server_s_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed(SERVER, {'"3.0.2"': '" "', 'server = "waitress"': 'server = " "', '"Its own."': '"\\n"'}))
    with pytest.raises(ManifestError) as refused:
        read_server(file)
    assert refused.value.what.splitlines() == [
        f"{file} has 3 mistakes:",
        f"  line 4: packages.waitress: {BLANK}",
        f"  line 7: wsgi.server: {BLANK}",
        f"  line 9: wsgi.why: {BLANK}",
    ]
    assert refused.value.hint == "docs/servers.md#add-a-server shows such a file"


def test_a_link_is_asked_for_where_one_belongs_and_nothing_else_is_said(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed(SERVER, {"why =": 'calls_no_function = " "\nwhy ='}))
    with pytest.raises(ManifestError) as refused:
        read_server(file)
    assert refused.value.what == f"{file}, line 9: wsgi.calls_no_function: it has no link to where that is said"
