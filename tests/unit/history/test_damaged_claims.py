"""A run whose claims can't be read any more is left out of the list of runs by itself, with the reason."""

import shutil
from pathlib import Path

from harness.history.all_digests import read_digests
from harness.history.digest_file import DIGEST_FILE
from harness.results.run_folders import CLAIMS_FILE

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def test_damaged_claims_leave_out_their_own_run_and_no_other(tmp_path: Path) -> None:
    damaged, sound = tmp_path / "damaged", tmp_path / "sound"
    for folder in (damaged, sound):
        shutil.copytree(SAMPLE, folder)
        (folder / DIGEST_FILE).unlink(missing_ok=True)
    header = sound / "run.json"
    header.write_text(header.read_text().replace('"run_id": "', '"run_id": "f', 1))
    (damaged / CLAIMS_FILE).write_text("source =\n")
    digests, unread = read_digests(tmp_path)
    assert [each.summary.name for each in digests] == ["sound"]
    (left_out,) = unread
    assert left_out.name == "damaged"
    assert CLAIMS_FILE in left_out.reason
