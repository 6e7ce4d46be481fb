"""What a framework is held against is deployed as it is, where a run has apps on several interpreters."""

from harness.analysis.analyse import analyse
from harness.analysis.overhead import baseline_of
from harness.analysis.sanity import layer_of
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.analysis.test_analyse import BASELINE, DEPLOYED, FAST, LAYER, QUIET
from tests.unit.results.sample import INTERPRETER


def test_what_stands_below_a_framework_is_on_the_same_interpreter() -> None:
    """Or a faster interpreter would look like a framework that is faster than its foundation."""
    newer = [subject(f"{each.app}@3.14") for each in (BASELINE, LAYER, FAST)]
    build = INTERPRETER.model_copy(update={"version": "3.14.0"})
    on_newer = (
        each.model_copy(update={"subject": other, "interpreter": build, "revision": "on CPython 3.14.0"})
        for each, other in zip(DEPLOYED, newer, strict=False)
    )
    truth = {BASELINE: 4_000.0, LAYER: 2_000.0, FAST: 1_000.0}
    truth |= dict(zip(newer, (16_000.0, 8_000.0, 5_000.0), strict=True))
    found = analyse(Simulation(truth, noise=QUIET, deployments=(*DEPLOYED[:3], *on_newer)).recorded())
    assert {(each.subject, each.baseline) for each in found.overheads} == {
        *((each, BASELINE) for each in (LAYER, FAST)),
        *((each, newer[0]) for each in newer[1:]),
    }
    held = [each.statement for each in found.sanity if "faster than" in each.statement]
    on_newer_python = "(on CPython 3.14.0, controlled, gunicorn gthread)"
    assert f"fast {on_newer_python} is not faster than layer {on_newer_python} on json" in held
    assert all(each.held for each in found.sanity)


def test_what_stands_below_it_on_another_interpreter_alone_is_none() -> None:
    newer = subject(f"{FAST.app}@3.14")
    build = INTERPRETER.model_copy(update={"version": "3.14.0"})
    deployed = {each.subject: each for each in DEPLOYED}
    deployed[newer] = deployed[FAST].model_copy(update={"subject": newer, "interpreter": build})
    assert (baseline_of(newer, deployed), layer_of(newer, deployed)) == (None, None)


def test_of_two_builds_that_describe_themselves_alike_that_of_the_same_revision_is_the_foundation() -> None:
    newer = [subject(f"{each.app}@b") for each in (BASELINE, LAYER, FAST)]
    on_newer = (
        each.model_copy(update={"subject": other, "revision": "on CPython 3.13.0, /b"})
        for each, other in zip(DEPLOYED, newer, strict=False)
    )
    deployed = {each.subject: each for each in (*DEPLOYED[:3], *on_newer)}
    assert (baseline_of(newer[2], deployed), layer_of(newer[2], deployed)) == (newer[0], newer[1])
    assert (baseline_of(FAST, deployed), layer_of(FAST, deployed)) == (BASELINE, LAYER)
