"""The citation file names the version that is built, and a run says how it is cited."""

import tomllib
from pathlib import Path

import yaml

from harness.report.view.provenance import reproduce_view
from tests.unit.report.sample import Sample

ROOT = Path(__file__).parents[3]


def test_the_citation_file_names_the_version_of_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (citation["title"], citation["version"]) == (project["name"], project["version"])
    assert citation["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= citation.keys(), "what the format requires"


def test_a_run_is_cited_by_what_it_can_be_looked_up_with() -> None:
    run, *_ = Sample().build()
    cited = reproduce_view(run).citation
    for part in (run.run_id, run.harness_version, run.harness_revision or "", "quick", "22 November 2025", "AMD EPYC"):
        assert part in cited
