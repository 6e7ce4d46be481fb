"""The ratios of any subject to any other, as texts, for a reader who chooses the baseline."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.app import Endpoint
from harness.model.cell import RateRule, Subject, Workload
from harness.model.findings import Comparison, Estimate
from harness.report.numbers import inverse, reading
from harness.report.view.cast import Cast
from harness.report.view.words import RATE_SLUG

type Ratios = dict[str, dict[str, dict[str, tuple[str, str]]]]
"""Name of the kind of cell -> subject -> baseline -> (value, interval)."""


@dataclass(frozen=True, slots=True)
class RatiosView:
    """All ratios of the findings. The page's script only places these texts: it does no arithmetic on them."""

    baselines: tuple[tuple[str, str], ...]
    """(subject's key, its name), frameworks' baselines and layers first."""
    texts: Ratios


def ratios_name(endpoint: Endpoint, workload: Workload, rate: RateRule | None) -> str:
    """What the ratios of one kind of cell are called: `capacity-json`, `latency-json-common`."""
    return f"{workload.value}-{endpoint.value}" + (f"-{RATE_SLUG[rate]}" if rate else "")


def ratios_view(comparisons: Sequence[Comparison], cast: Cast) -> RatiosView:
    """Every comparison in both directions."""
    texts: Ratios = defaultdict(lambda: defaultdict(dict))
    subjects: dict[str, Subject] = {}
    for each in comparisons:
        of = texts[ratios_name(each.endpoint, each.workload, each.rate)]
        of[each.a.key][each.b.key] = _text(each.ratio)
        of[each.b.key][each.a.key] = _text(inverse(each.ratio))
        subjects |= {each.a.key: each.a, each.b.key: each.b}
    labels = sorted((cast.label(subject) for subject in subjects.values()), key=lambda label: label.is_framework)
    return RatiosView(
        baselines=tuple((label.key, label.in_sentence) for label in labels),
        texts={name: dict(of) for name, of in texts.items()},
    )


def _text(ratio: Estimate) -> tuple[str, str]:
    shown = reading(ratio)
    return shown.value, shown.interval
