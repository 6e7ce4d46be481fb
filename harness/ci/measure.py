"""`bench run`, in a process of its own: what a user would type is what is measured."""

import shlex
import signal
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from harness.model.errors import ExitCode, RuntimeFault


def measure(options: Sequence[str]) -> Path:
    """Run `bench run OPTIONS` and return the run's folder.

    The run may be incomplete, or hold apps that break the contract.

    Raises:
        RuntimeFault: It left nothing to keep; its exit code is the error's.
        KeyboardInterrupt: It was interrupted, by a signal to it or to this process.
    """
    bench = Path(sysconfig.get_path("scripts")) / "bench"
    # In a group of its own: whoever sends a signal, a terminal or a supervisor, the run gets it once, from here, and
    # decides what to keep.
    with subprocess.Popen((str(bench), "run", *options), stdout=subprocess.PIPE, text=True, process_group=0) as child:

        def hand_on(number: int, _: FrameType | None) -> None:
            child.send_signal(number)

        before = {number: signal.signal(number, hand_on) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            printed, _ = child.communicate()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if child.returncode == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if child.returncode in {ExitCode.OK, ExitCode.INCOMPLETE, ExitCode.CONFORMANCE} and printed.strip():
        return Path(printed.strip())
    command = shlex.join(("bench", "run", *options))
    fault = RuntimeFault(
        f"`{command}` ended with exit code {child.returncode} and left nothing to keep", hint="its own error is above"
    )
    if child.returncode in set(ExitCode):
        fault.exit_code = ExitCode(child.returncode)
    raise fault
