"""What `bench verify` says of one variant."""

import pytest

from harness.cli.verify import _exit_code, _outdated, _show
from harness.measure.verify import Verdict
from harness.model.app import App, Endpoint, NotOffered
from harness.model.cell import Subject
from harness.model.conformance import CheckResult, ConformanceReport, Outcome, Target
from harness.model.errors import ExitCode
from tests.unit.plan.manifests import app_with


def result(check: str, outcome: Outcome, found: str) -> CheckResult:
    return CheckResult(check=check, endpoint=None, outcome=outcome, found=found, expected="as it is", elapsed_s=0.1)


def test_a_check_that_is_skipped_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConformanceReport(
        target=Target(host="127.0.0.1", port=8000),
        results=(result("404", Outcome.PASSED, "404"), result("processes", Outcome.SKIPPED, "they can't be seen")),
    )
    app = app_with("flask", ("hello",), default=())
    _show(Verdict(subject=Subject(app="flask", variant="default"), report=report), (app,))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("ok     flask/default: 1 passed, 1 skipped")
    assert second == "  skipped server, processes: they can't be seen"


def test_an_app_on_several_interpreters_is_told_with_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConformanceReport(
        target=Target(host="127.0.0.1", port=8000), results=(result("404", Outcome.PASSED, "404"),)
    )
    app = app_with("flask", ("hello",), default=()).model_copy(update={"revision": "on CPython 3.14.0"})
    _show(Verdict(subject=Subject(app="flask", variant="default"), report=report), (app,))
    assert capsys.readouterr().out.startswith("ok     flask/default on CPython 3.14.0: ")


def test_what_was_not_available_was_not_checked_and_so_is_no_success() -> None:
    report = ConformanceReport(
        target=Target(host="127.0.0.1", port=8000), results=(result("404", Outcome.PASSED, "404"),)
    )
    sound = Verdict(subject=Subject(app="flask", variant="default"), report=report)
    assert _exit_code([sound]) is ExitCode.OK
    assert _exit_code([sound], unchecked=True) is ExitCode.INCOMPLETE
    broken = sound.model_copy(update={"report": None, "fault": "it ended"})
    assert _exit_code([sound, broken], unchecked=True) is ExitCode.CONFORMANCE


def test_the_same_hint_is_given_once(capsys: pytest.CaptureFixture[str]) -> None:
    failed = [result(each, Outcome.FAILED, "404").model_copy(update={"hint": "mend it"}) for each in ("one", "two")]
    report = ConformanceReport(target=Target(host="127.0.0.1", port=8000), results=tuple(failed))
    app = app_with("flask", ("hello",), default=())
    _show(Verdict(subject=Subject(app="flask", variant="default"), report=report), (app,))
    said = capsys.readouterr().out
    assert said.count("found 404") == 2
    assert said.count("hint: mend it") == 1


def test_the_log_behind_failed_checks_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConformanceReport(
        target=Target(host="127.0.0.1", port=8000), results=(result("404", Outcome.FAILED, "500"),)
    )
    app, subject = app_with("flask", ("hello",), default=()), Subject(app="flask", variant="default")
    _show(Verdict(subject=subject, report=report, log_excerpt="KeyError: 'ids'"), (app,))
    assert capsys.readouterr().err.splitlines() == ["what flask/default logged as a check failed:", "KeyError: 'ids'"]
    _show(Verdict(subject=subject, report=report, log_excerpt=""), (app,))
    assert capsys.readouterr().err == "", "where nothing was written, there is nothing to head"


def test_why_a_server_could_not_be_checked_has_its_own_headings(capsys: pytest.CaptureFixture[str]) -> None:
    app, subject = app_with("flask", ("hello",), default=()), Subject(app="flask", variant="default")
    hint = "start it by hand\nthe end of its log:\nKeyError"
    _show(Verdict(subject=subject, report=None, fault="ended at its start", log_excerpt=hint), (app,))
    assert capsys.readouterr().err.splitlines() == f"hint: {hint}".splitlines()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("flask/default ended at its start", "FAILED flask/default ended at its start"),
        ("flask has no program 'gunicron'", "FAILED flask/default: flask has no program 'gunicron'"),
        ("flask/default2 is another", "FAILED flask/default: flask/default2 is another"),
    ],
)
def test_who_is_named_by_what_went_wrong_is_named_once(
    capsys: pytest.CaptureFixture[str], fault: str, said: str
) -> None:
    app, subject = app_with("flask", ("hello",), default=()), Subject(app="flask", variant="default")
    _show(Verdict(subject=subject, report=None, fault=fault), (app,))
    assert capsys.readouterr().out == f"{said}\n"


def test_what_is_not_offered_is_told_with_the_reason_and_apart_from_what_is_not_declared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    why = NotOffered(why="WSGI has no WebSocket.", extension="flask-sock")
    app = app_with("flask", tuple(each for each in Endpoint if each is not Endpoint.CHAT), default=())
    app = app.model_copy(update={"manifest": app.manifest.model_copy(update={"not_offered": {Endpoint.CHAT: why}})})
    report = ConformanceReport(target=Target(host="127.0.0.1", port=8000), results=())
    _show(Verdict(subject=Subject(app="flask", variant="default"), report=report), (app,))
    first, second = capsys.readouterr().out.splitlines()
    assert "not declared" not in first
    assert second == "  not offered, chat: WSGI has no WebSocket. See flask-sock."


def test_checks_that_were_not_made_are_one_line_for_each_cause(capsys: pytest.CaptureFixture[str]) -> None:
    cause = "/chat fails its plain request"
    left = [result(each, Outcome.NOT_MADE, cause) for each in ("own messages", "pings", "closing")]
    failed = result("handshake", Outcome.FAILED, "status 404, no body").model_copy(update={"endpoint": Endpoint.CHAT})
    report = ConformanceReport(target=Target(host="127.0.0.1", port=8000), results=(failed, *left))
    app = app_with("flask", ("chat",), default=())
    _show(Verdict(subject=Subject(app="flask", variant="default"), report=report), (app,))
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("FAILED flask/default: 1 failed, 3 not made")
    assert said[1:] == [
        "  chat, handshake: found status 404, no body",
        "    expected: as it is",
        f"  3 further checks not made: {cause}",
    ]


DECLARED = "answers 404 to HEAD, https://example.org/issues/1"


def deviating(outcome: Outcome) -> tuple[Verdict, tuple[App, ...]]:
    """What was found of an app whose manifest says that its framework deviates in `head`."""
    app = app_with("robyn", tuple(each for each in Endpoint), default=())
    app = app.model_copy(update={"manifest": app.manifest.model_copy(update={"deviates": {"head": DECLARED}})})
    head = result("HEAD", outcome, "status 404")
    head = head.model_copy(update={"declared": DECLARED if outcome is Outcome.DEVIATES else None})
    report = ConformanceReport(
        target=Target(host="127.0.0.1", port=8000), results=(result("404", Outcome.PASSED, "404"), head)
    )
    return Verdict(subject=Subject(app="robyn", variant="default"), report=report), (app,)


def test_what_deviates_as_is_declared_is_counted_by_itself_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    verdict, apps = deviating(Outcome.DEVIATES)
    _show(verdict, apps)
    assert capsys.readouterr().out.splitlines() == [
        "ok     robyn/default: 1 passed, 1 deviates",
        "  deviates in HEAD: found status 404",
        f"    as is declared: {DECLARED}",
    ]
    assert _exit_code([verdict]) is ExitCode.OK
    assert not list(_outdated(apps, [verdict]))


def test_a_deviation_that_is_declared_and_not_found_any_more_is_told() -> None:
    verdict, apps = deviating(Outcome.PASSED)
    (told,) = _outdated(apps, [verdict])
    assert told == "robyn does not deviate in 'head': take that out of its manifest"
    assert not list(_outdated(apps, [])), "nothing is known of who was not checked"
