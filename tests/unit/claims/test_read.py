"""A claims file that can't be used is told by file, line and key."""

from pathlib import Path

import pytest

from harness.claims.read import ARTICLE, ClaimsError, read_claims

GOOD = """source = "me"

[[claim]]
id = "first"
says = "It is fast."

[[claim.condition]]
form = "ratio"
subjects = ["flask"]
metric = "throughput_rps"
endpoints = ["json"]
against = "every"
group = ["django"]
at_least = 1.5

[[claim]]
id = "second"
says = "It is kind."
not_testable = "Kindness has no unit."
"""


def read(tmp_path: Path, text: str) -> str:
    path = tmp_path / "claims.toml"
    path.write_text(text)
    with pytest.raises(ClaimsError) as error:
        read_claims(path)
    return error.value.what


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(GOOD)
    assert [claim.id for claim in read_claims(path).claim] == ["first", "second"]
    assert read_claims(ARTICLE).claim


@pytest.mark.parametrize(
    ("before", "after", "line", "named"),
    [
        ('metric = "throughput_rps"', 'metric = "speed"', 10, "metric"),
        ('endpoints = ["json"]', 'endpoints = ["xml"]', 11, "endpoints"),
        ("at_least = 1.5", "at_least = -1", 14, "at_least"),
        ("at_least = 1.5", "at_leats = 1.5", 14, "at_leats"),
        ('form = "ratio"', 'form = "ration"', 8, "form: it should be one of: ratio, bound, kept, probe"),
        ('id = "second"', 'id = "Second one"', 17, "id"),
        ('not_testable = "Kindness has no unit."', "", 16, "not_testable"),
        ("at_least = 1.5", "at_least = 1.5\nat_most = 2", 7, "exactly one"),
        ('source = "me"', "", 1, "source"),
        ('source = "me"', 'source = ""', 1, "source: it should not be empty"),
        ('says = "It is fast."', 'says = "  "', 5, "says: it should not be empty"),
        ('says = "It is fast."', 'says = ""', 5, "says: it should not be empty"),
        ('says = "It is fast."', 'says = "It is."\nsection = " "', 6, "section: it should not be empty"),
        ('"Kindness has no unit."', '"\\t"', 19, "not_testable: it should not be empty"),
        (
            'says = "It is fast."',
            'says = "It is fast."\ncombine = "count"\ncount = 3',
            7,
            "count: there are 2 comparisons at most, so no run can support it: give 2 or less",
        ),
        ('id = "second"', 'id = "first"', 17, "first"),
        ('id = "second"', 'id = "second"\nlink = "https://example.org/"', 18, "link is given without accessed"),
        ('id = "second"', 'id = "second"\naccessed = 2026-11-26', 18, "accessed is given without link"),
        (
            'id = "second"',
            'id = "second"\naccessed = 86400\nlink = "https://example.org/"',
            18,
            "a day, without quotes",
        ),
        ('id = "second"', 'id = "second"\naccessed = 2026-11-26\nlink = "javascript:alert(1)"', 19, "link"),
        ('source = "me"', 'source = "me"\nprofile = "wild"', 2, "profile"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, before: str, after: str, line: int, named: str) -> None:
    said = read(tmp_path, GOOD.replace(before, after))
    assert f"claims.toml, line {line}: " in said
    assert named in said


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    assert "line 4" in read(tmp_path, GOOD.replace('id = "first"', "id = first"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match=r"nowhere\.toml can't be read"):
        read_claims(tmp_path / "nowhere.toml")
