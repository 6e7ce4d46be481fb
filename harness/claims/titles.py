"""How apps are called in what is said of claims, whether a run has measured them or not."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from harness.model.naming import titles_of
from harness.model.run import Deployment


@cache
def titles_here() -> Mapping[str, str]:
    """By their names, the titles of the apps that this project's own claims are about."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def titles_known(deployments: Iterable[Deployment]) -> Mapping[str, str]:
    """Those too that a run tells, which go before: an app of the same name may be another."""
    return {**titles_here(), **titles_of(deployments)}
