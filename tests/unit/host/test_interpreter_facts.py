import sysconfig

import pytest

from harness.host import interpreter_facts
from harness.host.interpreter import own_interpreter, own_packages


@pytest.mark.parametrize(
    ("variables", "pgo", "lto"),
    [
        ({}, False, False),
        ({"CONFIG_ARGS": "'--enable-optimizations' '--with-lto'"}, True, True),
        # A distribution's build that tells it by its flags alone.
        ({"CONFIG_ARGS": "'--enable-shared'", "PY_CORE_CFLAGS": "-O2 -fprofile-use"}, True, False),
        ({"PY_CORE_LDFLAGS": "-flto=auto"}, False, True),
        ({"PY_CFLAGS_NODIST": "-fprofile-instr-use=code.profclangd -flto=thin"}, True, True),
        # What every build offers is no sign that it was used.
        ({"PGO_PROF_USE_FLAG": "-fprofile-use -fprofile-correction"}, False, False),
    ],
)
def test_optimisations_are_read_from_arguments_and_from_flags(
    variables: dict[str, object], *, pgo: bool, lto: bool
) -> None:
    found = interpreter_facts.interpreter(variables, executable="/opt/python")
    assert (found["pgo"], found["lto"]) == (pgo, lto)


def test_a_free_threaded_build_is_told() -> None:
    assert interpreter_facts.interpreter({"Py_GIL_DISABLED": 1})["free_threaded"] is True
    assert interpreter_facts.interpreter({"Py_GIL_DISABLED": 0})["free_threaded"] is False


def test_our_own_interpreter_and_packages_are_described() -> None:
    assert own_interpreter().version == sysconfig.get_python_version() + own_interpreter().version[4:]
    assert own_packages()["pydantic"]


def test_a_distribution_s_interpreter_that_shows_nothing_is_not_called_unoptimised() -> None:
    assert interpreter_facts.interpreter({"CONFIG_ARGS": ""}, executable="/usr/bin/env")["pgo"] is None
    assert (
        interpreter_facts.interpreter({"CONFIG_ARGS": "--enable-optimizations"}, executable="/usr/bin/env")["pgo"]
        is True
    )
    assert interpreter_facts.interpreter({"CONFIG_ARGS": ""}, executable="/opt/python")["pgo"] is False
