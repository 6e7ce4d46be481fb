"""What a job says where there is nothing to compare with."""

from harness.ci import messages
from tests.unit.comparison.simulated import QUICK, a_run


def test_that_the_run_before_can_not_be_trusted_is_why_there_is_nothing_to_compare_with() -> None:
    before = a_run(1, QUICK).model_copy(update={"distrust": "two copies of app0/v0 were told apart"})
    said = messages.alone(a_run(2, QUICK), [before])
    assert "the run before, run-1, can't be trusted (two copies of app0/v0 were told apart)" in said
