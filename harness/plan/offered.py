"""What the profiles have of each workload, as words: for whoever asks for something that there is not."""

from collections.abc import Iterable
from itertools import groupby

from harness.model.cell import Workload
from harness.model.crowds.chat import SMALL_ROOM
from harness.model.plan import ProfileName
from harness.plan.profiles import PROFILES, Profile


def offered(workload: Workload) -> str:
    """What may be measured by a workload: `concurrency with 8 and 512 connections (standard), ...`."""
    found = [(words, name.value) for name in ProfileName if (words := measured(workload, PROFILES[name]))]
    alike = [(words, [name for _, name in same]) for words, same in groupby(found, lambda each: each[0])]
    return f"{workload.value} {', '.join(f'{words} ({_listed(names)})' for words, names in alike)}"


def measured(workload: Workload, profile: Profile) -> str:
    """What one profile has of it; empty where it has none."""
    routes = (0, *profile.routes) if profile.routes else ()
    return {
        Workload.CAPACITY: f"on {_listed(profile.capacity)}",
        Workload.LATENCY: f"on {_listed(profile.latency)} at {_listed(profile.rates)}" if profile.latency else "",
        Workload.CONCURRENCY: _with(profile.concurrency, "connections"),
        Workload.IDLE: f"on {_listed(profile.idle)}" if profile.idle else "",
        Workload.LIMIT: f"on {_listed(profile.limit)} {_with(profile.limits_ms, 'ms')}" if profile.limit else "",
        Workload.WAITING: _with(profile.waiting, "connections"),
        Workload.FEED: _with(profile.feed, "subscribers"),
        Workload.CHAT: _chats(profile),
        Workload.ROUTES: _with(routes, "extra routes"),
        Workload.WORKERS: "with 1 to as many processes as the server has CPUs" if profile.workers else "",
        Workload.FOOTPRINT: "of each app" if profile.footprint else "",
    }[workload]


def profiles_with(workload: Workload) -> str:
    """The names of the profiles that have something of it: `standard and full`."""
    return _listed(name.value for name in ProfileName if measured(workload, PROFILES[name]))


def all_measured(profile: Profile) -> str:
    """What a profile measures, in short."""
    special = {
        Workload.CONCURRENCY: profile.concurrency,
        Workload.ROUTES: profile.routes,
        Workload.WAITING: profile.waiting,
        Workload.FEED: profile.feed,
        Workload.CHAT: profile.chat,
    }
    at_a_rate = {"latency": profile.latency, "idle": profile.idle, "limit": profile.limit}
    words = [
        f"capacity on {', '.join(profile.capacity)}",
        *(f"{name} on {', '.join(endpoints)}" for name, endpoints in at_a_rate.items() if endpoints),
        *(workload.value for workload, numbers in special.items() if numbers),
        *(["footprint"] if profile.footprint else []),
    ]
    return ", ".join(words)


def _chats(profile: Profile) -> str:
    small = _with(profile.chat, f"members in rooms of {SMALL_ROOM}")
    return f"{small}, and {_with(profile.chat_in_one_room, 'in one room')}" if profile.chat_in_one_room else small


def _with(numbers: Iterable[int], what: str) -> str:
    return f"with {_listed(f'{number:,}' for number in numbers)} {what}" if numbers else ""


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
