"""A worker that hears late of what the master has given up."""

import json
import subprocess
import sys
from pathlib import Path

TOLD = Path(__file__).with_name("told_worker.py")
ORDER, ABANDON, GO, REST = "bench-order", "bench-abandon", "bench-go", "rest"


def driven(*told: tuple[str, int]) -> list[int]:
    """The windows that a worker drives that is told this. Apart, since Locust changes the standard library."""
    done = subprocess.run((sys.executable, TOLD), input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True)
    return list(json.loads(done.stdout))


def test_a_window_that_was_given_up_before_it_began_here_keeps_the_worker_from_no_other() -> None:
    """As where it was stopped meanwhile: it is told of both at one go."""
    assert driven((ORDER, 1), (ABANDON, 1), (REST, 0), (ORDER, 2), (REST, 0), (GO, 2), (REST, 0)) == [2]


def test_nor_do_several_of_them() -> None:
    told = [(kind, window) for window in (1, 2, 3) for kind in (ORDER, ABANDON)]
    assert driven(*told, (ORDER, 4), (REST, 0), (GO, 4), (REST, 0)) == [4]


def test_nor_does_one_that_is_given_up_while_its_connections_are_opened() -> None:
    assert driven((ORDER, 1), (REST, 0), (ABANDON, 1), (ORDER, 2), (REST, 0), (GO, 2), (REST, 0)) == [2]


def test_one_after_the_other_is_driven_where_none_is_given_up() -> None:
    assert driven(*((kind, window) for window in (1, 2) for kind in (ORDER, REST, GO, REST))) == [1, 2]
