"""`bench run --claim`: the choices that measure one claim."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.claims.holm import LOOKS
from harness.claims.needs import needs_of
from harness.claims.pursue import Pursuit
from harness.claims.read import ARTICLE, read_claims
from harness.claims.within_reach import endpoints_for, profile_for
from harness.cli.options import is_given
from harness.cli.output import counted, tell
from harness.model.errors import UsageError, meant

_S_PER_MINUTE = 60
_OTHER_FILE: Final = "; or name by --claims the file that has it"

type Chosen = dict[str, object]


def pursue(
    claim_id: str, file: Path, minutes: float | None, app_names: tuple[str, ...], chosen: Chosen
) -> tuple[Pursuit, tuple[str, ...], Chosen]:
    """The pursuit of a claim, the apps it is about, and the options narrowed to what it needs.

    What the user chose stands: a claim narrows only what was left open. What bounds the run is told.

    Raises:
        UsageError: there is no such claim, or none that any profile can measure.
    """
    claims = read_claims(file)
    claim = next((each for each in claims.claim if each.id == claim_id), None)
    if claim is None:
        known = [each.id for each in claims.claim]
        raise UsageError(
            f"there is no claim '{claim_id}' in {file}",
            hint=f"{meant(claim_id, known)}choose from: {', '.join(known)}{_OTHER_FILE if file == ARTICLE else ''}",
        )
    if claim.not_testable is not None:
        raise UsageError(f"'{claim_id}' can't be measured: {claim.not_testable}", hint="choose a testable claim")
    needs = needs_of(claim)
    endpoints = tuple(each.value for each in endpoints_for(needs))
    narrowed = {
        **chosen,
        "profile": profile_for(claim).value,
        "workloads": chosen["workloads"] or tuple(each.value for each in needs.workloads),
        "endpoints": chosen["endpoints"] or endpoints,
        "connections": chosen["connections"] or needs.connections,
        "deployments": tuple(each.value for each in needs.deployments),
        "rates": tuple(each.value for each in needs.rates),
        "rounds": chosen["rounds"] or LOOKS[-1],
        "looks": len(LOOKS),
    }
    given = str(chosen["profile"]) if is_given("profile") else None
    for sentence in what_bounds(claim_id, minutes, given, narrowed):
        tell(sentence)
    until_s = None if minutes is None else time.monotonic() + minutes * _S_PER_MINUTE
    return Pursuit(claim, claims.source, until_s), app_names or needs.apps, narrowed


def _over(minutes: float) -> str:
    return "1 minute is" if minutes == 1 else f"{minutes:g} minutes are"


def what_bounds(claim_id: str, minutes: float | None, profile: str | None, narrowed: Chosen) -> Iterator[str]:
    """What is to be known of how long a claim is measured; `profile` is the one that was given, if any."""
    if profile not in {None, narrowed["profile"]}:
        yield (
            f"--profile {profile} is not used: --claim measures by the profile '{narrowed['profile']}', which has what "
            f"{claim_id} needs; --rounds and --minutes end it earlier"
        )
    until = "" if minutes is None else f", or with the round in which {_over(minutes)} over"
    rounds = counted(int(str(narrowed["rounds"])), "round")
    yield f"it ends as soon as {claim_id} is decided{until}; what is announced is all of {rounds}"
