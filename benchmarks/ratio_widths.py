"""How well do runs know their ratios? For each figure, the median half-width of the intervals (95 %) of ratios.

`python benchmarks/ratio_widths.py RUN [RUN ...]`, each a folder. First stands how many cells are valid, and last of how
many the latencies of the server are known.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from harness.analysis.analyse import analyse
from harness.analysis.side_by_side import median_half_width
from harness.model.cell import Workload
from harness.model.findings import Ranking
from harness.results.folder import read_run


def told(name: str, rankings: Iterable[Ranking]) -> str:
    """A figure and its width."""
    width = median_half_width(rankings)
    return f"  {name}: {'no ratio' if width is None else f'{width:.1%}'}"


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    for folder in parser.parse_args().runs:
        findings = analyse(read_run(folder))
        print(f"{folder.name}: {sum(each.valid for each in findings.cells)} of {len(findings.cells)} cells are valid")
        print(told("capacity", (each for each in findings.rankings if each.figure is None)))
        by_figure: dict[str, list[Ranking]] = defaultdict(list)
        for ranking in findings.rankings:
            if ranking.figure:
                by_figure[ranking.figure.name].append(ranking)
        for name, rankings in by_figure.items():
            print(told(name, rankings))
        latency = [each for each in findings.cells if each.cell.workload is Workload.LATENCY]
        known = sum(bool(each.percentiles_of_server) for each in latency)
        print(f"  latencies of the server are known of {known} of {len(latency)} cells")


if __name__ == "__main__":
    main()
