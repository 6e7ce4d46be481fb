"""Contracts are built when they are first used; those of a process that has to lose no time later on, before that."""

import subprocess
import sys

from harness.model.base import Contract, build_contracts

EVERYWHERE = """
import importlib, pkgutil, warnings
import harness
from harness.model.base import build_contracts
warnings.simplefilter("ignore")  # gevent comes late here, to a process that ends soon.
for module in pkgutil.walk_packages(harness.__path__, "harness."):
    importlib.import_module(module.name)
build_contracts()
"""
UNBUILT = """
from harness.model.base import Contract
contracts = [Contract]
for each in contracts: contracts += each.__subclasses__()
print(*(each.__name__ for each in contracts if not each.__pydantic_complete__))
"""


def said(code: str) -> list[str]:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()


def test_every_contract_can_be_built() -> None:
    assert said(EVERYWHERE + UNBUILT) == []


def test_what_is_imported_is_not_built_yet() -> None:
    assert "Run" in said("import harness.model.run" + UNBUILT)


def test_what_generates_load_has_all_built_before_the_first_window() -> None:
    code = "import harness.load.driver_protocol\nfrom harness.load.generator_process import freeze\nfreeze()"
    assert said(code + UNBUILT) == []


def test_building_is_done_once() -> None:
    class Late(Contract):
        number: int

    assert not Late.__pydantic_complete__
    build_contracts()
    assert Late.__pydantic_complete__
    validator = Late.__pydantic_validator__
    build_contracts()
    assert Late.__pydantic_validator__ is validator
