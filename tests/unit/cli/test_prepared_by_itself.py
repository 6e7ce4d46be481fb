"""`bench verify` of several apps: one whose environment can't be made keeps no other from being checked."""

from collections.abc import Callable, Sequence

import pytest

from harness.cli.verify import _not_available, _prepare
from harness.model.app import App
from harness.model.errors import BenchError, ManifestError, RuntimeFault
from harness.runtime.each_interpreter import Spread
from tests.unit.plan.manifests import app_with

SOUND, BAD = (app_with(name, ("hello",), default=()) for name in ("sound", "bad"))


class Runtime:
    """Makes all environments but that of `bad`."""

    def prepare(self, apps: Sequence[App], on_progress: Callable[[str], None], *_: object) -> None:
        for app in apps:
            on_progress(app.name)
            if app.name == "bad":
                raise ManifestError("its uv.lock is damaged", hint="mend it")


def test_the_others_are_made_and_the_fault_is_kept() -> None:
    made, faults = _prepare([BAD, SOUND], [], Runtime(), lambda _: None)  # type: ignore[arg-type]
    assert made == [SOUND]
    assert [(app.name, fault.what) for app, fault in faults] == [("bad", "its uv.lock is damaged")]


@pytest.mark.parametrize("apps", [[BAD], [BAD, BAD]])
def test_where_none_can_be_made_that_is_the_error(apps: list[App]) -> None:
    with pytest.raises(ManifestError, match="damaged"):
        _prepare(apps, [], Runtime(), lambda _: None)  # type: ignore[arg-type]


def test_what_has_no_wheel_on_an_interpreter_is_not_available_there_and_a_bad_lock_is_a_fault_as_ever() -> None:
    newer = SOUND.model_copy(update={"name": "sound@3.15"})
    there_are = Spread((SOUND, newer, BAD), ("3.13", "3.15"), {"": "3.13", "3.15": "3.15"})
    no_wheel = RuntimeFault("it can't be made:\nuv's error: No wheel of `a`\n\nuv's hint: b", hint="run it")
    faults: list[tuple[App, BenchError]] = [(newer, no_wheel), (BAD, ManifestError("damaged", hint="mend it"))]
    lacking, left = _not_available(faults, there_are)
    assert [(each.what, each.why) for each in lacking] == [("sound on Python 3.15", "No wheel of `a`")]
    assert left == faults[1:]
    assert _not_available(faults, Spread((SOUND, BAD))) == ([], faults), "none was asked for"
