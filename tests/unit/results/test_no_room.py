"""A run that can't begin for want of room leaves nothing that looks like a run."""

import resource
from pathlib import Path

import pytest

from harness.results.folder import RunWriter
from harness.writing import WriteError
from tests.unit.results.sample import run_of


@pytest.mark.fault(
    where="disk",
    what="It is full when a run's folder is made",
    happens="It is said, and no folder is left that holds no run.",
    lost="Nothing has begun",
    exit_code=4,
)
def test_a_run_without_room_for_its_header_leaves_no_folder(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(WriteError, match=r"cannot write .*run\.json"):
            RunWriter.create(tmp_path, run_of())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_bytes(b"")
    with pytest.raises(WriteError, match=r"cannot write .*reports"):
        RunWriter.create(tmp_path / "reports", run_of())
