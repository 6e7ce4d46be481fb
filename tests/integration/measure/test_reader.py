"""Who reads the meters gives way to a generator that can't go first, and to no other."""

import os
from pathlib import Path

import pytest

from harness.host.cpus import allowed_cpus
from harness.measure.instruments import Instruments
from harness.model.host import CpuLayout
from harness.model.run import GeneratorTeam
from harness.runtime.local.runtime import ProcessRuntime

ONE = allowed_cpus()[-1:]
LAYOUT = CpuLayout(server=ONE, generator=ONE, database=ONE)


@pytest.mark.parametrize("workers", [0, 2], ids=["alone", "two workers on one CPU"])
def test_the_reader_gives_way_where_those_who_make_the_load_run_as_any_other_process(
    tmp_path: Path, workers: int
) -> None:
    team = GeneratorTeam(workers=workers)
    with ProcessRuntime(tmp_path, LAYOUT, team) as runtime, Instruments(LAYOUT, runtime) as instruments:
        scheduling = instruments.driver.scheduling
        reader = instruments._reader.submit(os.sched_getscheduler, 0).result()
    if workers:
        assert scheduling == "SCHED_OTHER"  # of two that went first, one would keep the other from the CPU
    assert (reader == os.SCHED_IDLE) == (scheduling != "SCHED_FIFO")
