"""Whether an app belongs to a uv workspace: then uv keeps no lock and no environment of its own for it.

uv looks for the nearest folder above whose `pyproject.toml` has a `[tool.uv.workspace]` table, and asks its `members`
and `exclude` (docs.astral.sh/uv/concepts/projects/workspaces). Installing one member goes to the environment of the
whole workspace, and removes from that what this one does not need.
"""

import tomllib
from pathlib import Path
from typing import Any

from harness.catalog.project_file import shown
from harness.catalog.stale_lock import command_to_lock
from harness.model.errors import ManifestError


def refuse_member(folder: Path) -> None:
    """Raises ManifestError where the app in this folder is a member of a workspace."""
    folder = folder.resolve()
    if _workspace_of(folder) is not None:  # It is a workspace itself.
        return
    for root in folder.parents:
        workspace = _workspace_of(root)
        if workspace is None:
            continue
        inside = folder.relative_to(root)
        if _names(workspace, "members", inside) and not _names(workspace, "exclude", inside):
            raise ManifestError(
                f"{shown(folder)} is a member of the uv workspace at {shown(root)}, which has one lock and one "
                "environment for all its members, and an app is measured with its own",
                hint=f'add exclude = ["{inside.as_posix()}"] to [tool.uv.workspace] in {shown(root)}/pyproject.toml, '
                f"then run: {command_to_lock(folder)}",
            )
        return


def _workspace_of(folder: Path) -> dict[str, Any] | None:
    """The table that makes a folder the root of a workspace; None where it is none, or can't be read."""
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8-sig"))
        found = document["tool"]["uv"]["workspace"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _names(workspace: dict[str, Any], key: str, inside: Path) -> bool:
    patterns = workspace.get(key)
    return isinstance(patterns, list) and any(
        inside.full_match(pattern.removeprefix("./").rstrip("/")) for pattern in patterns if isinstance(pattern, str)
    )
