"""The database that the user names is read by libpq's rules, and its password is never told."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import mask
from harness.mask import masked
from harness.model.errors import UsageError
from harness.runtime.choose import choose_database
from harness.runtime.database.given import given_database

SECRET = "Pl4nted-Password"


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mask, "_hidden", {})


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@host/db",
        f"postgresql://host/db?user=u&password={SECRET}",
        f"postgres://u@host:5432/db?sslpassword={SECRET}&sslmode=require",
        f"host=host dbname=db password={SECRET}",
        f"host=host dbname=db password = '{SECRET}'",
        "postgresql://u:%50l4nted%2DPassword@host/db",
        f"postgresql://u:{SECRET}?#&=@host/db",
    ],
)
def test_every_form_that_libpq_allows_is_shown_without_its_password(url: str) -> None:
    found = given_database({"BENCH_DATABASE_URL": url}, beside_other_tables=False)
    assert found is not None
    assert found.url == url
    assert "host=host" in found.shown
    assert "dbname=db" in found.shown
    for text in (found.shown, repr(found), masked(f"DATABASE_URL={url}"), masked(f"password is {SECRET}")):
        assert SECRET not in text
        assert "50l4nted" not in text
    assert masked(f"DATABASE_URL={url}") == f"DATABASE_URL={found.shown}"


def test_a_database_without_a_password_is_shown_as_it_was_given() -> None:
    url = "postgresql://bench@/bench?host=/tmp/socket"
    found = given_database({"BENCH_DATABASE_URL": url}, beside_other_tables=True)
    assert found is not None
    assert (found.shown, found.beside_other_tables) == (url, True)
    assert masked(f"{url}, postgresql://bench@elsewhere") == f"{url}, postgresql://bench@elsewhere"


@pytest.mark.fault(
    where="database",
    what="`BENCH_DATABASE_URL` can't be read: another scheme, a `%` or `@` too many, no database",
    happens="What is wrong with it is told, without a letter of its password.",
    lost="Nothing has begun",
    exit_code=2,
)
@pytest.mark.parametrize(
    ("url", "named"),
    [
        (f"postgresql+asyncpg://u:{SECRET}@host/db", "postgresql+asyncpg://"),
        (f"mysql://u:{SECRET}@host/db", "mysql://"),
        (f"postgresql://u:{SECRET}%@host/db", "%25"),
        (f"postgresql://u:%zz{SECRET}@host/db", "%25"),
        (f"postgresql://u:@{SECRET}@host/db", "%40"),
        (f"postgresql://u:12/{SECRET}@host/db", "%2F"),
        (f"postgresql://u:{SECRET}?/@host/db", "libpq"),
        (f"{SECRET}", "libpq"),
        (f"postgresql://u:%ff{SECRET}@host/db", "libpq"),
        (f"postgresql://u:\udcff{SECRET}@host/db", "libpq"),
        (f"host=h dbname=d password='{SECRET}", "libpq"),
        (f"postgresql://u:{SECRET}@host/", "names no database"),
        (" ", "names no database"),
    ],
)
def test_one_that_can_not_be_read_is_refused_in_our_words(url: str, named: str) -> None:
    with pytest.raises(UsageError, match="BENCH_DATABASE_URL") as refused:
        given_database({"BENCH_DATABASE_URL": url}, beside_other_tables=False)
    assert named in refused.value.what
    assert SECRET not in str(refused.value)
    assert "postgresql://" in refused.value.hint


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_at_all_is_read_or_refused(url: str) -> None:
    for prefix in ("", "postgresql://", "postgresql://u:p", "host="):
        with suppress(UsageError):
            given_database({"BENCH_DATABASE_URL": prefix + url}, beside_other_tables=False)
    mask._hidden.clear()


def test_what_is_used_is_said_once_and_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:{SECRET}@host/work")
    monkeypatch.delenv("BENCH_DATABASE_URL", raising=False)
    assert choose_database(said.append, beside_other_tables=False) is None
    monkeypatch.setenv("BENCH_DATABASE_URL", f"postgresql://u:{SECRET}@host/bench")
    assert choose_database(said.append, beside_other_tables=False) is not None
    monkeypatch.delenv("BENCH_DATABASE_URL")
    monkeypatch.delenv("DATABASE_URL")
    assert choose_database(said.append, beside_other_tables=False) is None
    ignored, used = said
    assert "DATABASE_URL is not used" in ignored
    assert "dbname=bench" in used
    assert "world and fortune" in used
    assert SECRET not in "".join(said)
