"""`bench run` and `bench ci --against`, each in a process of its own: what a user would type is what is measured."""

import shlex
import signal
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from harness.ci.predecessor import BESIDE_FILE, Beside
from harness.model.errors import ExitCode, RuntimeFault
from harness.writing import replace_files


def measure(options: Sequence[str]) -> Path:
    """Run `bench run OPTIONS` and return the run's folder.

    The run may be incomplete, or hold apps that break the contract.

    Raises:
        RuntimeFault: It left nothing to keep; its exit code is the error's.
        KeyboardInterrupt: It was interrupted, by a signal to it or to this process.
    """
    code, printed = _bench("run", *options)
    if code in {ExitCode.OK, ExitCode.INCOMPLETE, ExitCode.CONFORMANCE} and printed.strip():
        return Path(printed.strip())
    command = shlex.join(("bench", "run", *options))
    fault = RuntimeFault(
        f"`{command}` ended with exit code {code} and left nothing to keep", hint="its own error is above"
    )
    if code in set(ExitCode):
        fault.exit_code = ExitCode(code)
    raise fault


def measure_beside(base: str, options: Sequence[str], out: Path, alpha_percent: float) -> Beside:
    """Run `bench ci --against BASE OPTIONS`, which writes into `out`, and return what it found; a failure is told.

    Raises:
        KeyboardInterrupt: As above.
    """
    words = ("--against", base, "--alpha", f"{alpha_percent:g}", "--out", str(out), "--", *options)
    code, _ = _bench("ci", *words)
    file = out / BESIDE_FILE
    if file.is_file():
        return Beside.model_validate_json(file.read_bytes())
    why_not = f"`bench ci --against` ended with exit code {code}; the log has its error"
    failed = Beside(base=base, failed=True, why_not=why_not)
    replace_files({file: failed.model_dump_json().encode()})
    return failed


def _bench(*arguments: str) -> tuple[int, str]:
    """Carry out a command of `bench`; its exit code, and what it printed on stdout."""
    bench = Path(sysconfig.get_path("scripts")) / "bench"
    # In a group of its own: whoever sends a signal, a terminal or a supervisor, the run gets it once, from here, and
    # decides what to keep.
    with subprocess.Popen((str(bench), *arguments), stdout=subprocess.PIPE, text=True, process_group=0) as child:

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
    return child.returncode, printed
