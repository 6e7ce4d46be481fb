"""What apps answered on a slow host: requests a second at the end of their warm-ups, medians of six rounds."""

from harness.measure.rates import Rates
from harness.model.app import Endpoint
from harness.model.plan import Plan
from harness.plan.budget import window
from harness.plan.foreseen import LOADED
from harness.plan.lengths import by_clock_s, lengths_of

EXCHANGES = 3.4
"""How many times as long an exchange took there as on the host that the lengths are from."""

THROUGHPUTS_RPS = {
    Endpoint.HELLO: {
        "asgi/controlled": 13600,
        "bottle/controlled": 2270,
        "bottle/default": 1390,
        "django/asgi": 300,
        "django/controlled": 1340,
        "django/default": 1300,
        "django/sql": 1280,
        "fastapi/controlled": 3000,
        "fastapi/default": 3630,
        "flask/controlled": 1590,
        "flask/default": 1310,
        "flask/sqlalchemy": 1470,
        "pyramid/controlled": 1950,
        "pyramid/default": 2550,
        "sanic/controlled": 4180,
        "sanic/default": 6460,
        "starlette/default": 8160,
        "tornado/default": 2450,
        "wsgi/controlled": 2790,
        "wsgi/default": 1820,
    },
    Endpoint.JSON: {
        "asgi/controlled": 9920,
        "bottle/controlled": 2340,
        "bottle/default": 1590,
        "django/asgi": 217,
        "django/controlled": 1260,
        "django/default": 1170,
        "django/sql": 1420,
        "fastapi/controlled": 3470,
        "fastapi/default": 3930,
        "flask/controlled": 1340,
        "flask/default": 1120,
        "flask/sqlalchemy": 1430,
        "pyramid/controlled": 1760,
        "pyramid/default": 2370,
        "sanic/controlled": 3470,
        "sanic/default": 6530,
        "starlette/default": 7780,
        "tornado/default": 2490,
        "wsgi/controlled": 2520,
        "wsgi/default": 1780,
    },
    Endpoint.ITEMS: {
        "asgi/controlled": 1580,
        "bottle/controlled": 800,
        "bottle/default": 730,
        "django/asgi": 180,
        "django/controlled": 535,
        "django/default": 553,
        "django/sql": 620,
        "fastapi/controlled": 873,
        "fastapi/default": 863,
        "flask/controlled": 615,
        "flask/default": 522,
        "flask/sqlalchemy": 583,
        "pyramid/controlled": 613,
        "pyramid/default": 463,
        "sanic/controlled": 980,
        "sanic/default": 1700,
        "starlette/default": 1180,
        "tornado/default": 958,
        "wsgi/controlled": 897,
        "wsgi/default": 697,
    },
    Endpoint.ORDERS: {
        "asgi/controlled": 6370,
        "bottle/controlled": 1910,
        "bottle/default": 1280,
        "django/asgi": 182,
        "django/controlled": 418,
        "django/default": 400,
        "django/sql": 488,
        "fastapi/controlled": 2390,
        "fastapi/default": 2240,
        "flask/controlled": 1140,
        "flask/default": 1030,
        "flask/sqlalchemy": 1260,
        "pyramid/controlled": 1380,
        "pyramid/default": 1510,
        "sanic/controlled": 2830,
        "sanic/default": 4520,
        "starlette/default": 4540,
        "tornado/default": 2200,
        "wsgi/controlled": 2030,
        "wsgi/default": 1430,
    },
    Endpoint.DB: {
        "asgi/controlled": 2540,
        "bottle/controlled": 1250,
        "bottle/default": 680,
        "django/asgi": 128,
        "django/controlled": 523,
        "django/default": 412,
        "django/sql": 885,
        "fastapi/controlled": 1050,
        "fastapi/default": 1050,
        "flask/controlled": 973,
        "flask/default": 687,
        "flask/sqlalchemy": 477,
        "pyramid/controlled": 1080,
        "pyramid/default": 1320,
        "sanic/controlled": 1600,
        "sanic/default": 2190,
        "starlette/default": 2170,
        "tornado/default": 1110,
        "wsgi/controlled": 1500,
        "wsgi/default": 907,
    },
    Endpoint.QUERIES: {
        "asgi/controlled": 223,
        "bottle/controlled": 357,
        "bottle/default": 122,
        "django/controlled": 16.7,
        "django/default": 55,
        "django/sql": 213,
        "fastapi/controlled": 213,
        "fastapi/default": 193,
        "flask/controlled": 260,
        "flask/default": 108,
        "flask/sqlalchemy": 41.7,
        "pyramid/controlled": 278,
        "pyramid/default": 288,
        "sanic/controlled": 213,
        "sanic/default": 315,
        "starlette/default": 217,
        "tornado/default": 213,
        "wsgi/controlled": 293,
        "wsgi/default": 143,
    },
    Endpoint.FORTUNES: {
        "asgi/controlled": 1660,
        "bottle/controlled": 1360,
        "bottle/default": 902,
        "django/asgi": 110,
        "django/controlled": 418,
        "django/default": 347,
        "django/sql": 603,
        "fastapi/controlled": 1040,
        "fastapi/default": 960,
        "flask/controlled": 993,
        "flask/default": 645,
        "flask/sqlalchemy": 440,
        "pyramid/controlled": 1150,
        "pyramid/default": 1200,
        "sanic/controlled": 1220,
        "sanic/default": 1820,
        "starlette/default": 1970,
        "tornado/default": 992,
        "wsgi/controlled": 1600,
        "wsgi/default": 1010,
    },
}


def true_windows(plan: Plan, times: float) -> tuple[float, float]:
    """As in `foreseen_windows`, where each app answers what it did there, or so many times less."""
    throughputs = {
        (cell.subject, cell.endpoint): seen / times
        for cell in plan.cells
        if (seen := THROUGHPUTS_RPS.get(cell.endpoint, {}).get(cell.subject.original.key))
    }
    loaded = [cell for cell in plan.cells if cell.workload in LOADED]
    rates = Rates(loaded)
    rates.decide(throughputs)
    lengths = lengths_of(plan.timing, loaded, throughputs, {cell: rate for cell in loaded if (rate := rates.of(cell))})
    planned = sum(plan.timing.windows_of(cell) for cell in loaded)
    planned_s = sum(window(plan.timing, cell).by_clock_s * plan.timing.windows_of(cell) for cell in loaded)
    return by_clock_s(lengths) / planned_s, sum(length.windows for length in lengths.values()) / planned
