"""How the tests open a page."""

import shutil
from functools import cache
from typing import Literal

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUMS = ("chromium-headless-shell", "chromium")
"""The same browser without and with what a person sees around a page. The latter takes 2.6 times the CPU time."""
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # One for each page would take longer to start than the page takes.
]

type Scheme = Literal["light", "dark"]

OPEN: list[Page] = []
"""All that are open. They share one process, which has more to do with each."""


def opened(  # noqa: PLR0913 - all that a window can be
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    scheme: Scheme = "light",
    scripts: bool = True,
    whole: bool = False,
) -> Page:
    """`whole`: all views of a report on one page, with everything unfolded."""
    page = _context(browser, width, scheme, scripts=scripts).new_page()
    OPEN.append(page)
    page.goto(f"{address}#all" if whole else address)
    if whole:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    return page


@cache
def _context(browser: Browser, width: int, scheme: Scheme, *, scripts: bool) -> BrowserContext:
    """Pages keep nothing beyond themselves, so all that are opened alike can share one."""
    return browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )


def against_axe(page: Page, *rules: str, without: str | None = None) -> AxeResults:
    """What axe-core says of a page, by its usual rules or only these, and without one of them.

    Every rule looks at the whole page. Only of what it finds wrong is each place told: to name the thousands of places
    that are right took more than half of its time.
    """
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    if without:
        options["rules"] = {without: {"enabled": False}}
    return Axe().run(page, options=options)
