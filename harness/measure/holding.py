"""Crowds as a round holds them: what is asked of the load driver, and when a server is not asked to hold more."""

from harness.model.cell import Cell, Workload
from harness.model.crowds.chat import SMALL_ROOM, ChatSpec
from harness.model.crowds.crowd import HELD_ENOUGH, CrowdReport
from harness.model.crowds.feed import FeedSpec
from harness.model.plan import Timing
from harness.plan import budget


def crowd_spec(timing: Timing, cell: Cell, host: str, port: int, seed: int) -> FeedSpec | ChatSpec:
    """What the load driver is asked to do for a cell of a feed or a chat."""
    if cell.workload is Workload.CHAT:
        return ChatSpec(
            host=host,
            port=port,
            members=cell.connections,
            room_members=cell.room or SMALL_ROOM,
            stall_s=budget.CROWD_STALL_S,
            opening_s=budget.CHAT_OPENING_S,
            lead_in_s=budget.CROWD_LEAD_IN_S,
            duration_s=timing.chat_window_s,
            limit_s=timing.chat_limit_s,
            seed=seed,
        )
    return FeedSpec(
        host=host,
        port=port,
        subscribers=cell.connections,
        interval_ms=timing.feed_interval_ms,
        stall_s=budget.CROWD_STALL_S,
        lead_in_s=budget.CROWD_LEAD_IN_S,
        duration_s=timing.feed_window_s,
        limit_s=timing.feed_limit_s,
    )


def not_held(report: CrowdReport, workload: Workload) -> str | None:
    """Why more are not tried after this; None where they are.

    A chat that is held, but whose messages do not come in time, is too large: every further member would add to what
    the server is behind with.
    """
    if report.held < HELD_ENOUGH * report.asked:
        whom = "members" if workload is Workload.CHAT else "subscribers"
        return f"not tried: of {report.asked:,} {whom} it held {report.held:,}"
    share = report.delivered_share
    if workload is Workload.CHAT and share is not None and share < HELD_ENOUGH:
        return f"not tried: of the messages due to {report.asked:,} members, {share:.1%} came in time"
    return None
