"""What a run says of each claim of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from harness.analysis.analyse import analyse
from harness.analysis.quantities import JudgedRun
from harness.claims.bench import Bench
from harness.claims.by_itself import command_deciding
from harness.claims.commands import Origin, command_by_profile, command_to_go_on, goes_on
from harness.claims.decide import Weighed, combine, further_rounds
from harness.claims.further import further_sentence, rounds_alone
from harness.claims.holm import ALPHA, LEVEL, among_several, corrected_sentence, in_sequence
from harness.claims.libraries_sentence import libraries_sentence
from harness.claims.needs import concerning_first, needed
from harness.claims.one_run import Ground, advised_run
from harness.claims.verdict_sentences import claim_sentence, condition_sentence, listed
from harness.claims.weigh import comparisons
from harness.claims.within_reach import apps_as_known, is_planned, why_not_by, why_out_of_reach
from harness.model.claim import Claim, ClaimsFile
from harness.model.errors import UsageError
from harness.model.findings import Findings
from harness.model.naming import sentence
from harness.model.plan import ProfileName
from harness.model.run import Run
from harness.model.verdict import ClaimFinding, ClaimFindings, Evidence, Verdict
from harness.plan.pace import pace_shown
from harness.results.records import RecordedRun
from harness.results.resume_command import CLAIM, options_named


def evaluate(
    file: ClaimsFile,
    recorded: RecordedRun,
    findings: Findings | None = None,
    *,
    judged_run: JudgedRun | None = None,
    origin: Origin = Origin(),  # noqa: B008 - frozen
) -> ClaimFindings:
    """Hold every claim against a run.

    Args:
        file: The claims.
        recorded: The run.
        findings: Saves analysing it once more.
        judged_run: Saves judging it once more.
        origin: Of the file, for the commands that measure its claims, and for the titles of apps that the run has not.
    """
    judged_run = judged_run or JudgedRun(recorded)
    bench = Bench(recorded, findings or analyse(recorded, judged_run), origin, judged_run)
    weighed = [_weigh(claim, bench) for claim in file.claim]
    decisive = [each for each in weighed if each.total is not None]
    p_values = {each.claim.id: min(each.total.p_support, each.total.p_refute) for each in decisive if each.total}
    level, first = ALPHA / recorded.run.plan.looks, _made_for(recorded.run)
    first = first if first in p_values else None
    sure = in_sequence(p_values, level, first)
    correction = _Correction(
        sure=frozenset(sure),
        here=level / max(1, len(p_values.keys() - sure - {first})),
        tested=len(p_values.keys() - {first}),
        looks=recorded.run.plan.looks,
        level=level,
        first=first,
    )
    found = [_finding(each, recorded, bench, origin, correction) for each in weighed]
    if file.profile:
        found = [_by_profile(each, file.profile, recorded, origin) for each in found]
    concerning, _ = concerning_first(found, recorded.run)
    not_run = [each for each in concerning if each.verdict is Verdict.NOT_RUN and each.command]
    command, together = _together(not_run, recorded, origin, file.profile)
    return ClaimFindings(
        run_id=recorded.run.run_id,
        source=file.source,
        distrust=bench.distrust,
        decided=len(decisive),
        claims=tuple(found),
        command=command,
        together=together,
    )


def _together(
    not_run: Sequence[ClaimFinding], recorded: RecordedRun, origin: Origin, named: ProfileName | None
) -> tuple[str, tuple[str, ...]]:
    """One command for several that were not run, and their ids: what goes on with the run, or else the run advised."""
    if on := [each for each in not_run if goes_on(each.command)]:
        return on[0].command, tuple(each.claim.id for each in on)
    if len(not_run) == 1:
        return not_run[0].command, (not_run[0].claim.id,)
    claims = [each.claim for each in not_run]
    ground = _ground(claims, recorded, origin)
    by_named = [each.claim for each in not_run if named and each.command == command_by_profile(named, origin)]
    one = advised_run(claims, by_named, ground, origin, named) if claims else None
    return (one.command, tuple(each.id for each in one.claims)) if one else ("", ())


def _ground(claims: Sequence[Claim], recorded: RecordedRun, origin: Origin) -> Ground:
    """Where another run for these claims would be made, and of what."""
    return Ground(
        apps=apps_as_known(claims, recorded, origin.apps),
        cpus=recorded.run.plan.cpus,
        pace=partial(pace_shown, recorded.run),
        deployments=recorded.run.deployments,
    )


@dataclass(frozen=True)
class _WeighedClaim:
    """A claim with its comparisons, before the correction for the number of claims."""

    claim: Claim
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    """What was not run, as a reader says it."""
    total: Weighed | None
    parts: tuple[Weighed, ...]
    """What that is made of. Comparisons that are lacking speak neither for nor against."""


@dataclass(frozen=True)
class _Correction:
    """For how many claims a run tests, and how often it is looked at."""

    sure: frozenset[str]
    """The claims that are decided with it."""
    here: float
    """The level at which this run, if it goes on, decides the next claim."""
    tested: int
    """Claims that are tested at once: without the `first`."""
    looks: int
    level: float
    """Of one look."""
    first: str | None
    """The claim that the run was made for, where it is among these: it is tested first, and alone."""

    def level_of(self, claim: Claim) -> float:
        """At which this run, if it goes on, decides a claim that is open."""
        return self.level if claim.id == self.first else self.here

    def words(self, claim: Claim, verdict: Verdict, p_values: tuple[float, float] | None) -> str:
        """What it took from a claim; empty where it took nothing."""
        if claim.id == self.first:
            return corrected_sentence(verdict, p_values, tested=1, looks=self.looks)
        waits_for = self.first if self.first not in self.sure else None
        return corrected_sentence(verdict, p_values, tested=self.tested, looks=self.looks, waits_for=waits_for)


def _made_for(run: Run) -> str | None:
    """The claim that a run was pursuing, by the command that it was begun with; None where it was for all of them."""
    return next(iter(options_named(run.command, (CLAIM,))[1:]), None) if run.plan.looks > 1 else None


def _weigh(claim: Claim, bench: Bench) -> _WeighedClaim:
    found = [each for condition in claim.condition for each in comparisons(condition, bench)]
    evidence = tuple(each for each, _ in found)
    weighed = [each for _, each in found if each is not None]
    missing = [each.reason for each in evidence if each.verdict is Verdict.NOT_RUN and each.reason]
    parts = (*weighed, *[Weighed(1.0, 1.0)] * (len(evidence) - len(weighed)))
    return _WeighedClaim(
        claim=claim,
        evidence=evidence,
        missing=tuple(dict.fromkeys(missing)),
        total=combine(parts, needed(claim, len(parts))) if weighed else None,
        parts=parts,
    )


def _finding(
    weighed: _WeighedClaim, recorded: RecordedRun, bench: Bench, origin: Origin, correction: _Correction
) -> ClaimFinding:
    verdict = _verdict(weighed, sure=weighed.claim.id in correction.sure)
    total = weighed.total
    decided = verdict in {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_TESTABLE}
    why_so = claim_sentence(weighed.claim, verdict, weighed.evidence, weighed.missing)
    told = verdict in {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE}
    p_values = (total.p_support, total.p_refute) if total else None
    p_value = min(p_values) if p_values else None
    corrected = correction.words(weighed.claim, verdict, p_values)
    among = among_several(weighed.claim, verdict, weighed.evidence, p_value)
    held_with = libraries_sentence(weighed.evidence, bench) if told else ""
    why_not = None if decided else _why_not(weighed.claim, verdict, recorded, bench, origin)
    resumes = not decided and _goes_on(weighed.claim, verdict, recorded, origin)
    further = None
    if verdict is Verdict.INCONCLUSIVE:
        needs = needed(weighed.claim, len(weighed.parts))
        level = correction.level_of(weighed.claim) if resumes else LEVEL
        further = further_rounds(weighed.parts, needs, bench.rounds, level)
    command, few = "", ""
    if resumes and not why_not and not origin.under_way:
        command = command_to_go_on(str(origin.cut_off), origin.folders, origin.made_with)
    elif not (decided or why_not or resumes):
        ground = _ground([weighed.claim], recorded, origin)
        command, few = command_deciding(weighed.claim, ground, origin, rounds_alone(bench.rounds, further))
        why_not = None if command else few or None
    return ClaimFinding(
        claim=weighed.claim,
        verdict=verdict,
        p_value=p_value,
        sentence=" ".join(filter(None, (why_so, corrected, among, held_with))),
        condition_sentence=condition_sentence(weighed.evidence),
        evidence=weighed.evidence,
        rounds=bench.rounds,
        further_rounds=further or None,
        further=_further(weighed, verdict, recorded, further, few, resumes=resumes) if command else "",
        command=command,
        again=_again(weighed.claim, recorded, origin) if verdict in {Verdict.SUPPORTED, Verdict.REFUTED} else "",
        out_of_reach=why_not,
    )


def _again(claim: Claim, recorded: RecordedRun, origin: Origin) -> str:
    """What would decide it anew on this host; empty where nothing would, or no profile has all that it needs."""
    try:
        command, _ = command_deciding(claim, _ground([claim], recorded, origin), origin)
    except UsageError:
        return ""
    return command


def _further(  # noqa: PLR0913 - as above
    weighed: _WeighedClaim, verdict: Verdict, recorded: RecordedRun, further: int | None, few: str, *, resumes: bool
) -> str:
    """What would decide it; `few` is why a run for it alone would not, where the command is of another."""
    if few:
        return sentence(f"A run for this claim alone hardly decides it: {few}")
    if verdict is not Verdict.INCONCLUSIVE:
        return ""
    return further_sentence(weighed.claim, weighed.evidence, recorded, further, resumes=resumes)


def _by_profile(found: ClaimFinding, profile: ProfileName, recorded: RecordedRun, origin: Origin) -> ClaimFinding:
    """One that was not run, with the command by the profile of its file where that decides it, else why not."""
    if found.verdict is not Verdict.NOT_RUN or not found.command or goes_on(found.command):
        return found
    if why := why_not_by(profile, found.claim, recorded, origin.apps):
        told = sentence(f"A run by the profile '{profile.value}', which the file names, does not decide it: {why}")
        return found.model_copy(update={"further": told})
    return found.model_copy(update={"command": command_by_profile(profile, origin)})


def _why_not(claim: Claim, verdict: Verdict, recorded: RecordedRun, bench: Bench, origin: Origin) -> str | None:
    """Why measuring once more is of no use; None where it may be."""
    unfit = bench.unfit(claim) if verdict is Verdict.INVALID else []
    if unfit:
        return f"{listed(unfit)} {'has' if len(unfit) == 1 else 'have'} to be mended first"
    return why_out_of_reach(claim, recorded, origin.apps)


def _goes_on(claim: Claim, verdict: Verdict, recorded: RecordedRun, origin: Origin) -> bool:
    """Whether the rest of a run that is under way, or was cut off, decides a claim; else another run does."""
    may = (origin.under_way or origin.cut_off is not None) and verdict in {Verdict.NOT_RUN, Verdict.INCONCLUSIVE}
    return may and is_planned(claim, recorded)


def _verdict(weighed: _WeighedClaim, *, sure: bool) -> Verdict:
    if weighed.claim.not_testable is not None:
        return Verdict.NOT_TESTABLE
    if sure and weighed.total:
        return Verdict.SUPPORTED if weighed.total.p_support < weighed.total.p_refute else Verdict.REFUTED
    if any(each.verdict is Verdict.INVALID for each in weighed.evidence):
        return Verdict.INVALID
    return Verdict.NOT_RUN if weighed.missing else Verdict.INCONCLUSIVE
