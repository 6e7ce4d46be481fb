"""Tables show names as they are, whatever they look like."""

import pytest

from harness.cli.tables import print_rows

HOSTILE = "Fast [/b] [red]API[x]"


def test_a_heading_is_text_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"figure": "memory", HOSTILE: f"1 {HOSTILE}"}], empty="")
    heading, row = capsys.readouterr().out.splitlines()
    assert HOSTILE in heading
    assert f"1 {HOSTILE}" in row
