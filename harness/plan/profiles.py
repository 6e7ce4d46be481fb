"""What each profile measures, and for how long."""

from typing import Final

from harness.model.app import Endpoint
from harness.model.base import Contract
from harness.model.cell import RateRule
from harness.model.plan import ProfileName, Timing

CAPACITY_CONNECTIONS: Final = 32
"""Enough to keep one server process busy all the time, few enough to leave latency readable."""

LATENCY_CONNECTIONS: Final = 64
"""A ceiling on requests under way in open loop; what arrives beyond it waits, and that wait counts."""


IDLE_CONNECTIONS: Final = 4
"""Each carries a request every 0.4 s on average, which is sooner than any server closes it for want of one."""


class Profile(Contract):
    """One row of the table of profiles."""

    summary: str
    every_variant: bool
    """False: the `controlled` variant of each app, and the framework's own server where it brings one."""
    every_server: bool = False
    """Instead, the `controlled` variant and all servers that apps share."""
    apps: tuple[str, ...] = ()
    """Of the apps, only these where none is named; none for all."""
    guests: bool = False
    """Whether guests are measured without being asked for."""
    capacity: tuple[Endpoint, ...]
    latency: tuple[Endpoint, ...]
    rates: tuple[RateRule, ...]
    concurrency: tuple[int, ...] = ()
    """Numbers of connections on `json`, beside the usual one."""
    routes: tuple[int, ...] = ()
    """Numbers of extra routes, compared with none on `json`."""
    idle: tuple[Endpoint, ...] = ()
    """Endpoints at a few requests a second."""
    limit: tuple[Endpoint, ...] = ()
    """Endpoints of which the highest rate is searched at which a limit on the p99 is kept."""
    limits_ms: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    """Numbers of connections on `wait`."""
    feed: tuple[int, ...] = ()
    """Numbers of subscribers."""
    chat: tuple[int, ...] = ()
    """Numbers of members, in small rooms."""
    chat_in_one_room: tuple[int, ...] = ()
    """The same, all in one room."""
    workers: bool = False
    """Whether to measure every number of server processes from 1 to that of the server's CPUs."""
    footprint: bool = True
    minutes: float | None = None
    """On a host where all rounds take longer, fewer are measured; None where all are, whatever they take."""
    timing: Timing


_SEVEN: Final = (
    Endpoint.HELLO,
    Endpoint.JSON,
    Endpoint.ITEMS,
    Endpoint.ORDERS,
    Endpoint.DB,
    Endpoint.QUERIES,
    Endpoint.FORTUNES,
)
_THREE: Final = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB)
_ALL_RATES: Final = (RateRule.HALF, RateRule.HIGH, RateRule.COMMON)

_SIX_ROUNDS: Final = Timing(
    rounds=6,
    lead_in_s=0.02,
    latency_lead_in_s=0.05,
    warm_window_s=0.15,
    warm_windows_max=3,
    capacity_window_s=0.125,
    capacity_windows=11,
    latency_window_s=0.25,
    latency_windows=8,
)
"""Of the profiles that measure many servers on few endpoints."""

PROFILES: Final[dict[ProfileName, Profile]] = {
    ProfileName.SMOKE: Profile(
        summary="seconds per app: proves that everything works, decides nothing",
        every_variant=False,
        capacity=_THREE,
        latency=(Endpoint.JSON,),
        rates=(RateRule.COMMON,),
        timing=Timing(
            rounds=1,
            ceiling_windows=3,
            ceiling_window_s=0.1,
            lead_in_s=0.02,
            latency_lead_in_s=0.05,
            warm_window_s=0.1,
            warm_windows_max=2,
            capacity_window_s=0.3,
            capacity_windows=2,
            latency_window_s=0.25,
            latency_windows=2,
            concurrency_windows=1,
            waiting_window_s=0.3,
            waiting_windows=1,
            feed_window_s=0.6,
            feed_interval_ms=200,
            feed_limit_s=0.3,
            feed_rounds=1,
        ),
        concurrency=(128,),
        waiting=(64,),
        feed=(100,),
    ),
    ProfileName.QUICK: Profile(
        summary="about ten minutes: which frameworks can be told apart",
        every_variant=False,
        capacity=_THREE,
        latency=(Endpoint.JSON,),
        rates=(RateRule.COMMON,),
        minutes=11,
        timing=Timing(
            rounds=5,
            lead_in_s=0.02,
            latency_lead_in_s=0.05,
            warm_window_s=0.15,
            warm_windows_max=3,
            capacity_window_s=0.125,
            capacity_windows=8,
            latency_window_s=0.25,
            latency_windows=8,
        ),
    ),
    ProfileName.STANDARD: Profile(
        summary="about an hour: every variant, seven endpoints, latency at three rates, and all that claims need",
        every_variant=True,
        capacity=_SEVEN,
        latency=(Endpoint.JSON, Endpoint.DB),
        rates=_ALL_RATES,
        concurrency=(1, 4, 8, 16, 64, 512),
        routes=(1_000,),
        waiting=(16, 512),
        feed=(1_000, 2_000, 5_000, 10_000),
        chat=(500, 2_000, 5_000),
        chat_in_one_room=(1_000,),
        workers=True,
        minutes=60,
        timing=Timing(
            rounds=6,
            lead_in_s=0.02,
            latency_lead_in_s=0.05,
            warm_window_s=0.15,
            warm_windows_max=3,
            capacity_window_s=0.125,
            capacity_windows=7,
            latency_window_s=0.25,
            latency_windows=8,
            own_rate_windows=2,
            concurrency_window_s=0.25,
            concurrency_windows=2,
            drawn_once=(1, 4, 16, 64),
            setup_windows=6,
            waiting_windows=1,
            feed_rounds=3,
            chat_window_s=1.0,
            chat_limit_s=0.5,
            chat_rounds=2,
        ),
    ),
    ProfileName.FULL: Profile(
        summary="half a day: most of what standard measures, and more, in longer windows and five times the rounds",
        every_variant=True,
        capacity=_SEVEN,
        latency=(Endpoint.JSON, Endpoint.DB),
        rates=_ALL_RATES,
        concurrency=(1, 8, 128, 512),
        routes=(100, 1_000),
        waiting=(16, 64, 256, 512, 1_024),
        feed=(100, 1_000, 2_000, 5_000, 10_000),
        chat=(10, 100, 500, 1_000, 2_000, 5_000),
        chat_in_one_room=(1_000,),
        workers=True,
        timing=Timing(
            rounds=32,
            lead_in_s=0.02,
            latency_lead_in_s=0.05,
            warm_window_s=0.2,
            warm_windows_max=3,
            capacity_window_s=0.5,
            capacity_windows=6,
            latency_window_s=0.5,
            latency_windows=8,
            own_rate_windows=4,
            concurrency_windows=4,
            setup_windows=6,
            waiting_window_s=1.0,
            waiting_windows=2,
            feed_window_s=5.0,
            feed_rounds=8,
            chat_window_s=5.0,
            chat_rounds=8,
        ),
    ),
    ProfileName.SERVERS: Profile(
        summary="about half an hour: the same app on every server, bare and with a framework of each kind",
        every_variant=False,
        every_server=True,
        apps=("asgi", "wsgi", "django", "fastapi", "flask"),
        capacity=_THREE,
        latency=(Endpoint.JSON,),
        rates=(RateRule.COMMON,),
        minutes=35,
        timing=_SIX_ROUNDS,
    ),
    ProfileName.WIDE: Profile(
        summary="about half an hour: all frameworks, guests among them, on JSON, orders and the database",
        every_variant=False,
        guests=True,
        capacity=(Endpoint.JSON, Endpoint.ORDERS, Endpoint.DB),
        latency=(Endpoint.JSON,),
        rates=(RateRule.COMMON,),
        minutes=35,
        timing=_SIX_ROUNDS,
    ),
    ProfileName.RATES: Profile(
        summary="about 20 minutes: cost when hardly anybody comes, and the highest rate with a p99 under 10 ms",
        every_variant=False,
        capacity=(Endpoint.JSON, Endpoint.DB),
        latency=(),
        rates=(),
        idle=(Endpoint.JSON, Endpoint.DB),
        limit=(Endpoint.JSON,),
        limits_ms=(10,),
        footprint=False,
        minutes=25,
        timing=_SIX_ROUNDS.model_copy(
            update={"rounds": 5, "capacity_windows": 7, "idle_windows": 1, "limit_windows": 6}
        ),
    ),
}
