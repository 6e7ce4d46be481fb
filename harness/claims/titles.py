"""How apps are called in what is said of claims, whether a run has measured them or not."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

from harness.catalog.app_folders import APPS_FOLDER
from harness.catalog.discover import find_app
from harness.claims.needs import needs_of
from harness.model.app import App
from harness.model.claim import ClaimsFile
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import BenchError
from harness.model.naming import titles_of
from harness.model.run import Deployment


@cache
def titles_here() -> Mapping[str, str]:
    """By their names, the titles of the apps that this project's own claims are about."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def titles_known(
    deployments: Iterable[Deployment], others: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, str]:
    """Those too that a run tells, which go before: an app of the same name may be another; and `others` of apps."""
    return {**titles_here(), **others, **titles_of(deployments)}


def apps_in(options: Iterable[str], file: ClaimsFile) -> Iterator[App]:
    """The apps that a claims file names, where they lie in the folders of these options, or the usual one."""
    folders = [*map(Path, tuple(options)[1::2])] or [Path(APPS_FOLDER)]
    named = {name.partition(VARIANT_SIGN)[0] for claim in file.claim for name in needs_of(claim).apps}
    for name in sorted(named):
        with suppress(BenchError, OSError):  # It lies elsewhere, or what is wrong with it is no matter of the claims.
            yield find_app(folders, name)
