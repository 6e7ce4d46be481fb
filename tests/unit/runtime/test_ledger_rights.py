import os
from pathlib import Path

from harness.runtime.ledger import Ledger


def test_nobody_else_reads_how_an_engine_is_reached(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Ledger(tmp_path) as ledger:
            ledger.record_project("bench-1", {"DOCKER_HOST": "tcp://u:secret@192.0.2.1"})
            (file,) = (tmp_path / "ledger").glob("*.jsonl")
            assert file.stat().st_mode & 0o777 == 0o600
            file.write_bytes(b"")  # so that no such engine is looked for
    finally:
        os.umask(before)
