"""As much of a report as a test is about."""

import re
from dataclasses import replace

from harness.report.markup import html
from harness.report.page import Page


def sections_of(page: Page, *anchors: str) -> str:
    """The report with these sections alone: the figures of all others take seconds to draw."""
    return html(replace(page, sections=tuple(each for each in page.sections if each.anchor in anchors)))


def widths(table: str) -> set[int]:
    """How many columns its rows have, each row counted with those that one of its cells spans."""
    return {
        sum(int(wide or 1) for wide in re.findall(r'<t[hd](?:[^>]*?colspan="(\d+)")?[^>]*>', row))
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    }
