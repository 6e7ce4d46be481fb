"""Whether a run of two revisions may end: a look at what its rounds show so far."""

from collections.abc import Callable
from pathlib import Path

from harness.comparison.app_sentences import app_sentence, headline
from harness.model.app_change import LookTaken
from harness.model.comparison import RunComparison
from harness.model.plan import SequentialTest
from harness.model.run import Run
from harness.results.folder import read_run
from harness.results.run_state import state_now


def looking(folder: Path, test: SequentialTest, tell: Callable[[str], None]) -> Callable[[int], LookTaken | None]:
    """How to look at the run in this folder, given how many of its rounds are complete: None where it is not due.

    What a look shows is told as well.
    """

    def look(rounds: int) -> LookTaken | None:
        if rounds not in test.looks:
            return None
        from harness.comparison.within import compare_within  # noqa: PLC0415 - what judges takes seconds to import

        recorded = read_run(folder)
        compared = compare_within(recorded, folder.name, state=state_now(folder, recorded))
        found = look_at(compared, rounds)
        for app in found.apps:
            tell(f"after round {rounds}: {app_sentence(app, test)}")
        return found

    return look


def look_at(found: RunComparison, rounds: int) -> LookTaken:
    """It ends as soon as more rounds could say nothing else of any app.

    Who breaks the contract is not waited for; what is invalid so far may be valid yet.
    """
    ended = None
    if found.test is not None and all(app.outcome.decided for app in found.apps):
        ended = f"decided after {rounds} rounds: {headline(found.apps, found.test)}"
    return LookTaken(rounds=rounds, apps=found.apps, ended=ended)


def with_look(run: Run, found: RunComparison, rounds: int) -> Run:
    """The run with a look that was not due: it was cut off after so many rounds, and what they show was told.

    Whoever goes on knows that by then, so it uses its part of the level as those do that are due. Where nothing can be
    tested yet, or it has been looked after so many rounds already, the run stays as it is.
    """
    taken = {look.rounds for look in run.looks}
    if run.plan.sequential is None or rounds in taken or all(app.cpu is None for app in found.apps):
        return run
    look = look_at(found, rounds).model_copy(update={"ended": None})
    return run.model_copy(update={"looks": (*run.looks, look)})
