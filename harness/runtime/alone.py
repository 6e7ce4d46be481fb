"""Runs a program with some of the installed distributions, as if no other were: `python -I THIS NAME... -- PROGRAM`.

The environment is a folder of links to what the distributions' own records list. Only the standard library is imported,
and nothing of the harness.
"""

import runpy
import shutil
import signal
import site
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from importlib.metadata import Distribution


def main(arguments: "list[str]") -> None:
    """The program finds itself as Python would have started it."""
    names, program = set(arguments[: arguments.index("--")]), arguments[arguments.index("--") + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        modules, work = Path(folder, "modules"), Path(folder, "work")
        work.mkdir()
        tempfile.tempdir = str(work)  # What the program makes goes with it.
        see_to_the_end(Path(folder))
        link(names, modules)
        leave(set(site.getsitepackages()))
        site.addsitedir(str(modules))
        sys.argv = program
        sys.path.insert(0, str(Path(program[0]).resolve().parent))
        runpy.run_path(program[0], run_name="__main__")


def see_to_the_end(folder: Path) -> None:
    """Remove the folder on SIGTERM, unless the program handles that and comes back.

    Where it is killed, the folder goes with the one for temporary files that it lies in (`Launch.makes_files`).

    Raising SystemExit would not do: a server that is at a request takes it for that request's failure.
    """

    def end(*_: object) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)


def link(names: "Collection[str]", folder: Path) -> None:
    """Have the folder hold the distributions of these names."""
    found = list(distributions())
    strangers = {file.parts[0] for each in found if each.metadata["Name"] not in names for file in files_of(each)}
    for each in found:
        if each.metadata["Name"] not in names:
            continue
        for file in files_of(each):
            # A folder that several share, as parts of a namespace do, is not linked as a whole.
            part = file if file.parts[0] in strangers else Path(file.parts[0])
            there = folder / part
            if not there.is_symlink():
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to(str(each.locate_file(part)))


def files_of(distribution: "Distribution") -> "Iterator[Path]":
    """What a distribution has put among the modules, relative to where they are."""
    for file in distribution.files or ():
        if file.parts[0] not in {"..", "__pycache__"}:
            yield Path(file)


def leave(folders: "Collection[str]") -> None:
    """Forget the environment that this was started in."""
    sys.path[:] = [path for path in sys.path if path not in folders]
    for name, module in list(sys.modules.items()):
        if any(str(place).startswith(tuple(folders)) for place in getattr(module, "__path__", ())):
            del sys.modules[name]


if __name__ == "__main__":
    main(sys.argv[1:])
