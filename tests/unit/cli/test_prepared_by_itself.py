"""`bench verify` of several apps: one whose environment can't be made keeps no other from being checked."""

from collections.abc import Callable, Sequence

import pytest

from harness.cli.verify import _prepare
from harness.model.app import App
from harness.model.errors import ManifestError
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
