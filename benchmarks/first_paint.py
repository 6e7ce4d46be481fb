"""How long until a report shows something, and how long it keeps a reader waiting at a time? Not a test.

    python benchmarks/first_paint.py [--turns 5] [RUN_FOLDER]

A report (that of a made-up `standard` run, or the one in the folder) is opened in headless Chromium, each time in a
window that has nothing cached. Told are the first contentful paint and the longest task of the page's main thread
(https://www.w3.org/TR/longtasks-1/: tasks of 50 ms and more), once while it opens and once while each view is gone
to. The median of each counts; exits with 1 where one is over its budget.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from harness.model.plan import ProfileName
from harness.report.file_names import REPORT_FILE
from harness.report.write import write_report
from tests.browser.pages import CHROMIUMS, FLAGS
from tests.unit.report.sample import Sample

PAINT_MS, TASK_MS = 500.0, 200.0
"""The budgets."""

WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({type: 'longtask', buffered: true});
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
VIEWS = "[...document.querySelectorAll('nav[aria-label=Views] a')].map(each => each.getAttribute('href'))"
SETTLED = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))"


def opened_ms(browser: Browser, address: str) -> tuple[float, float, float]:
    """First paint, longest task while it opens, longest task while its views are gone to."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    page.evaluate(SETTLED)
    paint, opening = page.evaluate(PAINT), page.evaluate("window.longest")
    page.evaluate("window.longest = 0")
    for view in page.evaluate(VIEWS):
        page.evaluate("view => { location.hash = view; }", view)
        page.evaluate(SETTLED)
    going = page.evaluate("window.longest")
    context.close()
    return float(paint), float(opening), float(going)


def chromium() -> str:
    """What people have, where it is installed; else the one without windows."""
    found = next(filter(None, map(shutil.which, reversed(CHROMIUMS))), None)
    return found or sys.exit("no Chromium is installed: apt-get install chromium")


def main() -> int:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--turns", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        if chosen.folder is None:
            file = write_report(Path(made), *Sample(ProfileName.STANDARD).build())
        else:
            file = chosen.folder / REPORT_FILE
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        found = [opened_ms(browser, file.resolve().as_uri()) for _ in range(chosen.turns)]
        browser.close()
    over = 0
    names = {"first paint": PAINT_MS, "longest task, opening": TASK_MS, "longest task, going to views": TASK_MS}
    for (name, budget_ms), values in zip(names.items(), zip(*found, strict=True), strict=True):
        median = statistics.median(values)
        over += median > budget_ms
        spread = f"{min(values):.0f} .. {max(values):.0f}"
        print(f"{name:29} {median:5.0f} ms ({spread}), budget {budget_ms:g} ms{'  OVER' if median > budget_ms else ''}")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
