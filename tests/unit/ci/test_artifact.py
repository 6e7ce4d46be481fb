"""Whatever a pull request's job leaves: known names and bounded numbers are taken, or nothing."""

import io
import json
import stat
import zipfile
from itertools import batched
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ci import predecessor
from harness.ci.artifact import LARGEST_ARTIFACT_BYTES, figures, taken
from harness.ci.comment import comment
from harness.cli.compare import show
from harness.comparison.across import compare
from harness.comparison.within import compare_within
from harness.model.app_change import AppChange, AppOutcome, Beside
from harness.model.claim import Metric
from harness.model.errors import PullRequestError
from harness.model.findings import Estimate
from harness.model.plan import SequentialTest
from tests.unit.comparison.simulated import QUICK, a_run
from tests.unit.comparison.test_app_test import of_two_revisions

APPS = ("flask", "tiny")
SHA = "a" * 40
HOSTILE = "tiny` | 0 | **fast** |\n<!-- --> </details> ::add-mask::x \x1b[2J @everyone"
TAKEN = {"app", "outcome", "cpu", "cells", "planned", "rounds", "beside"}
"""Of an app, what is taken."""


def app(**changes: object) -> dict[str, Any]:
    ratio = {"value": 1.05, "low": 1.02, "high": 1.08}
    return {"app": "tiny", "outcome": "slower", "cpu": ratio, "cells": 3, "rounds": 8, "beside": []} | changes


def beside(*apps: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"found": {"apps": list(apps), "test": {"alpha": 0.05, "detect": 0.03} | changes}}


def document(data: object) -> bytes:
    return json.dumps(data).encode()


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data, compress_type=how)
    return packed.getvalue()


GOOD = document(beside(app()))


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("beside.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def lying(size: int) -> bytes:
    """An entry that says it is so large."""
    packed = bytearray(zipped(("beside.json", GOOD)))
    header = packed.index(b"PK\x01\x02")
    packed[header + 24 : header + 28] = size.to_bytes(4, "little")
    return bytes(packed)


def refusal(artifact: bytes) -> str:
    with pytest.raises(PullRequestError) as refused:
        taken(artifact, APPS)
    said = str(refused.value)
    assert refused.value.exit_code == 2
    assert said.isprintable()
    return said


def test_what_was_measured_is_taken() -> None:
    found = taken(zipped(("beside.json", GOOD)), APPS).found
    assert found
    assert [(each.app, each.outcome, each.rounds) for each in found.apps] == [("tiny", "slower", 8)]


@pytest.mark.fault(
    where="git",
    what="A pull request's job leaves something else than figures for the comment",
    happens="It is refused, and no word of it is shown; an earlier comment stays as it was.",
    lost="What was measured of that commit",
    exit_code=2,
)
@pytest.mark.parametrize(
    ("artifact", "named"),
    [
        (b"", "no zip file"),
        (b"PK\x03\x04" + b"\0" * 100, "no zip file"),
        (zipped(), "something else"),
        (zipped(("beside.json", GOOD), ("comment.md", b"# forged")), "something else"),
        (zipped(("beside.json", GOOD), ("../beside.json", GOOD)), "something else"),
        (zipped(("../beside.json", GOOD)), "something else"),
        (zipped(("/beside.json", GOOD)), "something else"),
        (zipped((HOSTILE, GOOD)), "something else"),
        (zipped((link(), b"/proc/self/environ")), "no regular file"),
        (zipped(("beside.json", GOOD), how=zipfile.ZIP_LZMA), "unusual way"),
        (zipped(("beside.json", b" " * 200_000_000)), "larger than"),
        (lying(200_000_000), "larger than"),
        (zipped(("beside.json", GOOD))[:-30], "no zip file"),
        (zipped(("beside.json", GOOD), how=zipfile.ZIP_STORED).replace(GOOD, b"?" * len(GOOD)), "no zip file"),
    ],
    ids=[
        "nothing", "no zip", "empty", "another file", "a second one above", "above", "from the root", "a name",
        "a link", "LZMA", "a bomb", "a lie", "cut off", "damaged",
    ],
)  # fmt: skip
def test_a_zip_file_is_refused_that_holds_anything_else(artifact: bytes, named: str) -> None:
    assert named in refusal(artifact)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b"\xff\xfe",
        b"null",
        document(beside()),
        document(beside(app(app=HOSTILE))),
        document(beside(app(app="django"))),
        document(beside(app(), app())),
        document(beside(*[app()] * 300)),
        document(beside(app(outcome=HOSTILE))),
        document(beside(app(cpu=None))),
        document(beside(app(cpu={"value": float("nan"), "low": float("nan"), "high": float("nan")}))),
        document(beside(app(cpu={"value": 1.0, "low": 0.9, "high": float("inf")}))),
        document(beside(app(cpu={"value": 1e300, "low": 1e300, "high": 1e300}))),
        document(beside(app(cpu={"value": 1.0, "low": 1.2, "high": 1.3}))),
        document(beside(app(cpu={"value": "1.0", "low": 1.0, "high": 1.0}))),
        document(beside(app(cpu={"value": -1.0, "low": -1.0, "high": 1.0}))),
        document(beside(app(rounds=10**30))),
        document(beside(app(rounds=8.5))),
        document(beside(app(cells=True))),
        document(beside(app(beside=[{"metric": HOSTILE, "ratio": {"value": 1.0, "low": 1.0, "high": 1.0}}]))),
        document(beside(app(beside=[{"metric": "p50", "ratio": {"value": 1.0, "low": 1.0, "high": 1.0}}] * 1_000))),
        document(beside(app(), alpha=float("nan"))),
        document(beside(app(), alpha=1e-300)),
        document(beside(app(), detect=HOSTILE)),
    ],
)
def test_a_document_is_refused_that_says_anything_else(data: bytes) -> None:
    assert "beside.json of the artifact" in refusal(zipped(("beside.json", data)))


def test_whatever_bench_ci_writes_can_be_taken() -> None:
    ratio = Estimate(value=1.05, low=1.02, high=1.08, log_standard_error=0.01)
    apps = tuple(
        AppChange(
            app="flask" if number else "tiny",
            a="Flask (as of main)",
            b="Flask",
            outcome=outcome,
            reason="in B: it broke",
            cpu=None if outcome in {AppOutcome.INVALID, AppOutcome.BROKEN, AppOutcome.UNCHECKED} else ratio,
            cells=2,
            planned=3,
            rounds=32,
            beside=tuple(Beside(metric=metric, ratio=ratio, cells=3) for metric in Metric),
        )
        for pair in batched(AppOutcome, 2, strict=False)
        for number, outcome in enumerate(pair)
    )
    some = compare(a_run(1, QUICK), a_run(2, QUICK))
    for pair in batched(apps, 2, strict=False):
        measured = some.model_copy(update={"apps": pair, "test": SequentialTest(looks=(4, 6), alpha=0.01)})
        written = predecessor.Beside(base="main", left_out=("app 'new' is not in main",), found=measured)
        found = figures(written.model_dump_json(indent=1).encode(), APPS).found
        assert found
        assert [each.model_dump() for each in found.apps] == [
            {**each, "cpu": taken_of(each["cpu"]), "beside": tuple(map(taken_of, each["beside"]))}
            for each in (app.model_dump(include=TAKEN) for app in pair)
        ]
        assert comment(found, SHA)
    nothing = predecessor.Beside(base="main", why_not="no app differs from it")
    assert figures(nothing.model_dump_json().encode(), APPS).found is None


def test_what_the_action_leaves_of_a_framework_s_sources_can_be_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """It wraps what `bench compare RUN --json` says: see action.yml."""
    measured = compare_within(of_two_revisions(0.10), "ab")
    show(measured, as_json=True)
    printed = capsys.readouterr().out.strip()
    found = figures(f'{{"found": {printed}}}\n'.encode(), ["app0"]).found
    assert found
    (slower,) = found.apps
    assert slower.outcome is AppOutcome.SLOWER
    assert "| `app0` | " in comment(found, SHA)


def taken_of(written: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without what is left where it is."""
    if written is None:
        return None
    if "ratio" in written:
        return {"metric": written["metric"], "ratio": taken_of(written["ratio"])}
    return {name: written[name] for name in ("value", "low", "high")}


def test_the_comment_says_where_cells_are_missing_from_the_mean() -> None:
    some, every = (comment(figures(document(beside(app(cells=2, planned=of))), APPS).found, SHA) for of in (3, 2))
    assert "- `tiny`: 2 of 3 cells, as the others have no figure, " in some
    assert "- `tiny`: 2 cells, " in every


def test_no_text_of_it_is_in_the_comment() -> None:
    ratio = {"value": 0.9, "low": 0.8, "high": 0.95, HOSTILE: HOSTILE}
    other = {"metric": "throughput_rps", "ratio": ratio, "words": HOSTILE}
    said = {"a": HOSTILE, "b": HOSTILE, "reason": HOSTILE, HOSTILE: HOSTILE, "beside": [other]}
    hostile = beside(app(**said), app(app="flask", outcome="breaks the contract", cpu=None, **said))
    hostile |= {"base": HOSTILE, "why_not": HOSTILE, "left_out": [HOSTILE], HOSTILE: HOSTILE}
    hostile["found"] |= {"app_changes": [HOSTILE], "distrusted": [HOSTILE], "a": {"name": HOSTILE}}
    plain = beside(app(beside=[other]), app(app="flask", outcome="breaks the contract", cpu=None, beside=[other]))
    found = figures(document(hostile), APPS).found
    assert comment(found, SHA) == comment(figures(document(plain), APPS).found, SHA)


def test_an_app_that_could_not_be_checked_is_not_said_to_break_the_contract() -> None:
    said = comment(figures(document(beside(app(outcome="could not be checked", cpu=None))), APPS).found, SHA)
    assert "| `tiny` | not known | not known | could not be checked |" in said
    assert "contract" not in said


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(where=st.sampled_from(sorted(TAKEN)), what=json_like)
def test_whatever_stands_in_a_field_the_comment_is_a_table_of_two_rows(where: str, what: object) -> None:
    data = document(beside(app(**{where: what}), app(app="flask")))
    try:
        text = comment(figures(data, APPS).found, SHA)
    except PullRequestError:
        return
    assert len([line for line in text.splitlines() if line.startswith("|")]) == 2 + 2
    assert text.replace("\n", "").isprintable()
    assert text.count("<!--") == text.count("<details>") == text.count("</details>") == 1


def test_the_comment_on_all_that_could_be_taken_is_short_enough_for_github() -> None:
    names = [f"app{number:03}" + "x" * 34 for number in range(200)]
    cpu = {"value": 9.87654, "low": 8.7654, "high": 1e4}
    metrics = ("throughput_rps", "start_s", "memory_loaded_bytes", "latency_p50_us")
    others = [{"metric": metric, "ratio": cpu} for metric in metrics]
    data = document(beside(*[app(app=name, cpu=cpu, outcome="no slow-down", beside=others) for name in names]))
    assert len(data) < LARGEST_ARTIFACT_BYTES
    text = comment(figures(data, names).found, SHA)
    assert len(text) < 65_536
    assert len([line for line in text.splitlines() if line.startswith("| `app")]) == 200
    assert "and 800 more." in text
