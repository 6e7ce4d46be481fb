import pytest

from harness.measure.loop import _same_database
from harness.model.errors import UsageError
from harness.model.run import Database
from harness.results.folder import read_run
from tests.unit.results.test_sample import SAMPLE


@pytest.mark.fault(
    where="database",
    what="A run is resumed with another database",
    happens="It is refused, and left as it is.",
    lost="Nothing",
    exit_code=2,
)
def test_a_run_is_not_gone_on_with_on_another_database() -> None:
    """The rounds of a run are put together, so all of them have to be of the same one."""
    run = read_run(SAMPLE).run
    assert run.database is not None
    given = run.database.model_copy(update={"embedded": False})
    assert _same_database(run, run.database) == run.database
    assert _same_database(run.model_copy(update={"database": None}), given) == given
    other = Database.model_validate({**run.database.model_dump(), "version": "9.6"})
    for another in (given, other):
        with pytest.raises(UsageError, match="another database") as refused:
            _same_database(run, another)
        assert "BENCH_DATABASE_URL" in refused.value.hint
