"""Sentences on whether what the host did depended on who was measured."""

from harness.model.host_speed import HOST_DEPENDENCE_LEVEL, HostDependence, HostQuantity
from harness.report.numbers import counted, percent
from harness.report.view.cast import Cast

QUANTITY_WORDS = {
    HostQuantity.STEAL: "How much CPU time the hypervisor took away",
    HostQuantity.SPEED: "The speed of the server's CPU",
}


def dependence_sentence(found: HostDependence, cast: Cast) -> str:
    """What the test found, with its numbers."""
    what = QUANTITY_WORDS[found.quantity]
    tested = f"p {p_words(found.p_value)}, {counted(found.windows, 'window')}"
    if not found.found:
        told_at = f"p below {HOST_DEPENDENCE_LEVEL:g} would tell it"
        return f"{what} did not depend on who was measured, as far as can be told ({tested}; {told_at})."
    unlike = {
        HostQuantity.STEAL: "{most} lost {more} of the CPUs' time more than others in the same passes, "
        "{least} {less} less",
        HostQuantity.SPEED: "under {most} it was {more} slower than under others in the same passes, "
        "under {least} {less} faster",
    }[found.quantity].format(
        most=cast.label(found.most).in_sentence,
        more=percent(found.most_excess),
        least=cast.label(found.least).in_sentence,
        less=percent(-found.least_excess),
    )
    return f"{what} depended on who was measured ({tested}): {unlike}. It is taken out, as far as figures follow it."


def unevenness_words(found: HostDependence) -> str:
    """What was tested, what came out, and what it means, for a row of a table."""
    what = {HostQuantity.STEAL: "stolen CPU time", HostQuantity.SPEED: "the speed of the server's CPU"}[found.quantity]
    how = "more unlike from app to app than chance makes it" if found.found else "as unlike as chance makes it"
    return f"{what} was {how} (p {p_words(found.p_value)})"


def p_words(p_value: float) -> str:
    """`= 0.31`, or `= 0.0005`."""
    return f"= {p_value:.2g}" if p_value < 0.1 else f"= {p_value:.2f}"  # noqa: PLR2004 - two digits either way
