"""What is wrong with a file that users write is said in their words, and by one way for all such files."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.claims.read import ClaimsError, read_claims
from harness.model.errors import ManifestError, meant
from tests.unit.catalog.test_discover import MANIFEST
from tests.unit.claims.test_refused import KEPT, RATIO

PROGRAMMERS_WORDS = ("Input", "input", "valid ", "Value error", "Tuple", "tuple", "String", "Field required", "Extra")


def of_manifest(folder: Path, old: str, new: str) -> tuple[str, str]:
    assert old in MANIFEST
    app = folder / "tiny_app"
    app.mkdir()
    (app / "pyproject.toml").write_text(MANIFEST.replace(old, new))
    (app / "uv.lock").write_text("version = 1\n")
    with pytest.raises(ManifestError) as refused:
        read_app(app)
    return refused.value.what.partition(": tool.bench.")[2], refused.value.hint


def of_claims(folder: Path, text: str, old: str, new: str) -> tuple[str, str]:
    assert old in text
    file = folder / "mine.toml"
    file.write_text(text.replace(old, new))
    with pytest.raises(ClaimsError) as refused:
        read_claims(file)
    return refused.value.what.partition("mine.toml, ")[2], refused.value.hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'why = "It',
            'keep_alive = "some"\nwhy = "It',
            'variants.default.keep_alive: it should be true or false, or "mixed"',
        ),
        ('endpoints = ["hello"]', "endpoints = []", "endpoints: it should not be empty"),
        (
            'why = "It',
            'environment = { PORT = "1" }\nwhy = "It',
            "variants.default.environment: PORT is set by the harness",
        ),
        ('title = "Tiny"', 'title = ""', "title: it should not be empty"),
        ('title = "Tiny"', "title = 1", "title: it should be a text, in quotes"),
        ('title = "Tiny"', f'title = "{"x" * 61}"', "title: it should have at most 60 characters"),
        (
            'family = "micro"',
            'family = "tiny"',
            "family: it should be one of: full-stack, micro, asynchronous, modular, layer, baseline, scaffold",
        ),
        (
            'family = "micro"',
            'family = "micro"\nhomepage = "example.org"',
            "homepage: it should be an address, such as https://example.org/page",
        ),
        (
            'family = "micro"',
            'family = "micro"\nbuilt_on = "My Layer"',
            "built_on: it should be small letters, digits, - and _, at most 40, the first a letter",
        ),
    ],
)
def test_of_a_manifest(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert of_manifest(tmp_path, old, new)[0] == said


AT = "claim 1, condition 1"


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("at_least = 1.5", "atleast = 2", f"line 14: {AT}, atleast: there is no such field", "at_least"),
        ("says =", "say =", "line 5: claim 1, say: there is no such field", "says"),
        ("source =", "sourc =", "line 1: sourc: there is no such field", "source"),
        ("source =", "Source =", "line 1: Source: there is no such field", "source"),
        ('"ratio"', '"Ratio"', f"line 8: {AT}, form: it should be one of: ratio, bound, kept, probe", "ratio"),
        ('"throughput_rps"', '"Throughput_RPS"', f"line 10: {AT}, metric: it should be one of: ", "throughput_rps"),
        ('"every"', '"Every"', f"line 12: {AT}, against: it should be one of: every, median", "every"),
        ('["flask"]', '["Flask"]', f"line 9: {AT}, subjects, entry 1: it should be an app's name", "flask"),
        ('"ratio"', '"ration"', f"line 8: {AT}, form: it should be one of: ratio, bound, kept, probe", "ratio"),
        ('form = "ratio"\n', "", f"line 7: {AT}: it has no 'form'", ""),
        ('"throughput_rps"', '"throughput"', f"line 10: {AT}, metric: it should be one of: ", "throughput_rps"),
        ('["json"]', '["jsno"]', f"line 11: {AT}, endpoints, entry 1: it should be one of: hello, json,", "json"),
        ("at_least = 1.5", "at_least = -1", f"line 14: {AT}, at_least: it should be more than 0", ""),
        ("at_least = 1.5", 'at_least = "2"', f"line 14: {AT}, at_least: it should be a number, without", ""),
        ('"throughput_rps"', '"latency_p99_us"', f"line 7: {AT}, rate: latency_p99_us is measured at a", ""),
        ('id = "first"', 'id = "First one"', "line 4: claim 1, id: it should be small letters, digits, - and _", ""),
        ('subjects = ["flask"]', 'subjects = "flask"', f"line 9: {AT}, subjects: it should be a list", ""),
    ],
)
def test_of_claims(tmp_path: Path, old: str, new: str, said: str, hint: str) -> None:
    what, asked = of_claims(tmp_path, RATIO, old, new)
    assert what.startswith(said)
    assert not any(word in what for word in PROGRAMMERS_WORDS)
    assert asked.startswith(f"is '{hint}' meant? " if hint else "docs/claims.md#a-file-of-your-own ")


@pytest.mark.parametrize(
    ("at", "said"), [('"mots"', "most"), ('"Most"', "most"), ("0", "at least 1"), ("1.5", "a whole number")]
)
def test_a_value_of_several_kinds_is_said_to_be_one_of_them(tmp_path: Path, at: str, said: str) -> None:
    what, hint = of_claims(tmp_path, KEPT, "at = 1000", f"at = {at}")
    assert what.startswith("line 11: claim 1, condition 1, at: it should be ")
    assert said in what
    assert hint.startswith("is 'most' meant? ") == at.startswith('"')
    assert not any(word in what for word in PROGRAMMERS_WORDS)


def test_of_names_that_are_equally_like_no_one_is_singled_out() -> None:
    assert meant("rsgi", ["wsgi", "asgi", "native"]) == "is 'asgi' or 'wsgi' meant? "
    assert meant("flaks", ["flask", "django"]) == "is 'flask' meant? "
    assert meant("app9", ["app1", "app2", "app3"]) == ""


@pytest.mark.parametrize(
    ("name", "known", "nearest"),
    [
        ("margin", ["against", "at_least", "group"], ""),
        ("server", ["serializer", "source"], ""),
        ("timeout", ["title", "also"], ""),
        ("framework", ["frameworks"], "frameworks"),
        ("sourc", ["source", "serializer"], "source"),
        ("atleast", ["at_least", "at_most"], "at_least"),
        ("orn", ["orm", "also"], "orm"),
        ("hullo", ["hello", "json"], "hello"),
        ("endpoint", ["endpoints"], "endpoints"),
        ("requirements", ["environment"], ""),
        ("WSGI", ["asgi", "native", "wsgi"], "wsgi"),
        ("ASGI", ["asgi", "native", "wsgi"], "asgi"),
        ("Nativ", ["asgi", "native", "wsgi"], "native"),
        ("flask", ["FLASK"], "FLASK"),
    ],
)
def test_only_what_is_really_alike_is_guessed_at(name: str, known: list[str], nearest: str) -> None:
    assert meant(name, known) == (f"is '{nearest}' meant? " if nearest else "")


def test_two_letters_that_changed_places_are_known_in_the_shortest_name() -> None:
    assert meant("bd", ["db", "hello", "json"]) == "is 'db' meant? "
