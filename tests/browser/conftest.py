"""A real Chromium, and a report for it to open."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from harness.report.write import write_report
from tests.browser.pages import CHROMIUM, FLAGS, OPEN
from tests.unit.report.sample import Sample


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("run"), *Sample().build())


@pytest.fixture(scope="session")
def address(report_file: Path) -> str:
    return report_file.as_uri()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no Chromium is installed: apt-get install chromium-headless-shell"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def closed_pages() -> Iterator[None]:
    """What a test opens is closed after it; what its module has opened stays."""
    before = len(OPEN)
    yield
    while len(OPEN) > before:
        OPEN.pop().close()
