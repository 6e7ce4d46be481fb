import os
from collections.abc import Sequence

import pytest

from harness.host.cpus import allowed_cpus, idle_ns, keep_to, lay_out, lay_out_apart, parse_cpu_list, steal_ns
from harness.model.host import CpuLayout, HostCpus


def cores(*groups: tuple[int, ...]) -> dict[int, frozenset[int]]:
    return {cpu: frozenset(group) for group in groups for cpu in group}


NO_SMT = {cpu: frozenset({cpu}) for cpu in range(16)}


@pytest.mark.parametrize(
    ("allowed", "shared", "expected", "isolated"),
    [
        ([3], NO_SMT, ((3,), (3,), (3,)), False),
        ([0, 1], NO_SMT, ((0,), (1,), (1,)), False),
        ([0, 1, 2], NO_SMT, ((0,), (1, 2), (1, 2)), False),
        ([0, 1, 2, 3], NO_SMT, ((0,), (1,), (2,)), True),
        ([4, 5, 6, 7, 8, 9], NO_SMT, ((4,), (5,), (6, 7, 8)), True),
        (range(16), NO_SMT, ((0,), (1,), (2, 3, 4, 5)), True),
        # Two cores of two threads each: the database shares the generator's core rather than the server's.
        ([0, 1, 2, 3], cores((0, 1), (2, 3)), ((0,), (2,), (3,)), True),
        ([0, 1, 2, 3], cores((0, 2), (1, 3)), ((0,), (1,), (3,)), True),
        # Four cores of two threads each: all on cores of their own.
        (range(8), cores((0, 4), (1, 5), (2, 6), (3, 7)), ((0,), (1,), (2, 3, 6)), True),
        # One core of two threads: nothing better is to be had.
        ([0, 1], cores((0, 1)), ((0,), (1,), (1,)), False),
    ],
)
def test_cpus_are_given_out(
    allowed: Sequence[int], shared: dict[int, frozenset[int]], expected: tuple[tuple[int, ...], ...], *, isolated: bool
) -> None:
    layout = lay_out(allowed, shared)
    assert (layout.server, layout.generator, layout.database) == expected
    assert layout.isolated is isolated


@pytest.mark.parametrize("count", range(2, 17))
def test_server_and_generator_never_share_a_cpu_and_from_four_on_nobody_does(count: int) -> None:
    layout = lay_out(range(count), NO_SMT)
    assert not set(layout.server) & {*layout.generator, *layout.database}
    assert layout.isolated is (count >= 4)


def test_no_cpu_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no CPU"):
        lay_out([], {})


@pytest.mark.parametrize(("text", "cpus"), [("0\n", {0}), ("0-3,8", {0, 1, 2, 3, 8}), ("1,3-4", {1, 3, 4})])
def test_the_kernel_s_cpu_lists_are_read(text: str, cpus: set[int]) -> None:
    assert parse_cpu_list(text) == cpus


def test_steal_is_summed_over_the_cpus_asked_for() -> None:
    cpus = range(os.cpu_count())
    assert steal_ns(cpus) == pytest.approx(sum(steal_ns([cpu]) for cpu in cpus), abs=100_000_000)
    assert steal_ns([]) == 0


def test_all_threads_are_moved() -> None:
    allowed = allowed_cpus()
    try:
        keep_to(allowed[-1:])
        assert allowed_cpus() == allowed[-1:]
    finally:
        keep_to(allowed)
    assert allowed_cpus() == allowed


@pytest.mark.parametrize(
    ("there", "shared", "here", "generators", "expected"),
    [
        ([0], NO_SMT, [0], 1, ((0,), (0,), (0,))),
        ([0, 1], NO_SMT, [0, 1], 1, ((0,), (1,), (1,))),
        ([0, 1], NO_SMT, [0, 1, 2, 3], 3, ((0,), (1, 2, 3), (1,))),
        (range(8), NO_SMT, [5], 2, ((0,), (5,), (1, 2, 3, 4))),
        # Two cores of two threads each: the database takes the core that is not the server's.
        ([0, 1, 2, 3], cores((0, 1), (2, 3)), [0, 1], 1, ((0,), (1,), (2, 3))),
        ([0, 1], cores((0, 1)), [0, 1], 1, ((0,), (1,), (1,))),
    ],
)
def test_cpus_of_two_hosts_are_given_out(
    there: Sequence[int],
    shared: dict[int, frozenset[int]],
    here: Sequence[int],
    generators: int,
    expected: tuple[tuple[int, ...], ...],
) -> None:
    layout = lay_out_apart(HostCpus(allowed=tuple(there), siblings=shared), here, generators)
    assert (layout.server, layout.generator, layout.database) == expected
    assert layout.load_host_apart


def test_equal_numbers_on_two_hosts_are_different_cpus() -> None:
    apart = CpuLayout(server=(0,), generator=(0, 1), database=(1,), load_host_apart=True)
    assert apart.isolated
    assert not apart.database_beside_generator
    assert (apart.app_host_cpus, apart.cpus_in_use) == ((0, 1), 4)
    together = apart.model_copy(update={"load_host_apart": False})
    assert not together.isolated
    assert (together.app_host_cpus, together.cpus_in_use) == ((0, 1), 2)
    alone = CpuLayout(server=(0,), generator=(0,), database=(0,), load_host_apart=True)
    assert alone.database_beside_server
    assert not alone.isolated


def test_the_idle_time_of_a_cpu_that_is_not_told_of_is_unknown_and_not_none_at_all() -> None:
    """Some containers number their CPUs anew in /proc/stat."""
    assert idle_ns(allowed_cpus()) is not None
    assert idle_ns([*allowed_cpus(), 4096]) is None


def test_a_cpu_that_has_never_idled_is_one_that_is_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken at its word, it would be one that others have had since boot."""
    monkeypatch.setattr("harness.host.cpus._spent_ns", lambda *_: {"cpu0": 0})
    assert idle_ns([0]) is None
