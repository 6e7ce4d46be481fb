"""docs/doctor.md has every check as the code has it."""

from pathlib import Path

from harness.host.doctor import RULES

PAGE = Path(__file__).parents[4] / "docs" / "doctor.md"


def test_the_table_has_every_check_with_its_threshold_reason_source_and_reference() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| [")]
    right = [
        f"| [{rule.name}]({rule.reference}) | {rule.threshold} | {rule.why} | {rule.source} |".replace("*", "\\*")
        for rule in RULES
    ]
    assert rows == right, "the table should be:\n" + "\n".join(right)
