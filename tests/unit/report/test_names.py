"""How a deployment is named, also where server, variant and framework are called the same."""

import subprocess
from pathlib import Path

import pytest

from harness.model.cell import Subject
from harness.model.run import Deployment, Start
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.command_words import command_words
from harness.report.view.deployments import deployments_view
from harness.report.view.footprint import footprint_view
from harness.report.write import write_report
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
LIKE = RUN.deployments[0]


def label(
    *words: str, beside: str = "", revision: str | None = None, own: bool = False, twin: bool = False
) -> SubjectLabel:
    """The label of title, variant and server; `beside` is another variant of the same app."""
    title, variant, server = words
    app = "one" if revision is None else "one@other"
    subject = Subject(app=app, variant=variant, twin=twin)
    subjects = [subject, *([Subject(app=app, variant=beside)] if beside else [])]
    deployed = LIKE.model_copy(
        update={"subject": subject, "title": title, "server": server, "revision": revision, "own_server": own}
    )
    plan = RUN.plan.model_copy(update={"subjects": tuple(subjects)})
    return Cast(RUN.model_copy(update={"plan": plan, "deployments": (deployed,)})).label(subject)


@pytest.mark.parametrize(
    ("named", "in_sentence", "deployment"),
    [
        (
            label("Flask", "controlled", "gunicorn gthread"),
            "Flask (controlled, gunicorn gthread)",
            "controlled, gunicorn gthread",
        ),
        (
            label("Flask", "default", "gunicorn gthread", beside="controlled"),
            "Flask (default, gunicorn gthread)",
            "default, gunicorn gthread",
        ),
        (label("Litestar", "granian", "granian", beside="controlled"), "Litestar (granian)", "granian"),
        (label("Litestar", "granian", "Granian"), "Litestar (Granian)", "Granian"),
        (label("Flask", "gunicorn-sync", "gunicorn sync", beside="default"), "Flask (gunicorn sync)", "gunicorn sync"),
        (label("aiohttp", "default", "aiohttp"), "aiohttp (default, aiohttp)", "default, aiohttp"),
        (label("aiohttp", "default", "aiohttp", own=True), "aiohttp (default, own server)", "default, own server"),
        (
            label("CherryPy", "default", "cheroot", own=True),
            "CherryPy (default, own server cheroot)",
            "default, own server cheroot",
        ),
        (
            label("aiohttp", "default", "aiohttp", own=True, revision="with aiohttp<3.13"),
            "aiohttp (with aiohttp<3.13, default, own server)",
            "with aiohttp<3.13, default, own server",
        ),
        (
            label("Flask", "default", "gunicorn gthread", beside="controlled", revision="as of v1.2"),
            "Flask (as of v1.2, default, gunicorn gthread)",
            "as of v1.2, default, gunicorn gthread",
        ),
        (
            label("Robyn", "robyn", "Robyn", own=True, beside="controlled", twin=True),
            "Robyn (robyn, own server, second copy)",
            "robyn, own server, second copy",
        ),
    ],
)
def test_a_name_says_nothing_twice_and_leaves_nothing_out(
    named: SubjectLabel, in_sentence: str, deployment: str
) -> None:
    assert (named.in_sentence, named.deployment) == (in_sentence, deployment)


def test_a_reader_who_filters_by_a_variant_finds_whatever_serves_as_it() -> None:
    """Also where its own name is not shown, since the server has the same."""
    deployed = LIKE.model_copy(update={"also": ("default",), "server": "granian"})
    cast = Cast(RUN.model_copy(update={"deployments": (deployed,)}))
    assert cast.label(deployed.subject).words.split()[:2] == [deployed.subject.variant, "default"]
    assert label("Litestar", "granian", "granian").words.split()[0] == "granian"


def deployed(command: tuple[str, ...], *, workers: int = 1, **environment: str) -> Deployment:
    subject = Subject(app="one", variant="default", workers=workers)
    return LIKE.model_copy(update={"subject": subject, "command": command, "environment": environment})


@pytest.mark.parametrize(
    ("deployment", "words"),
    [
        (deployed(("serve", "--workers", "${WORKERS}")), "serve --workers 1"),
        (deployed(("serve", "--workers", "$WORKERS"), workers=4), "serve --workers 4"),
        (deployed(("serve", "--bind=${HOST}:${PORT}")), 'serve "--bind=${HOST}:${PORT}"'),
        (deployed(("serve", "--at=${WHERE}"), WHERE="a b"), "serve '--at=a b'"),
        (deployed(("sh", "-c", "echo $$HOME `x` ${PORT}")), 'sh -c "echo \\$HOME \\`x\\` ${PORT}"'),
        (deployed(("echo", "costs 5$")), "echo 'costs 5$'"),
    ],
)
def test_a_command_is_shown_as_a_shell_takes_it(deployment: Deployment, words: str) -> None:
    assert command_words(deployment) == words


def test_a_shell_gives_the_program_the_words_that_it_was_started_with() -> None:
    shown = command_words(deployed(("printf", "%s|", '${HOST}:${PORT} "q" $$x `y` \\', "${WORKERS}")))
    given = {"HOST": "127.0.0.1", "PORT": "80", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", shown], env=given, capture_output=True, text=True, check=True)
    assert done.stdout == '127.0.0.1:80 "q" $x `y` \\|1|'


def test_two_revisions_of_an_app_are_told_apart_by_their_headings() -> None:
    other = LIKE.model_copy(
        update={"subject": Subject(app=f"{LIKE.subject.app}@v1", variant=LIKE.subject.variant), "revision": "as of v1"}
    )
    both = RUN.model_copy(update={"deployments": (LIKE, other)})
    titles = [app.title for app in deployments_view(both, FINDINGS, STARTS, (), Cast(both)).apps]
    assert titles == [LIKE.title, f"{LIKE.title} (as of v1)"]


def test_what_has_no_import_time_says_why(tmp_path: Path) -> None:
    subject = LIKE.subject
    why = "its code imports nothing of aiohttp"
    starts: list[Start] = [
        start.model_copy(update={"import_s": None, "import_unknown": why if start.subject == subject else None})
        for start in STARTS
    ]
    view = footprint_view(RUN, FINDINGS, starts, Cast(RUN))
    rows = {row.label.key: row for row in view.rows}
    assert rows[subject.key].import_unknown == why
    assert {row.import_unknown for key, row in rows.items() if key != subject.key} == {"not timed"}
    assert view.unknown_imports == (f"{LIKE.title}: {why}",)
    assert rows["wsgi/controlled"].installed_unknown == "no framework"
    page = write_report(tmp_path, RUN, FINDINGS, CLAIMS, starts).read_text(encoding="utf-8")
    assert f"How long an import takes is not known of {LIKE.title}: {why}." in page
    assert page.count(why) == 1, "below the table, where it makes no column wide"
    assert page.count("<small>not known</small>") == 1
