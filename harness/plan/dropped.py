"""What was asked for and is not in the plan: whoever asked is told."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from harness.catalog.selection import USUAL, Named, asked_of, variants_of
from harness.model.app import App, Endpoint
from harness.model.cell import Workload
from harness.model.plan import Plan
from harness.plan.build import Choices
from harness.plan.offered import measured, profiles_with
from harness.plan.profiles import PROFILES


def dropped(apps: Sequence[App], choices: Choices, plan: Plan) -> Iterator[str]:
    """A sentence on each app that is left out, and on each chosen thing that nothing is measured of."""
    measured = {cell.subject.app for cell in plan.cells}
    yield from _of_apps(apps, choices.named, choices.variants, measured, choices.endpoints)
    yield from _unmeasured(choices, plan)
    if choices.endpoints and not choices.workloads and Workload.FOOTPRINT not in {each.workload for each in plan.cells}:
        yield (
            "without footprints and the probes for security, which go with a run of all endpoints: leave --endpoint "
            "out, or measure them by themselves with --workload footprint"
        )


def without_variants(apps: Sequence[App], named: Named, of_all: Sequence[str]) -> Iterator[str]:
    """A sentence on each app that has none of the variants asked of it, and on each that lacks one."""
    yield from _of_apps(apps, named, of_all, {app.name for app in apps}, ())


def _of_apps(
    apps: Sequence[App],
    named: Named,
    of_all: Sequence[str],
    measured: Collection[str],
    endpoints: Sequence[Endpoint],
) -> Iterator[str]:
    left_out: dict[str, list[App]] = defaultdict(list)
    lacking: dict[str, list[App]] = defaultdict(list)
    for app in apps:
        asked = [each for each in asked_of(app, named, of_all) if each != USUAL]
        if why := _why_left_out(app, asked, measured):
            left_out[why].append(app)
            continue
        for variant in asked:
            if not any(other.resolve(variant) for other in apps if other.base_name == app.base_name):
                reason = app.not_served.get(variant)
                lacking[f"variant '{variant}'" + (f" ({reason})" if reason else "")].append(app)
        for endpoint in endpoints:
            if endpoint not in app.manifest.endpoints:
                lacking[f"endpoint '{endpoint.value}'"].append(app)
    yield from (f"{name} is left out: {why}" for why, of in left_out.items() for name in _names(of, apps))
    yield from (f"without {what}: {', '.join(_names(of, apps))}" for what, of in lacking.items())


def _why_left_out(app: App, asked: Sequence[str], measured: Collection[str]) -> str | None:
    if asked and not any(map(app.resolve, asked)):
        reasons = [app.not_served[each] for each in asked if each in app.not_served]
        return "; ".join((f"it has no variant {_either(asked)} (it has: {', '.join(variants_of(app))})", *reasons))
    if app.name not in measured:
        declared = ", ".join(app.manifest.endpoints)
        return f"nothing that was chosen is measured of what it declares ({declared})"
    return None


def _unmeasured(choices: Choices, plan: Plan) -> Iterator[str]:
    """What no app is measured in, since the profile does not have it, or not together with what else was chosen."""
    for what, asked, found in (
        ("endpoint", choices.endpoints, {cell.endpoint for cell in plan.cells}),
        ("workload", choices.workloads, {cell.workload for cell in plan.cells}),
        ("connections", choices.connections, {cell.connections for cell in plan.cells}),
    ):
        for each in asked:
            if each in found:
                continue
            if each is Workload.FOOTPRINT and choices.endpoints:
                yield "--endpoint leaves footprint out: leave --endpoint out"
            elif isinstance(each, Workload) and not measured(each, PROFILES[choices.profile]):
                yield (
                    f"nothing is measured of workload {each}: the profile '{choices.profile.value}' has none; "
                    f"{profiles_with(each)} have"
                )
            else:
                yield (
                    f"nothing is measured of {what} {each}: the profile '{choices.profile.value}' has none "
                    "together with what else was chosen"
                )


def _names(of: Sequence[App], apps: Sequence[App]) -> list[str]:
    """By its usual name an app of which that holds in each revision and on each interpreter."""
    every = Counter(app.base_name for app in apps)
    here = Counter(app.base_name for app in of)
    names = (app.base_name if here[app.base_name] == every[app.base_name] else app.name for app in of)
    return list(dict.fromkeys(names))


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)
