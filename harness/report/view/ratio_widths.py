"""How well the capacity ratios are known, and what taking the host's speed out changed about that, in words."""

from typing import Final

from harness.model.findings import Findings
from harness.report.numbers import percent

_HARDLY_KNOWN: Final = 1.0
"""Half the width of a ratio's interval, from which on it says nothing: twice as much, or nothing at all."""


def is_one_ratio(findings: Findings) -> bool:
    """Whether the rankings of capacity hold a single ratio to the best, which is a median of nothing."""
    return sum(len(each.rows[1:]) for each in findings.rankings if each.figure is None) == 1


def known_words(findings: Findings) -> str:
    """How well the ratios are known, as the beginning of a sentence; empty where there is none."""
    half_width = findings.median_ratio_half_width
    if half_width is None:
        return ""
    one = is_one_ratio(findings)
    bound = "" if one else " or more" if are_hardly_known(findings) else " or better"
    whose = _subject(findings, "ratio to the best is", "ratios to the best of each ranking are")
    return f"{whose.capitalize()} {_width_words(half_width)}{bound}"


def are_hardly_known(findings: Findings) -> bool:
    """Whether the ratios say next to nothing."""
    return findings.median_ratio_half_width is not None and findings.median_ratio_half_width >= _HARDLY_KNOWN


def is_taken_out(findings: Findings) -> bool:
    """Whether figures were seen to follow the host's speed; elsewhere they are as counted."""
    speed = findings.speed
    return speed is not None and (
        bool(speed.drift_share) or any(each.slope or each.steal_slope for each in speed.effects)
    )


def gain_words(findings: Findings) -> str:
    """What taking the speed out does, as the end of a sentence; empty where no ratio tells it or nothing was done."""
    half_width = findings.median_ratio_half_width
    as_counted = findings.speed.median_ratio_half_width_as_counted if findings.speed else None
    if half_width is None or as_counted is None or not is_taken_out(findings):
        return ""
    if percent(as_counted) == percent(half_width):
        known = "ratio is" if is_one_ratio(findings) else "ratios are"
        return f"makes no difference to how well the capacity {known} known"
    narrows = "narrows" if half_width < as_counted else "does not narrow"
    interval = "interval" if is_one_ratio(findings) else "intervals"
    whose = _subject(findings, "ratio", "ratios")
    return f"{narrows} the {interval}: as counted, {whose} would be {_width_words(as_counted)}"


def _subject(findings: Findings, one: str, many: str) -> str:
    return f"the one capacity {one}" if is_one_ratio(findings) else f"half of the capacity {many}"


def _width_words(half_width: float) -> str:
    return f"{'uncertain by' if half_width >= _HARDLY_KNOWN else 'known to within'} ±{percent(half_width)}"
