"""A timer of the stall watch that can't be started costs its reading, and no window."""

import errno
import os
from typing import Never

import pytest

from harness.metering import stall_watch
from harness.metering.stall_watch import StallWatch
from harness.model.host import CpuLayout


def test_where_no_process_can_be_started_there_is_no_reading_and_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> Never:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(stall_watch, "Companion", refused)
    watch = StallWatch(CpuLayout(server=(0,), generator=(1,), database=(1,)))
    watch.begin()
    assert watch.end(0) is None
    assert watch.why_not() == f"a timer could not be started: {os.strerror(errno.EAGAIN)}"
