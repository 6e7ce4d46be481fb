"""Who had a CPU when, as the kernel saw it: a record of each switch from one thread to the next.

The kernel writes it into memory that is shared with it (perf_event_open(2), the software event *context switches* of
one CPU), at some tenths of a microsecond a switch. It takes root, CAP_PERFMON, or a `kernel.perf_event_paranoid` of 0
or less.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import struct
import time
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from harness.model.window import Stall

_CALL_NUMBERS: Final = {"x86_64": 298, "aarch64": 241}
"""Of perf_event_open in <asm/unistd.h>."""
_SOFTWARE, _CONTEXT_SWITCHES = 1, 3
_SAMPLE_TID, _SAMPLE_TIME = 1 << 1, 1 << 2
_DISABLED, _USE_CLOCKID = 1 << 0, 1 << 25
_CLOSE_ON_EXEC: Final = 8
_ATTRIBUTES: Final = struct.Struct("=IIQQQQQIIQQQQIiQIHH")
"""`struct perf_event_attr` as of Linux 4.8 (PERF_ATTR_SIZE_VER5)."""
_ENABLE, _DISABLE = 0x2400, 0x2401
_ALL_THREADS: Final = -1
_NO_GROUP: Final = -1

_PAGES: Final = (512, 64)
"""Of the shared memory, as many as may be locked: room for 80,000 switches, or for 10,000."""
_HEAD_AT, _TAIL_AT = 1024, 1032
"""Of `data_head` and `data_tail` in `struct perf_event_mmap_page`."""
_WORD: Final = struct.Struct("=Q")
_HEADER: Final = struct.Struct("=IHH")
_SAMPLE: Final = struct.Struct("=IIQ")
_RECORD_SAMPLE: Final = 9
_LARGEST_BYTES: Final = 64
"""Of a record: with less room than that, some may have found none."""

IDLE: Final = 0
"""The process id of a CPU that has nothing to do."""
_IDLE_AS_TOLD: Final = 0xFFFFFFFF
"""By the kernel, which tells so of whoever has no process id any more, too."""


class Switch(NamedTuple):
    """A thread has had a CPU until now."""

    at_ns: int
    """By `time.monotonic_ns()`."""
    pid: int
    """Of its process."""


class CpuSwitches:
    """The switches of one CPU, recorded only between `begin` and `end`."""

    def __init__(self, cpu: int) -> None:
        """Raises OSError where that is not allowed, or the kernel has it not."""
        number = _CALL_NUMBERS.get(platform.machine())
        if number is None:
            raise OSError(f"no system call for it is known on {platform.machine()}")
        attributes = _ATTRIBUTES.pack(
            *(
                _SOFTWARE,
                _ATTRIBUTES.size,
                _CONTEXT_SWITCHES,
                1,
                _SAMPLE_TID | _SAMPLE_TIME,
                0,
                _DISABLED | _USE_CLOCKID,
            ),
            *(0, 0, 0, 0, 0, 0, 0, time.CLOCK_MONOTONIC, 0, 0, 0, 0),
        )
        library = ctypes.CDLL(None, use_errno=True)
        self._fd = library.syscall(
            number, ctypes.c_char_p(attributes), _ALL_THREADS, cpu, _NO_GROUP, ctypes.c_ulong(_CLOSE_ON_EXEC)
        )
        if self._fd < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        self._ring = self._map()
        self._from_ns = self._tail = 0

    def begin(self) -> None:
        """Record from now on."""
        self._tail = self._head()
        self._from_ns = time.monotonic_ns()
        fcntl.ioctl(self._fd, _ENABLE)

    def end(self) -> tuple[int, list[Switch]] | None:
        """When it began, and each switch since then; None where there were more than it has room for."""
        fcntl.ioctl(self._fd, _DISABLE)
        data, is_whole = self._unread()
        if not is_whole:
            return None
        switches = []
        place = 0
        while place < len(data):
            kind, _, size = _HEADER.unpack_from(data, place)
            if kind == _RECORD_SAMPLE:  # and not one of what an earlier recording had lost
                pid, _, at_ns = _SAMPLE.unpack_from(data, place + _HEADER.size)
                switches.append(Switch(at_ns, IDLE if pid == _IDLE_AS_TOLD else pid))
            place += size
        return self._from_ns, switches

    def _map(self) -> mmap.mmap:
        for pages in _PAGES:
            try:
                return mmap.mmap(self._fd, (1 + pages) * mmap.PAGESIZE)
            except OSError as error:
                refused = error
        os.close(self._fd)
        raise refused

    def _head(self) -> int:
        return int(_WORD.unpack_from(self._ring, _HEAD_AT)[0])

    def _unread(self) -> tuple[bytes, bool]:
        """What was written since it began, and whether that is all; what is read makes room."""
        head, room = self._head(), len(self._ring) - mmap.PAGESIZE
        begin, end = (mmap.PAGESIZE + each % room for each in (self._tail, head))
        data = self._ring[begin:end] if begin <= end else self._ring[begin:] + self._ring[mmap.PAGESIZE : end]
        _WORD.pack_into(self._ring, _TAIL_AT, head)
        return data, head - self._tail <= room - _LARGEST_BYTES


def held_by_others(
    from_ns: int, switches: Iterable[Switch], ours: Collection[int], passing: Collection[int], least_ns: int
) -> tuple[Stall, ...]:
    """When processes of others had the CPU for so long at a stretch, or longer.

    Args:
        from_ns: When the first switch's process was found to have it.
        switches: In order.
        ours: Process ids of those for whom the CPU is there.
        passing: Of those who take it for moments, whoever has it: they neither begin nor end a stretch.
        least_ns: Shorter stretches are not told.
    """
    found = []
    begun_ns: int | None = None
    last_ns = from_ns
    for until_ns, pid in switches:
        if pid == IDLE or pid in ours:
            if begun_ns is not None and last_ns - begun_ns >= least_ns:
                found.append((begun_ns, last_ns - begun_ns))
            begun_ns = None
        elif pid not in passing and begun_ns is None:
            begun_ns = last_ns
        last_ns = until_ns
    if begun_ns is not None and last_ns - begun_ns >= least_ns:
        found.append((begun_ns, last_ns - begun_ns))
    return tuple(found)
