"""The list of runs on a data branch, as a merge by hand leaves it."""

from pathlib import Path

import pytest

from harness.ci.kept import KeptRun, read_kept
from harness.model.errors import DataBranchError
from harness.results.folder import read_run

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def kept_run(name: str) -> KeptRun:
    run = read_run(SAMPLE).run
    return KeptRun(
        run_id=name,
        name=name,
        started_at=run.started_at,
        profile=run.plan.profile,
        runtime=run.runtime,
        host_fingerprint=run.host.fingerprint,
        revision=None,
        complete=True,
        compared_with=None,
        regressions=None,
    )


def write(branch: Path, *runs: KeptRun | None) -> None:
    (branch / "runs.jsonl").write_text("".join(f"{run.model_dump_json() if run else ''}\n" for run in runs))


def test_each_run_is_listed_once(tmp_path: Path) -> None:
    first, second = kept_run("first"), kept_run("second")
    write(tmp_path, first, second, None, first, second)
    assert read_kept(tmp_path) == [first, second]


def test_two_lines_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    first = kept_run("first")
    write(tmp_path, first, kept_run("second"), first.model_copy(update={"regressions": 3}))
    with pytest.raises(DataBranchError, match=r"runs\.jsonl of the data branch: lines 1 and 3 differ"):
        read_kept(tmp_path)
