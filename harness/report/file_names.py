"""What the files of a report are called."""

from typing import Final

REPORT_FILE: Final = "index.html"
SUMMARY_FILE: Final = "summary.md"
APP_LOGS_FILE: Final = "app_logs.txt"
"""Only where an app has a cell that is invalid by its own fault, and its log was kept."""
LIST_HASHES_FILE: Final = ".index.hashes"
"""Beside the list of all runs: the hashes of what it was made of, and of itself."""
