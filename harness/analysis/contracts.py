"""Who keeps the contract, by the checks that were made before anything was measured."""

from harness.model.conformance import ContractFinding
from harness.results.records import RecordedRun


def contract_findings(recorded: RecordedRun) -> tuple[ContractFinding, ...]:
    """One for each subject that was checked; a resumed run may have checked it twice, and the last result holds."""
    last = {each.subject: each for each in recorded.conformance}
    return tuple(ContractFinding(subject=subject, failed=each.failed) for subject, each in last.items())
