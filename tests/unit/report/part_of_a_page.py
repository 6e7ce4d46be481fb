"""As much of a report as a test is about."""

from dataclasses import replace

from harness.report.markup import html
from harness.report.page import Page


def sections_of(page: Page, *anchors: str) -> str:
    """The report with these sections alone: the figures of all others take seconds to draw."""
    return html(replace(page, sections=tuple(each for each in page.sections if each.anchor in anchors)))
