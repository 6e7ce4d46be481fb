"""Make a new app's folder from one that exists."""

import re
import shutil
from pathlib import Path
from typing import Final

from harness.catalog.discover import SUFFIX
from harness.model.app import App
from harness.model.errors import UsageError

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LEFT_BEHIND: Final = shutil.ignore_patterns(".venv", "__pycache__", "*.pyc", "*.egg-info")


def scaffold(folder: Path, name: str, like: App) -> Path:
    """Copy the app `like` to `folder/<name>_app` under its new name.

    The copy keeps the contract from the start; the user then replaces its framework piece by piece.

    Raises:
        UsageError: the name can't be used, or the folder exists.
    """
    name = name.removesuffix(SUFFIX)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' can't be an app's name", hint="use lower-case letters, digits, - and _, beginning with a letter"
        )
    target = folder / f"{name}{SUFFIX}"
    if target.exists():
        raise UsageError(f"{target} exists", hint="choose another name, or remove that folder")
    shutil.copytree(like.folder, target, ignore=_LEFT_BEHIND)
    project_file = target / "pyproject.toml"
    lock_file = target / "uv.lock"
    old_project = f'name = "{like.folder.name.replace("_", "-")}"'
    new_project = f'name = "{target.name.replace("_", "-")}"'
    for file in (project_file, lock_file):
        file.write_text(file.read_text(encoding="utf-8").replace(old_project, new_project), encoding="utf-8")
    title = f'title = "{like.manifest.title}"'
    text = project_file.read_text(encoding="utf-8").replace(title, f'title = "{name.capitalize()}"')
    project_file.write_text(text, encoding="utf-8")
    return target
