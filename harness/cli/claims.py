"""`bench claims`: what a run says of each claim."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from harness.analysis.analyse import analyse
from harness.analysis.quantities import JudgedRun
from harness.claims.asked import claims_asked_of, file_asked_for
from harness.claims.commands import Origin, origin_of
from harness.claims.evaluate import evaluate
from harness.claims.needs import about_none, concerning_first
from harness.claims.read import ARTICLE, read_claims
from harness.claims.titles import apps_in
from harness.claims.verdict_sentences import listed
from harness.cli import options
from harness.cli.asked_claims import claims_to_read
from harness.cli.output import print_json, say
from harness.cli.recorded import is_sample, read_chosen
from harness.model.verdict import ClaimFinding, ClaimFindings
from harness.report.numbers import NBSP
from harness.report.screen.trust import trust_in
from harness.report.view.cast import Cast
from harness.report.view.quality import quality_view
from harness.report.view.taken_cpus import taken_sentences
from harness.results.run_state import as_it_stands, state_now

_NAMED: Final = 5
"""So many claims that are not shown are named; more are counted."""

_HOLDS_YOURS: Final = "`bench claims RUN --claims FILE` holds yours against it"


def claims(run: str, claims_file: Path | None, apps_dirs: tuple[Path, ...], *, as_json: bool) -> None:
    """Say of each claim whether RUN supports or refutes it, and with which numbers."""
    folder, recorded = read_chosen(run)
    if claims_file:
        file = claims_to_read(claims_file, recorded.run, apps_dirs)
    elif asked := claims_asked_of(folder):
        file, claims_file = asked, file_asked_for(folder, recorded.run.command)
    else:
        file = read_claims(ARTICLE)
    state = state_now(folder, recorded)
    origin = origin_of(recorded.run, folder.name, claims_file, options.at(apps_dirs), under_way=state.under_way)
    if claims_file or origin.folders:
        origin = origin.knowing(apps_in(origin.folders, file))
    judged = JudgedRun(recorded)
    findings = analyse(recorded, judged)
    found = evaluate(file, recorded, findings, judged_run=judged, origin=origin)
    if as_json:
        print_json({"state": asdict(state), **found.model_dump(mode="json")})
        return
    concerning, others = concerning_first(found.claims, recorded.run)
    if found.distrust:
        say(f"This run can't be trusted: {found.distrust}. It decides nothing that rests on its requests.\n")
    elif concerning:
        stands = as_it_stands(findings, recorded, state)
        told = (
            *taken_sentences(stands, Cast(recorded.run, stands.contracts)),
            trust_in(stands, quality_view(recorded.run, stands)).line,
        )
        say("".join(f"{each}\n" for each in told).replace(NBSP, " "))
    shared = _shared_commands(concerning, found)
    for each in concerning:
        _show(each, own_command=all(each not in several for several in shared.values()))
    for command, several in shared.items():
        say(f"One command for {len(several)} claims, {listed([each.claim.id for each in several])}:\n    {command}")
    if others:
        ids = f": {', '.join(each.claim.id for each in others)}" if len(others) <= _NAMED else ""
        instead = "" if concerning else _instead(origin, of_sample=is_sample(run, folder))
        say(f"{about_none(len(others))}, and so not shown (--json has all){ids}{instead}")


def _instead(origin: Origin, *, of_sample: bool) -> str:
    """What to do where no claim is about an app of the run."""
    if origin.file is None:
        return f"; {_HOLDS_YOURS}"
    return f"; `{shlex.join(('bench', 'run', *origin.words))}` measures what they are about" if of_sample else ""


def _shared_commands(concerning: Sequence[ClaimFinding], found: ClaimFindings) -> dict[str, list[ClaimFinding]]:
    """The commands that are those of several claims: of one run for what was not run, and what goes on with the run."""
    by_command: dict[str, list[ClaimFinding]] = {}
    for each in concerning:
        command = found.command if each.claim.id in found.together else each.command
        if command:
            by_command.setdefault(command, []).append(each)
    return {command: several for command, several in by_command.items() if len(several) > 1}


def _show(found: ClaimFinding, *, own_command: bool) -> None:
    say(f"{found.verdict.value.upper():<12}  {found.claim.id}: {found.claim.says}")
    say(f"    {found.sentence}")
    if found.condition_sentence:
        say(f"    {found.condition_sentence}")
    if found.further:
        say(f"    {found.further}")
    if found.out_of_reach:
        say(f"    No further run can decide it: {found.out_of_reach}.")
    if found.command and own_command:
        say(f"    {found.command}")
    if found.again:
        say(f"    Measured once more by:\n    {found.again}")
