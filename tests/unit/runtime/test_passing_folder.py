"""A folder that is needed for a while, and the harness that is killed meanwhile."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.runtime.ledger import sweep
from harness.runtime.passing_folder import passing_folder

VICTIM = """
import os, signal, sys
from pathlib import Path
from harness.runtime.passing_folder import passing_folder

with passing_folder(Path(sys.argv[1]), "kind") as folder:
    (folder / "file").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_is_gone_after_the_block_whatever_ends_it(tmp_path: Path) -> None:
    folders = []

    def interrupted() -> None:
        with passing_folder(tmp_path, "kind") as folder:
            folders.append(folder)
            (folder / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not folders[0].exists()
    assert sweep(tmp_path) == ()


@pytest.mark.parametrize("name", [b"state", b"caf\xe9", b"a % b"])
def test_what_a_killed_harness_left_is_removed_by_the_next_whatever_the_bytes_of_its_name(
    tmp_path: Path, name: bytes
) -> None:
    state = tmp_path / os.fsdecode(name)
    killed = subprocess.run((sys.executable, "-c", VICTIM, state), check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = (state / "kind").iterdir()
    assert [each.what for each in sweep(state)] == [f"folder {left}"]
    assert not left.exists()
