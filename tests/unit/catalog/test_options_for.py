"""The options that ask for some variants of some apps: short, and understood by every command as they were meant."""

import shlex
from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.catalog.selection import USUAL, asked_of, options_for, variants_named
from harness.cli import options
from harness.cli.given.unused import refuse_unused
from harness.cli.main import bench
from tests.unit.plan.manifests import app_with

VARIANTS = ("controlled", "default", "granian", USUAL)
wanted_of_apps = st.dictionaries(
    st.sampled_from(("muffin", "roll", "scone", "tart")),
    st.sets(st.sampled_from(VARIANTS), min_size=1),
    min_size=1,
)


def understood(words: Collection[str]) -> dict[str, set[str]]:
    """By app, the variants that `bench run` takes the words for."""
    context = bench.commands["run"].make_context("run", list(words))
    refuse_unused(context, (options.VARIANTS_BESIDE_NAMES,))
    names, of_all = context.params["app_names"], context.params["variants"]
    named, apps = variants_named(names), {name.partition("/")[0] for name in names}
    return {app: set(asked_of(app_with(app, ("json",), default=()), named, of_all)) or {USUAL} for app in apps}


@given(wanted_of_apps)
def test_they_are_understood_as_they_were_meant(wanted: Mapping[str, Collection[str]]) -> None:
    words = options_for(wanted)
    assert understood(words) == wanted
    assert len(words) <= 2 * sum(map(len, wanted.values()))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"muffin": {USUAL}, "roll": {USUAL}}, "--app muffin --app roll"),
        ({"muffin": {"controlled"}}, "--app muffin/controlled"),
        ({"muffin": {"controlled", "default"}}, "--app muffin/controlled --app muffin/default"),
        (
            {"muffin": {"controlled", "default"}, "roll": {"controlled", "default"}},
            "--app muffin --app roll --variant controlled --variant default",
        ),
        (
            {"muffin": {"controlled"}, "roll": {"controlled", "granian"}, "tart": {"controlled"}},
            "--app muffin/controlled --app roll/controlled --app roll/granian --app tart/controlled",
        ),
        ({"muffin": {USUAL, "granian"}, "roll": {"granian"}}, "--app muffin --app muffin/granian --app roll/granian"),
    ],
)
def test_the_shortest_are_told(wanted: Mapping[str, Collection[str]], words: str) -> None:
    assert shlex.join(options_for(wanted)) == words
