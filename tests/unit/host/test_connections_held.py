"""Which processes answer clients, told by the connections that each holds."""

import os
import socket
import subprocess
import sys

from harness.host.ports import connections_held


def test_a_connection_that_a_child_inherited_counts_for_who_accepted_it() -> None:
    """As a server's pool of helpers has them, that it forks while it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with (
            accepted,
            subprocess.Popen(
                (sys.executable, "-c", "input()"), stdin=subprocess.PIPE, pass_fds=(accepted.fileno(),)
            ) as child,
        ):
            held = connections_held((os.getpid(), child.pid), listener.getsockname()[1])
            child.communicate(b"\n")
    assert held == {os.getpid(): 1}


def test_a_connection_that_only_a_child_has_is_its_own() -> None:
    """As where one process takes connections and hands them over."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with subprocess.Popen(
            (sys.executable, "-c", "input()"), stdin=subprocess.PIPE, pass_fds=(accepted.fileno(),)
        ) as child:
            accepted.close()
            held = connections_held((os.getpid(), child.pid), listener.getsockname()[1])
            child.communicate(b"\n")
    assert held == {child.pid: 1}


def test_a_connection_that_its_server_has_half_closed_is_still_held() -> None:
    """As gunicorn's sync workers do: they wait for the client to close as well, and take no other one meanwhile."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        accepted.shutdown(socket.SHUT_WR)
        assert connections_held((os.getpid(),), listener.getsockname()[1]) == {os.getpid(): 1}
