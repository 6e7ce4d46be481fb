"""Between a commit of the data branch and a folder of plain files.

There is no work tree, so that nothing is converted, filtered or ignored on the way.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

from harness.host.git import Git
from harness.writing import told

RUNS_FILE: Final = "runs.jsonl"
"""By it a data branch is known: one `KeptRun` a line."""

HISTORY_FILE: Final = "history.jsonl"
REPORTS_FOLDER: Final = "reports"
README_FILE: Final = "README.md"

_OURS: Final = frozenset({RUNS_FILE, HISTORY_FILE, README_FILE})
_REGULAR: Final = frozenset({"100644", "100755"})


def write_files(git: Git, commit: str, folder: Path) -> bool:
    """Write the files of a commit that are a history's into `folder`, byte for byte.

    `git` is a repository of ours; its index holds the commit's tree afterwards, whatever else is in it included.

    Returns:
        Whether the commit holds anything at all.

    Raises:
        WriteError: There is no room for them.
    """
    git("read-tree", commit)
    entries = _entries(git)
    ours = _ours(entries)
    contents = BytesIO(git.output("cat-file", "--batch", given=_lines(ours.values())))
    with told(folder):
        for path in ours:
            _, _, size = contents.readline().split()
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents.read(int(size)))
            contents.readline()
    return bool(entries)


def write_tree(git: Git, folder: Path) -> str:
    """Write a tree that has the files of `folder` in place of those that `write_files` wrote there.

    Returns:
        Its name.
    """
    files = {str(file.relative_to(folder)): file for file in sorted(folder.rglob("*")) if file.is_file()}
    here = replace(git, folder=folder)
    hashes = here("hash-object", "-w", "--no-filters", "--stdin-paths", given=_lines(files)).split()
    lines = [f"0 {sha}\t{path}" for path, sha in _ours(_entries(git)).items() if path not in files]
    lines += [f"100644 {sha}\t{path}" for path, sha in zip(files, hashes, strict=True)]
    git("update-index", "-z", "--index-info", given=_lines(lines, end="\0"))
    return git("write-tree")


def _entries(git: Git) -> dict[str, tuple[str, str]]:
    """Mode and object of all that is in the index, by path."""
    found = {}
    for entry in git("ls-files", "-z", "--stage").split("\0")[:-1]:
        facts, _, path = entry.partition("\t")
        mode, sha, _ = facts.split(" ")
        found[path] = (mode, sha)
    return found


def _ours(entries: dict[str, tuple[str, str]]) -> dict[str, str]:
    """The objects of the history's files. What somebody else put on the branch stays there as it is."""
    return {path: sha for path, (mode, sha) in entries.items() if mode in _REGULAR and _is_ours(path)}


def _is_ours(path: str) -> bool:
    return path.isprintable() and (path in _OURS or path.startswith(f"{REPORTS_FOLDER}/"))


def _lines(lines: Iterable[str], *, end: str = "\n") -> bytes:
    return os.fsencode("".join(line + end for line in lines))
