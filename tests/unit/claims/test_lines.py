"""A mistake in a claims file is told at the line to mend, however the file is written."""

from pathlib import Path

import pytest

from harness.claims.read import ClaimsError, read_claims
from harness.toml_lines import line_of

GOOD = '''source = "me"

[[claim]]
id = "first"
says = """
[[claim]]
id = "no claim, but what one says"
"""

[[claim.condition]]
form = "probe"
subjects = [
    "flask",
    "django",
]
probe = "csrf"
expected = true

[[claim]]  # another
id = "second"
says = "It is kind."
not_testable = "Kindness has no unit."
'''


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[claim]]  #", "[[claims]]  #", "line 19: claims: there is no such table"),
        ("[[claim.condition]]", "[[claim.conditions]]", "line 10: claim 1, conditions: there is no such table"),
        ("[[claim.condition]]", "[claim.condition]", "line 10: claim 1, condition: it should be a list"),
        ("[[claim.condition]]", '[[ claim . "kondition" ]]', "line 10: claim 1, kondition: there is no such table"),
        ("[[claim.condition]]", "[[condition]]", "line 10: condition: there is no such table"),
        ('probe = "csrf"', 'probe = "csfr"', "line 16: claim 1, condition 1, probe: "),
        ('"django",', '"Django",', "line 12: claim 1, condition 1, subjects, entry 2: "),
        ("expected = true", 'expected = "no"', "line 17: claim 1, condition 1, expected: "),
        ("[[claim]]  #", '[["claim"]] #', "no mistake"),
        ('id = "second"', 'id = "Second"', "line 20: claim 2, id: "),
        ('id = "second"', '"id" = "Second"', "line 20: claim 2, id: "),
        ('id = "second"', "id.name = 2", "line 20: claim 2, id: it should be a text"),
        ('id = "second"', 'id = "first"', "line 20: claim 2, id: two claims have the id 'first'"),
        ('id = "second"\n', "", "line 19: claim 2, id: it is missing"),
        ('source = "me"\n', "", "line 1: source: it is missing"),
    ],
)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace(old, new))
    if said == "no mistake":
        assert len(read_claims(file).claim) == 2
        return
    with pytest.raises(ClaimsError) as refused:
        read_claims(file)
    assert refused.value.what.replace(" has 2 mistakes:\n  ", ", ").startswith(f"{file}, {said}")


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('claim = [\n  { id = "first", says = "x", not_testable = "y" },\n  { id = "B" },\n]\n', 2),
        ('# a \N{LINE SEPARATOR} of old\n\n[[claim]]\nid = "B"\n', 5),
        ('[[claim]]\r\nid = "B"\r\n', 3),
    ],
)
def test_the_line_is_the_one_that_an_editor_shows(tmp_path: Path, written: str, line: int) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(f'source = "me"\n{written}'.encode())
    with pytest.raises(ClaimsError, match=rf"\bline {line}: claim \d, id: "):
        read_claims(file)


def test_each_table_of_a_list_within_a_list_has_its_own_line() -> None:
    text = "[[a]]\n[[a.b]]\n[a.b.c]\nd = 1\n[[a.b]]\n[[a]]\n[[a.b]]\n[a.b.c]\ne.f = 2\n"
    places: dict[tuple[str | int, ...], int | None] = {
        ("a",): 1,
        ("a", 0, "b", 0, "c", "d"): 4,
        ("a", 0, "b", 1): 5,
        ("a", 1, "b", 0): 7,
        ("a", 1, "b", 0, "c", "e", "f"): 9,
        ("a", 1, "b", 0, "c", "missing"): 8,
        ("x",): None,
    }
    assert {place: line_of(text, place) for place in places} == places
