"""Rates are kept with a run, and those of earlier runs on the same host are found."""

from datetime import timedelta
from pathlib import Path

import pytest

from harness.measure.begin import METHOD_VERSION, resume
from harness.measure.earlier_rates import earlier_rates
from harness.measure.progress import Silent
from harness.model.app import Endpoint
from harness.model.cell import OfferedRate, RateRule
from harness.model.errors import RunFolderError
from harness.model.run import Run, RuntimeName
from harness.results.folder import RunWriter, read_header
from tests.unit.results.sample import FLASK_JSON, run_of


def rate(rate_rps: float) -> OfferedRate:
    return OfferedRate(
        endpoint=Endpoint.JSON,
        rule=RateRule.COMMON,
        rate_rps=rate_rps,
        capacity_rps=2 * rate_rps,
        slowest=FLASK_JSON.subject,
        why="half",
    )


def kept(reports: Path, place: int, **changes: object) -> Run:
    run = run_of(run_id=f"{place:016x}", **changes)
    run = run.model_copy(update={"started_at": run.started_at + timedelta(hours=place)})
    RunWriter.create(reports, run).close()
    return run


def test_the_rates_of_runs_on_this_host_in_this_runtime_and_by_this_method_are_found_newest_first(
    tmp_path: Path,
) -> None:
    here = run_of()
    elsewhere = here.host.model_copy(update={"fingerprint": "another"})
    kept(tmp_path, 1, rates=(rate(100),))
    kept(tmp_path, 2, rates=(rate(200),))
    kept(tmp_path, 3, rates=(rate(300),), host=elsewhere)
    kept(tmp_path, 4, rates=(rate(500),), runtime=RuntimeName.DOCKER)
    kept(tmp_path, 5, rates=(rate(700),), load_host=elsewhere)
    kept(tmp_path, 6, rates=(rate(150),), method_version=here.method_version + 1)
    kept(tmp_path, 7)
    now = kept(tmp_path, 8, rates=(rate(1_000),))
    found = earlier_rates(tmp_path, now)
    assert [each.rate_rps for _, each in found] == [200, 100]
    assert all((tmp_path / name).is_dir() for name, _ in found)


@pytest.mark.parametrize("content", ["{", "[]", '{"rates": [{"rate_rps": "fast"}]}', '{"rates": 3}'])
def test_what_cannot_be_read_has_no_rates_and_hides_none(tmp_path: Path, content: str) -> None:
    kept(tmp_path, 1, rates=(rate(100),))
    damaged = tmp_path / "20990101T000000Z-quick-00000000"
    damaged.mkdir()
    (damaged / "run.json").write_text(content)
    assert [each.rate_rps for _, each in earlier_rates(tmp_path, run_of())] == [100]


def test_a_run_without_rates_is_readable_and_one_with_them_keeps_them(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    kept(tmp_path, 2, rates=(rate(100),))
    assert [read_header(folder).rates for folder in sorted(tmp_path.iterdir())] == [(), (rate(100),)]


def test_a_run_of_another_version_of_the_method_is_not_gone_on_with(tmp_path: Path) -> None:
    """Its rounds had other windows, in another order, at rates that were found in another way."""
    kept(tmp_path, 1, method_version=METHOD_VERSION - 1)
    (folder,) = tmp_path.iterdir()
    with pytest.raises(RunFolderError, match=f"version {METHOD_VERSION - 1} of the method") as refused:
        resume(folder, (), None, Silent())
    assert "start a new `bench run`" in refused.value.hint
