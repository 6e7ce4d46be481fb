"""What was asked for and is not in the plan: whoever asked is told."""

from collections.abc import Iterator, Sequence

from harness.catalog.selection import USUAL, asked_of, variants_of
from harness.model.app import App
from harness.model.base import REVISION_SIGN
from harness.model.cell import Workload
from harness.model.plan import Plan
from harness.plan.build import Choices


def dropped(apps: Sequence[App], choices: Choices, plan: Plan) -> Iterator[str]:
    """A sentence on each app that is left out, and on each chosen thing that nothing is measured of."""
    measured = {cell.subject.app for cell in plan.cells}
    lacking: dict[str, list[str]] = {}
    for app in apps:
        asked = [each for each in asked_of(app, choices.named, choices.variants) if each != USUAL]
        if asked and not any(map(app.resolve, asked)):
            yield f"{app.name} is left out: it has no variant {_either(asked)}, but {', '.join(variants_of(app))}"
        elif app.name not in measured:
            declared = ", ".join(app.manifest.endpoints)
            yield f"{app.name} is left out: nothing that was chosen is measured of what it declares ({declared})"
        else:
            for variant in asked:
                if not any(other.resolve(variant) for other in apps if _base(other) == _base(app)):
                    lacking.setdefault(f"variant '{variant}'", []).append(app.name)
            for endpoint in choices.endpoints:
                if endpoint not in app.manifest.endpoints:
                    lacking.setdefault(f"endpoint '{endpoint.value}'", []).append(app.name)
    for what, names in lacking.items():
        yield f"without {what}: {', '.join(names)}"
    yield from _unmeasured(choices, plan)
    if choices.endpoints and not choices.workloads and Workload.FOOTPRINT not in {each.workload for each in plan.cells}:
        yield (
            "without footprints and the probes for security, which go with a run of all endpoints: leave --endpoint "
            "out, or measure them by themselves with --workload footprint"
        )


def _unmeasured(choices: Choices, plan: Plan) -> Iterator[str]:
    """What no app is measured in, since the profile does not have it, or not together with what else was chosen."""
    for what, asked, found in (
        ("endpoint", choices.endpoints, {cell.endpoint for cell in plan.cells}),
        ("workload", choices.workloads, {cell.workload for cell in plan.cells}),
        ("connections", choices.connections, {cell.connections for cell in plan.cells}),
    ):
        for each in asked:
            if each not in found:
                yield (
                    f"nothing is measured of {what} {each}: the profile '{choices.profile.value}' has none "
                    "together with what else was chosen"
                )


def _base(app: App) -> str:
    """Its name without the revision: one of two may have what the other lacks, where they differ by that."""
    return app.name.partition(REVISION_SIGN)[0]


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)
