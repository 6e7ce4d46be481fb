"""Parameter values that have broken servers, and which of them may be read as an integer.

An app may reject any of them. It may also accept a spelling that its language or framework reads as an
integer (`int(" 1")` is 1 in Python), but then it must answer for that integer and no other.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote


@dataclass(frozen=True)
class Hostile:
    """One query string for a parameter of any name."""

    template: str
    """`{name}` stands for the parameter's name. Everything is percent-encoded already."""
    readings: tuple[tuple[int, ...], ...] = ()
    """The lists of integers that it may be read as; single-valued parameters use lists of one."""

    def query(self, name: str) -> str:
        """The query string for this parameter."""
        return self.template.replace("{name}", name)


def _values(*texts: str, reading: int | None = None) -> tuple[Hostile, ...]:
    readings = () if reading is None else ((reading,),)
    return tuple(Hostile("{name}=" + quote(text, safe=""), readings) for text in texts)


def _raw(*values: str) -> tuple[Hostile, ...]:
    """Values that are sent as they stand, with escapes that name no character."""
    return tuple(Hostile("{name}=" + value) for value in values)


_SPELLINGS: Final = (
    *_values("+1", " 1", "1 ", "1\n", "\t1", "01", "0001", "1.0", "0x1", "0b1", "1e0", "١", "１", "१", reading=1),  # noqa: RUF001
    *_values("1\0", reading=1),  # Some frameworks strip control characters from parameters.
    *_values("1_0", "1e1", reading=10),
    *_values("-0", "+0", "0.0", "0e9", reading=0),
    *_values("2147483648", reading=2**31),
    *_values("9223372036854775807", reading=2**63 - 1),
    *_values("9223372036854775808", reading=2**63),
    *_values("-9223372036854775809", reading=-(2**63) - 1),
    *_values("1" + "0" * 40, reading=10**40),
    Hostile("{name}=+1", ((1,),)),
    Hostile("{name}=1,5", ((1, 5),)),
    Hostile("{name}=1,%205", ((1, 5),)),
    Hostile("{name}=1&{name}=2", ((1,), (2,), (1, 2))),
    # Once a separator like "&", and still one to some parsers.
    Hostile("{name}=1;{name}=2", ((1,), (2,), (1, 2))),
    Hostile("a=1&" * 500 + "{name}=1", ((1,),)),
)

_NO_INTEGERS: Final = (
    *_values("abc", "1.5", "--1", "1-", "1e400", "NaN", "Infinity", "-inf", "null", "None", "true", "[1]", "{}"),
    *_values("²", "½", "Ⅷ", "一", "💩", "\ufeff", "\u202e1", "e\u0301"),
    *_values("\0", "1\r\nX-Injected: yes", "1\r\n\r\nHTTP/1.1 200 OK"),
    *_values("1e999999999", "9" * 3000 + "x", "1" * 1000 + ".5"),
    *_raw("%", "%zz", "%u0031", "%ff", "1%ff", "%c0%b1", "%ed%a0%80"),
    *(Hostile(template) for template in ("{name}[]=1", "{name}%5B%5D=1", "{name}[$gt]=0", "{name}.id=1", "&&&=&")),
)

_INJECTIONS: Final = (
    *_values(
        "1 OR 1=1",
        "1' OR '1'='1",
        '1" OR ""="',
        "1--",
        "1/**/",
        "1; DELETE FROM world",
        "1); DELETE FROM fortune; --",
        "1; UPDATE world SET random_number = 0",
        "1 UNION SELECT 1, 1",
        "-1 UNION SELECT id, random_number FROM world",
        "(SELECT 1)",
        "1; SELECT pg_sleep(8)",
        "1 AND 1=(SELECT count(*) FROM pg_sleep(8))",
        "$1",
        "%s",
        "%(id)s",
        "{0}",
        "{{7*7}}",
        "${7*7}",
        "<script>alert(1)</script>",
        "'\"><script>alert(1)</script>",
        "../../etc/passwd",
        "__import__('os')._exit(1)",
    ),
)

CORPUS: Final[tuple[Hostile, ...]] = (*_SPELLINGS, *_NO_INTEGERS, *_INJECTIONS)
"""Each entry is one request for each endpoint that takes a parameter."""
