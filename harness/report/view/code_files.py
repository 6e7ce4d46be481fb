"""The code of the apps of a run: what several of them have stands once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.model.run import AppSource

_WORTH_A_LINK: Final = 300
"""Characters: what is shorter is sooner read than looked up."""


@dataclass(frozen=True, slots=True)
class SameText:
    """Where a text stands that others have too: the app's title, its file there, and the fragment that leads to it."""

    title: str
    path: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file of an app; `text` is None where it was not kept."""

    path: str
    text: str | None
    anchor: str = ""
    """What others with the same text lead to; empty where there are none."""
    like: SameText | None = None
    """Where an app before has the same text, which is not shown again."""


def code_files(sources: Sequence[AppSource], titles: Mapping[str, str]) -> dict[str, tuple[CodeFile, ...]]:
    """The files of each app among `titles`, in their order."""
    kept = {each.app: each for each in sources}
    files = {app: _files(kept[app]) for app in titles if app in kept}
    counts = Counter(file.text for own in files.values() for file in own)
    shown: dict[str, SameText] = {}
    made: dict[str, tuple[CodeFile, ...]] = {}
    for app, own in files.items():
        told = []
        for place, file in enumerate(own):
            if file.text is None or len(file.text) < _WORTH_A_LINK or counts[file.text] == 1:
                told.append(file)
            elif file.text in shown:
                told.append(replace(file, like=shown[file.text]))
            else:
                shown[file.text] = SameText(titles[app], file.path, f"code-{app}-{place}")
                told.append(replace(file, anchor=shown[file.text].anchor))
        made[app] = tuple(told)
    return made


def _files(source: AppSource) -> tuple[CodeFile, ...]:
    """Those without a text stand among what is left out, where a run says why."""
    explained = {each.path for each in source.left_out}
    return tuple(CodeFile(file.path, file.text) for file in source.files if file.path not in explained)
