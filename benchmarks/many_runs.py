"""A folder of made-up `quick` runs, each with what is kept of it, for the list of runs to be made of."""

import shutil
from datetime import timedelta
from pathlib import Path

from harness.history.digest import encode_digest
from harness.history.digest_file import DIGEST_FILE
from harness.history.kept_digest import own_version
from harness.model.cell import Workload
from harness.model.history import RunDigest
from harness.results.folder import folder_name
from harness.results.records import encode_header
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.unit.comparison.simulated import ENDPOINTS, Design, Host, a_run
from tests.unit.results.sample import run_of

SAMPLE = Path(__file__).parents[1] / "reports" / "sample"
DESIGN = Design(apps=12, variants=1, rounds=5, windows=6)


def make_runs(root: Path, count: int) -> None:
    """Runs on following days, of sixty cells each; one app gets slower on the way."""
    for place in range(count):
        summary = a_run(place, DESIGN, Host(), {"app3": 1.2 if place > count / 2 else 1.0})
        run = run_of().model_copy(
            update={"run_id": f"{place:032x}"[::-1], "started_at": summary.started_at + timedelta(days=place)}
        )
        folder = root / folder_name(run)
        folder.mkdir(parents=True)
        (folder / HEADER_FILE).write_bytes(encode_header(run, None))
        shutil.copy(SAMPLE / RECORDS_FILE, folder)
        conditions = {"host": "h", "runtime": "process", "profile": "quick"}
        known = {"name": folder.name, "run_id": run.run_id, "started_at": run.started_at, "conditions": conditions}
        digest = RunDigest(
            summary=summary.model_copy(update=known),
            app_names=tuple(f"app{app}" for app in range(DESIGN.apps)),
            endpoints=ENDPOINTS,
            workloads=(Workload.CAPACITY,),
            finished=True,
            rounds_planned=DESIGN.rounds,
            cells=len(summary.cells),
            cells_valid=len(summary.cells),
            verdicts={},
            two_revisions=False,
            harness_version=own_version(),
        )
        (folder / DIGEST_FILE).write_bytes(encode_digest(digest))
