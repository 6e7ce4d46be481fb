import pytest

from harness.runtime import describe, loaded


@pytest.mark.parametrize(
    ("mapping", "name"),
    [
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64.so", "uvloop"),
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/ujson.cpython-313-x86_64.so", "ujson"),
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/markupsafe/_speedups.so", ""),
        ("7f.. r-xp 0 08:01 1 /usr/lib/libuvloop.so", ""),
        ("7f.. rw-p 0 00:00 0 [heap]", ""),
    ],
)
def test_accelerators_are_told_by_their_shared_objects(mapping: str, name: str) -> None:
    assert loaded._accelerator_of(mapping) == name


def test_distribution_names_are_compared_in_their_normal_form() -> None:
    assert describe._version("Django", {"django": "6.1.3"}) == "6.1.3"
    assert describe._version("pyramid.debug_toolbar", {"pyramid-debug-toolbar": "1"}) == "1"
    assert describe._version("none", {"django": "6.1.3"}) is None
    assert describe._version(None, {"django": "6.1.3"}) is None
