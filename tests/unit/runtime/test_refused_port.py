"""Ports that a server could not have, out of what servers really write."""

import pytest

from harness.runtime.refused_port import fixed_port, refused_ports

UVICORN = "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 9100): address already in use"
GUNICORN = """\
[2026-01-02 03:04:05 +0000] [4711] [ERROR] Connection in use: ('127.0.0.1', 9100)
[2026-01-02 03:04:05 +0000] [4711] [ERROR] connection to ('127.0.0.1', 9100) failed: [Errno 98] Address already in use
[2026-01-02 03:04:10 +0000] [4711] [ERROR] Can't connect to ('127.0.0.1', 9100)"""
PYTHON = 'Traceback (most recent call last):\n  File "app.py", line 12\nOSError: [Errno 98] Address already in use'
NODE = "Error: listen EADDRINUSE: address already in use 127.0.0.1:9100"


@pytest.mark.parametrize("log", [UVICORN, GUNICORN, NODE], ids=["uvicorn", "gunicorn", "node"])
def test_the_port_is_among_the_numbers_of_the_lines_that_say_so(log: str) -> None:
    refused = refused_ports(log)
    assert refused is not None
    assert 9100 in refused
    assert 98 not in refused


def test_where_no_port_is_named_none_is_found_but_that_one_was_refused() -> None:
    assert refused_ports(PYTHON) == ()


@pytest.mark.parametrize("log", ["", "ImportError: no module named 'address'", "listening on 127.0.0.1:9100"])
def test_where_no_line_says_so_nothing_was_refused(log: str) -> None:
    assert refused_ports(log) is None


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ("uvicorn app:app --host ${HOST} --port 8766", 8766),
        ("uvicorn app:app --port=8766", 8766),
        ("gunicorn app:app -b 127.0.0.1:8766 --backlog 2048", 8766),
        ("gunicorn app:app --bind=${HOST}:8766", 8766),
        ("uvicorn app:app --port ${PORT} --metrics-port 8766", None),
        ("gunicorn app:app --bind ${HOST}:${PORT}", None),
        ("python app.py --metrics-port 8766", None),
        ("python app.py", None),
    ],
)
@pytest.mark.parametrize("refused", [(8766,), (8766, 2048), ()])
def test_the_port_that_a_command_fixes_is_the_server_s_own_and_none_beside_it(
    command: str, port: int | None, refused: tuple[int, ...]
) -> None:
    assert fixed_port(command.split(), refused) == port


def test_a_port_that_a_command_fixes_and_that_was_not_refused_is_not_why_it_ended() -> None:
    assert fixed_port(("uvicorn", "--port", "8766"), (9100,)) is None
