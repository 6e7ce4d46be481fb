"""Control groups of both versions, as folders that look like the kernel's."""

import os
from pathlib import Path

import pytest

from harness.host.cgroup import Cgroup


@pytest.fixture
def own_paths(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Has /proc/PID/cgroup say what is put here."""
    said: dict[str, str] = {}
    read = Path.read_text

    def read_text(path: Path, *arguments: str, **more: str) -> str:
        return said.get(str(path)) or read(path, *arguments, **more)

    monkeypatch.setattr(Path, "read_text", read_text)
    return said


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    (folder / "cgroup.procs").write_text("")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_version_2_has_one_folder_for_all(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "0::/docker/abc\n"
    group(
        tmp_path / "docker" / "abc",
        cpu__stat="usage_usec 1500\nuser_usec 1000\nnr_throttled 2\nthrottled_usec 30\n",
        cpu__max="150000 100000\n",
        memory__current="5000\n",
        memory__stat="anon 3000\ninactive_file 1200\n",
    )
    group(tmp_path / "docker" / "abc" / "below")
    (tmp_path / "docker" / "abc" / "cgroup.procs").write_text("7\n8\n")
    (tmp_path / "docker" / "abc" / "below" / "cgroup.procs").write_text("9\n")
    found = Cgroup(7, mount=tmp_path)
    assert found.cpu_ns() == 1_500_000
    assert found.throttled_ns() == 30_000
    assert found.cpu_limit() == 1.5
    assert found.memory_bytes() == 3800
    assert sorted(found.pids()) == [7, 8, 9]


def test_version_1_has_a_tree_for_each_controller(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "4:memory:/docker/abc\n3:cpuacct:/docker/abc\n2:cpu:/docker/abc\n"
    group(tmp_path / "cpuacct" / "docker" / "abc", cpuacct__usage="123456789\n")
    group(
        tmp_path / "cpu" / "docker" / "abc",
        cpu__stat="nr_periods 0\nnr_throttled 0\nthrottled_time 77\n",
        cpu__cfs_quota_us="50000\n",
        cpu__cfs_period_us="100000\n",
    )
    group(
        tmp_path / "memory" / "docker" / "abc",
        memory__usage_in_bytes="9000\n",
        memory__stat="inactive_file 1\ntotal_inactive_file 4000\n",
    )
    found = Cgroup(7, mount=tmp_path)
    assert found.cpu_ns() == 123_456_789
    assert found.throttled_ns() == 77
    assert found.cpu_limit() == 0.5
    assert found.memory_bytes() == 5000


def test_inside_a_container_the_mount_is_the_own_group(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "2:cpu:/docker/abc\n"
    group(tmp_path / "cpu", cpu__stat="throttled_time 5\n", cpu__cfs_quota_us="-1\n", cpu__cfs_period_us="100000\n")
    found = Cgroup(7, mount=tmp_path)
    assert found.throttled_ns() == 5
    assert found.cpu_limit() is None


def test_what_can_not_be_read_is_none_and_not_zero(tmp_path: Path) -> None:
    found = Cgroup(os.getpid(), mount=tmp_path)
    assert (found.cpu_ns(), found.throttled_ns(), found.cpu_limit(), found.memory_bytes()) == (None,) * 4
    assert found.pids() == []
    assert found.source is None


def test_the_kernel_s_own_is_read() -> None:
    found = Cgroup()
    assert found.source is not None
    before = found.cpu_ns()
    assert before is not None
    sum(range(3_000_000))
    assert (found.cpu_ns() or 0) > before


def test_version_2_is_bound_by_the_groups_above_it_too(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "0::/pod/abc\n"
    group(tmp_path / "pod", memory__max="9000\n", memory__current="6000\n", pids__max="50\n", pids__events="max 2\n")
    group(
        tmp_path / "pod" / "abc",
        memory__max="8000\n",
        memory__current="4000\n",
        memory__stat="inactive_file 500\n",
        memory__events="oom 2\noom_kill 1\n",
        pids__max="max\n",
        pids__events="max 3\n",
    )
    found = Cgroup(7, mount=tmp_path)
    assert found.memory_limit_bytes() == 8000
    assert found.memory_left_bytes() == 3000, "of the group above: its own would be 4500"
    assert found.memory_kills() == 1
    assert found.pids_limit() == 50
    assert found.pids_refused() == 5


def test_version_1_is_bound_by_the_groups_above_it_too(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "4:memory:/pod/abc\n3:pids:/pod/abc\n"
    none = "9223372036854771712\n"
    group(tmp_path / "memory", memory__limit_in_bytes=none, memory__usage_in_bytes="99999\n")
    group(tmp_path / "memory" / "pod", memory__limit_in_bytes="9000\n", memory__usage_in_bytes="9500\n")
    group(
        tmp_path / "memory" / "pod" / "abc",
        memory__limit_in_bytes=none,
        memory__usage_in_bytes="4000\n",
        memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    )
    group(tmp_path / "pids" / "pod" / "abc", pids__max="70\n", pids__events="max 0\n")
    found = Cgroup(7, mount=tmp_path)
    assert found.memory_limit_bytes() == 9000
    assert found.memory_left_bytes() == 0
    assert found.memory_kills() == 2
    assert found.pids_limit() == 70
    assert found.pids_refused() == 0


def test_what_no_group_tells_is_none(tmp_path: Path, own_paths: dict[str, str]) -> None:
    own_paths["/proc/7/cgroup"] = "0::/abc\n"
    group(tmp_path / "abc")
    found = Cgroup(7, mount=tmp_path)
    assert (found.memory_limit_bytes(), found.memory_left_bytes(), found.memory_kills()) == (None, None, None)
    assert (found.pids_limit(), found.pids_refused()) == (None, None)
