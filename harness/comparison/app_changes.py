"""What of the apps themselves is not the same in two runs."""

from collections.abc import Mapping

from harness.model.comparison import CellSummary, RunSummary


def app_changes(a: RunSummary, b: RunSummary) -> tuple[str, ...]:
    """What of the apps themselves is not the same, an app in a line."""
    before, after = _by_app(a), _by_app(b)
    lines: list[str] = []
    for app, now in after.items():
        then = before.get(app)
        if then is None:
            continue
        words = [
            *(
                [f"{then.framework_version or 'no version'} -> {now.framework_version or 'no version'}"]
                if then.framework_version != now.framework_version
                else []
            ),
            *(["other packages in its lock"] if then.lock_sha256 != now.lock_sha256 else []),
            *(["other code"] if then.code_sha256 != now.code_sha256 else []),
        ]
        if words:
            lines.append(f"{now.title}: {', '.join(words)}")
    return tuple(lines)


def _by_app(run: RunSummary) -> Mapping[str, CellSummary]:
    found: dict[str, CellSummary] = {}
    for cell in run.cells:
        found.setdefault(cell.cell.subject.app, cell)
    return found
