"""The page holds a ratio once for both directions: its script reads each as the run has it."""

from pathlib import Path

from playwright.sync_api import Browser

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.cell import Workload
from harness.report.numbers import TIMES, inverse, reading
from harness.report.view.ratios import capacity_ratios_name, cpu_ratios_name, heat_step
from harness.report.write import write_report
from tests.browser.pages import opened
from tests.unit.analysis.simulate import Noise, Simulation, subject

SHOWN = """() => [...document.querySelectorAll('td[data-ratio]')].map(cell => [
  cell.dataset.ratio, cell.parentElement.querySelector('th[data-subject]').dataset.subject,
  cell.textContent, cell.dataset.step ?? '',
])"""

CAPACITIES_RPS = (30_000.0, 29_600.0, 28_500.0, 23_000.0, 17_000.0, 9_000.0, 3_100.0, 450.0, 39.0, 16.0)


def test_every_ratio_is_read_as_the_run_has_it_whichever_is_the_baseline(browser: Browser, tmp_path: Path) -> None:
    """Of apps from hardly slower to thousands of times slower than each other."""
    apps = {subject(f"app{place}"): rps for place, rps in enumerate(CAPACITIES_RPS)}
    recorded = Simulation(apps, rounds=3, windows=3, noise=Noise(window=0.05)).recorded()
    findings = analyse(recorded)
    claims = evaluate(read_claims(ARTICLE), recorded, findings)
    file = write_report(tmp_path, recorded.run, findings, claims, recorded.starts)
    page = opened(browser, file.as_uri(), whole=True)
    expected: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for name, pairs in ((capacity_ratios_name, findings.comparisons), (cpu_ratios_name, findings.cpu_comparisons)):
        for each in pairs:
            for of, to, ratio in ((each.a, each.b, each.ratio), (each.b, each.a, inverse(each.ratio))):
                text = f"{reading(ratio).value}{TIMES} {reading(ratio).interval}"
                step = str(heat_step(ratio, Workload.CAPACITY, tied=each.tied))
                expected[name(each.endpoint), of.key, to.key] = {(text, ""), (text, step)}
    assert any("," in text for texts in expected.values() for text, _ in texts), "some are thousands"
    assert len(expected) == 2 * len(apps) * (len(apps) - 1)
    found = set()
    for to in apps:
        page.locator("#baseline").select_option(to.key)
        for name_of, of, text, step in page.evaluate(SHOWN):
            if of != to.key:
                assert (text, step) in expected[name_of, of, to.key]
                found.add((name_of, of, to.key))
    assert found == {*expected}
