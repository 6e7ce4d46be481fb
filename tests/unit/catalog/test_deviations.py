"""What a framework does otherwise by itself is declared by the check that tells it, with a link; nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.contract.conformance.suite import CHECKS, DEVIATIONS
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST

LINK = "https://github.com/sparckles/robyn/issues/1"

type Declare = Callable[[str, str], Path]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    def make(key: str, reason: str) -> Path:
        folder = tmp_path / "tiny_app"
        folder.mkdir()
        declared = f'family = "micro"\ndeviates = {{ {key} = "{reason}" }}'
        (folder / "pyproject.toml").write_text(MANIFEST.replace('family = "micro"', declared))
        (folder / "uv.lock").write_text("version = 1\n")
        return folder

    return make


@pytest.mark.parametrize("key", DEVIATIONS)
def test_a_deviation_is_taken_with_a_link(declare: Declare, key: str) -> None:
    reason = f"answers 404, {LINK}"
    assert read_app(declare(key, reason)).manifest.deviates == {key: reason}


@pytest.mark.parametrize(
    ("key", "reason", "named", "hint"),
    [
        ("haed", f"answers 404, {LINK}", "deviates.haed: there is no such check", "is 'head' meant? "),
        ("random-ids", f"sends others, {LINK}", "deviates.random-ids: there is no such check", "asked of all"),
        ("hostile-parameter", f"is hacked, {LINK}", "deviates.hostile-parameter", "safety"),
        ("head", "answers 404", "deviates.head: it has no link", "https://"),
        ("head", "", "tool.bench.deviates.head", "has every field"),
    ],
)
def test_anything_else_is_refused(declare: Declare, key: str, reason: str, named: str, hint: str) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(declare(key, reason))
    assert named in refused.value.what
    assert hint in refused.value.hint


def test_no_framework_may_deviate_in_what_is_measured() -> None:
    assert all(each.endpoint is None for each in CHECKS if each.may_deviate)
