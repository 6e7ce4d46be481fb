"""Environments on several interpreters: what can't be made is not available, and the rest is measured."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

import pytest

from harness.measure.prepare import prepare_what_can_be
from harness.model.app import App, OnServer
from harness.model.cell import Subject
from harness.model.errors import BenchError, ManifestError, RuntimeFault
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan
from harness.runtime.each_interpreter import Spread
from harness.runtime.environment import CantRun
from harness.runtime.roles import Runtime
from tests.unit.plan.manifests import app_with

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
SAID = """the environment of app 'one' can't be made:
  \N{MULTIPLICATION SIGN} Failed to build `tinydep==1`
  hint: it needs a compiler"""
NO_WHEEL = RuntimeFault(SAID, hint="run it")


def app(name: str) -> App:
    """One that is served by granian too, for which it needs more than its lock has."""
    made = app_with(name, ("hello", "json"), default=())
    variant = made.manifest.variants["default"].model_copy(update={"server": "Granian"})
    on_server = OnServer(variant=variant, packages={"granian": "2"})
    return made.model_copy(update={"on_servers": {"granian": on_server}})


APPS = tuple(map(app, ("one", "one@3.14", "two", "two@3.14")))
SPREAD = Spread(APPS, ("3.13", "3.14"), {"": "3.13", "3.14": "3.14"})
PLAN = build_plan(APPS, Choices(profile=ProfileName.SMOKE, variants=("default", "granian")), CPUS)


class Prepared:
    """A runtime that has an environment for all but these."""

    def __init__(self, faults: Mapping[str, BenchError]) -> None:
        """`faults` are by app, or by app and variant."""
        self._faults = faults

    def prepare(
        self, apps: Sequence[App], on_progress: Callable[[str], None], subjects: Sequence[Subject] = ()
    ) -> None:
        """Raise the first."""
        for each in apps:
            on_progress(each.name)
            own = [subject.original.key for subject in subjects if subject.app == each.name]
            for key in (each.name, *own):
                if key in self._faults:
                    raise self._faults[key]


def prepared(faults: Mapping[str, BenchError]) -> tuple[Plan, list[tuple[str, str]]]:
    runtime = cast("Runtime", Prepared(faults))
    left, lacking = prepare_what_can_be(runtime, SPREAD, PLAN, lambda _: None)
    return left, [(each.what, each.why) for each in lacking]


def keys(plan: Plan) -> Collection[str]:
    return [subject.key for subject in plan.subjects if not subject.twin]


def test_where_all_can_be_made_the_plan_stays() -> None:
    assert prepared({}) == (PLAN, [])


def test_an_app_whose_packages_have_no_wheel_there_is_not_available_there() -> None:
    left, lacking = prepared({"one@3.14": NO_WHEEL})
    assert lacking == [("one on Python 3.14", "Failed to build `tinydep==1`")]
    assert keys(left) == [each for each in keys(PLAN) if not each.startswith("one@3.14")]


def test_where_only_a_server_has_none_the_app_s_other_deployments_are_measured() -> None:
    left, lacking = prepared({"two@3.14/granian": NO_WHEEL, "one": CantRun("it can't run on that", hint="")})
    assert lacking == [
        ("one on Python 3.13", "it can't run on that"),
        ("two/granian on Python 3.14", "Failed to build `tinydep==1`"),
    ]
    assert keys(left) == ["one@3.14/default", "one@3.14/granian", "two/default", "two/granian", "two@3.14/default"]
    assert any(subject.twin for subject in left.subjects)


def test_where_nothing_can_be_made_the_fault_is_raised_as_ever() -> None:
    with pytest.raises(RuntimeFault) as caught:
        prepared({each.name: NO_WHEEL for each in APPS})
    assert caught.value is NO_WHEEL


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("it can't:\nResolved 2 packages in 8ms\nuv's error: No wheel of `a`\n\nuv's hint: b", "No wheel of `a`"),
        ("it can't be made:\n#9 1.2 Using Python 3.15\n#9 1.3 error: No `a`", "No `a`"),
        (SAID, "Failed to build `tinydep==1`"),
        ("the image python:3.15 can't be had: no such", "the image python:3.15 can't be had: no such"),
        ("it can't be made:\n", "it can't be made:"),
    ],
)
def test_the_reason_is_what_the_installer_found_wrong(what: str, why: str) -> None:
    assert prepared({"one": RuntimeFault(what, hint="")})[1] == [("one on Python 3.13", why)]


def test_a_mistake_in_an_app_s_own_files_is_one() -> None:
    with pytest.raises(ManifestError, match=r"no uv\.lock"):
        prepared({"two": ManifestError("app 'two' has no uv.lock", hint="run: uv lock")})
    with pytest.raises(ManifestError, match=r"no uv\.lock"):
        prepared({"one": NO_WHEEL, "two": ManifestError("app 'two' has no uv.lock", hint="run: uv lock")})
