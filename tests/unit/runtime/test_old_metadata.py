"""Metadata as wheels of all ages have them are read as far as they go."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.host import interpreter_facts
from harness.host.interpreter import Distribution, Environment, own_interpreter
from harness.runtime.deployment import framework_install


def environment(*required: str, **others: str) -> Environment:
    installed = {"Framework": Distribution(size_bytes=10, requires=required)}
    installed |= {name: Distribution(size_bytes=int(size), requires=()) for name, size in others.items()}
    return Environment(interpreter=own_interpreter(), packages={}, installed=installed, accelerators=())


@pytest.mark.parametrize(
    ("required", "counts"),
    [
        ("tinydep (>=1.0.*)", True),
        ("tinydep (>=1.0.*) ; python_version < '3'", False),
        ("tinydep (>=1.0.*) ; extra == 'all'", False),
        ("tinydep (>=1.0.*) ; no_such_marker == '1'", True),
        ("tinydep>=1.0-", True),
        ("tinydep [socks] (>=1.0.*)", True),
        ("tinydep>=dev ; sys_platform == 'linux'", True),
        ("tinydep ; python_version ~= 'x'", True),
        ("tinydep>=1", True),
        ("", False),
        ("(>=1)", False),
    ],
)
def test_what_an_old_wheel_requires_is_found_by_its_name(required: str, counts: bool) -> None:  # noqa: FBT001 - a case
    found = framework_install("framework", environment(required, tinydep="5"))
    assert found is not None
    assert found.distributions == (("Framework", "tinydep") if counts else ("Framework",))
    assert found.size_bytes == (15 if counts else 10)


@given(
    st.lists(st.one_of(st.text(max_size=40), st.from_regex(r"tinydep ?[(\[;<>=~!.*a-z0-9' )\]]{0,30}", fullmatch=True)))
)
def test_no_metadata_at_all_end_the_description(required: list[str]) -> None:
    found = framework_install("framework", environment(*required, tinydep="5"))
    assert found is not None
    assert found.distributions[0] == "Framework"


def test_what_is_left_of_a_distribution_without_a_name_is_none(tmp_path: Path) -> None:
    """As an interrupted removal leaves it, or another tool that begins its name with a tilde."""
    (tmp_path / "gone-1.0.dist-info").mkdir()
    (tmp_path / "old-1.0.dist-info").mkdir()
    (tmp_path / "old-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 1.0\nName: old\n")
    script = (
        "import sys, json, runpy; sys.path[:] = [sys.argv[1], *sys.path];"
        "facts = runpy.run_path(sys.argv[2]); print(json.dumps([facts['packages'](), facts['installed']()]))"
    )
    command = (sys.executable, "-I", "-W", "error", "-c", script, str(tmp_path), interpreter_facts.__file__)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    packages, installed = json.loads(done.stdout)
    assert packages["old"] == "unknown"
    assert installed["old"] == {"modules": [], "size_bytes": 0, "requires": [], "tags": []}
    assert "gone" not in packages
