import pytest

from harness.host import loaded_accelerators


@pytest.mark.parametrize(
    ("mapping", "name"),
    [
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64.so", "uvloop"),
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/ujson.cpython-313-x86_64.so", "ujson"),
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/rapidjson.cpython-313.so", "rapidjson"),
        ("7f.. r-xp 0 08:01 1 /app/.venv/lib/python3.13/site-packages/markupsafe/_speedups.so", ""),
        ("7f.. r-xp 0 08:01 1 /usr/lib/libuvloop.so", ""),
        ("7f.. rw-p 0 00:00 0 [heap]", ""),
    ],
)
def test_accelerators_are_told_by_their_shared_objects(mapping: str, name: str) -> None:
    assert loaded_accelerators._accelerator_of(mapping) == name
