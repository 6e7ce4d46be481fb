"""What the files of a report are called."""

from typing import Final

REPORT_FILE: Final = "index.html"
SUMMARY_FILE: Final = "summary.md"
