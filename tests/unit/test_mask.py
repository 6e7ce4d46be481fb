"""A secret is taken out of a text however it is spelled there, and ordinary words are left alone."""

import html
import json
import os
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import mask
from harness.mask import hide, hide_variables, masked
from harness.model.conformance import CheckResult, Outcome

SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded in small letters": lambda secret: re.sub(
        "%..", lambda code: code[0].lower(), quote(secret, safe="")
    ),
    "percent-encoded but for slashes": quote,
    "as a form": quote_plus,
    "every byte percent-encoded": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "repr": lambda secret: repr(secret)[1:-1],
    "repr of bytes": lambda secret: repr(secret.encode())[2:-1],
    "HTML": html.escape,
    "a shell's word": shlex.quote,
    "libpq's word": lambda secret: secret.replace("\\", "\\\\").replace("'", "\\'"),
    "read as Latin-1": lambda secret: secret.encode().decode("latin-1"),
}

HARD = "Pl4nted:s@cr/t? #%&=+\\'\"<ü€"


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mask, "_hidden", {})


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_found_in_every_spelling(spelling: str) -> None:
    hide(HARD)
    spelled = SPELLINGS[spelling](HARD)
    assert masked(f"before {spelled} after").replace("'***'", "***") == "before *** after"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40))
def test_any_strong_secret_is_found_in_any_spelling(secret: str) -> None:
    mask._hidden.clear()
    hide(secret)
    if not mask.is_strong(secret):
        return
    for name, spell in SPELLINGS.items():
        assert spell(secret).strip("'") not in masked(f"({spell(secret)})"), name


def test_a_secret_may_be_any_bytes() -> None:
    hide_variables({"API_TOKEN": os.fsdecode(b"Pl4nted\xe4\xff!")})
    assert masked(os.fsdecode(b"log: Pl4nted\xe4\xff!")) == "log: ***"
    assert masked("log: Pl4nted%E4%ff!") == "log: ***"


def test_the_first_half_of_a_secret_that_was_cut_off_is_taken_out() -> None:
    hide("Plant3d-Secret-Value")
    for length in range(10, 20):
        assert masked(f"a body of {'Plant3d-Secret-Value'[:length]}...") == "a body of ***..."


def test_each_line_of_a_key_is_a_secret() -> None:
    hide("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nq83vbn2Vb9WmmQ1Zq0eX\n-----END KEY-----")
    assert masked("log: MIIEvQIBADANBgkqhkiG9w0\nlog: q83vbn2Vb9WmmQ1Zq0eX") == "log: ***\nlog: ***"


def test_a_weak_password_is_taken_out_where_it_is_a_word_or_called_a_password() -> None:
    hide("postgres")
    hide("p")
    assert masked("postgresql, postgres") == "postgresql, ***"
    assert masked("host=h password=p: p of 5") == "host=h password=***: p of 5"
    assert masked("'password': 'p'") == "'password': '***'"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("https://x-access-token:ghs_16C7e42F@github.com/a/b.git", "https://x-access-token:***@github.com/a/b.git"),
        ("https://ghp_16C7e42F@github.com/a/b.git", "https://***@github.com/a/b.git"),
        ("postgresql+asyncpg://u:p@ss@host/db", "postgresql+asyncpg://u:***@host/db"),
        ("postgresql://host/db?user=u&password=p&x=1", "postgresql://host/db?user=u&password=***&x=1"),
        ("ssh://me:secret@host", "ssh://me:***@host"),
        ("postgresql://bench@/bench?host=/tmp/x", "postgresql://bench@/bench?host=/tmp/x"),
        ("see https://example.com/a:b/c or me@example.com", "see https://example.com/a:b/c or me@example.com"),
    ],
)
def test_what_stands_as_a_password_in_an_address_is_taken_out_though_nobody_hid_it(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_variables_named_as_secrets_are_hidden_and_others_are_not() -> None:
    hide_variables(
        {
            "GITHUB_TOKEN": "ghs_0123456789",
            "UV_INDEX_URL": "https://__token__:pypi-AgEIcH%21@index.example/simple",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG",
            "TOKEN_REQUIRED": "required",
            "SECRET_FILE": "/run/secrets/file",
            "EDITOR": "emacs -nw 12",
        }
    )
    assert masked("ghs_0123456789 pypi-AgEIcH! wJalrXUtnFEMI/K7MDENG") == "*** *** ***"
    assert masked("required /run/secrets/file emacs -nw 12") == "required /run/secrets/file emacs -nw 12"


def test_where_a_shell_is_is_no_secret_though_others_call_a_password_so() -> None:
    hide_variables({"PWD": "/home/me/project-1", "OLDPWD": "/home/me/project-2", "ORACLE_PWD": "tiger-77-stripes"})
    assert (
        masked("/home/me/project-1 /home/me/project-2 tiger-77-stripes") == "/home/me/project-1 /home/me/project-2 ***"
    )


def test_of_variables_that_are_published_no_secret_is_shown() -> None:
    given = {
        "DATABASE_URL": "postgresql://me:secret@host:5432/db?x=1",
        "SECRET_KEY": "dev",
        "PORT": "1",
        "URL": "postgresql://me@/db?host=/run/pg",
    }
    assert mask.without_secrets(given) == {
        "DATABASE_URL": "postgresql://me:***@host:5432/db?x=1",
        "SECRET_KEY": "***",
        "PORT": "1",
        "URL": "postgresql://me@/db?host=/run/pg",
    }


def test_a_longer_secret_is_not_torn_by_one_that_is_a_part_of_it() -> None:
    hide("Pl4nted-")
    hide("host=h password=Pl4nted-", "host=h password=***")
    assert masked("host=h password=Pl4nted-") == "host=h password=***"


def test_a_text_from_outside_is_written_down_without_secrets() -> None:
    hide("Pl4nted-secret")
    result = CheckResult(
        check="c", endpoint=None, outcome=Outcome.FAILED, found="body Pl4nted-secret", expected="e", elapsed_s=0
    )
    assert CheckResult.model_validate_json(result.model_dump_json(context=masked)).found == "body ***"
    assert CheckResult.model_validate_json(result.model_dump_json()) == result
