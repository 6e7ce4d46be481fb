from harness.printable import is_hidden, printable


def test_what_can_not_be_seen_or_moves_others_is_an_escape() -> None:
    assert printable("a\x00b\x1b[31m\u202ec\nd\té") == "a\\x00b\\x1b[31m\\u202ec\nd\té"


def test_bytes_that_are_no_text_are_escapes() -> None:
    assert printable(b"caf\xe9".decode(errors="surrogateescape")) == "caf\\udce9"


def test_what_can_be_seen_is_left_alone() -> None:
    text = "Blåsk: 20 % ± 3 µs, ☃"
    assert printable(text) == text


def test_of_all_characters_those_that_are_hidden_are_escaped_and_no_others() -> None:
    """Python has some as not printable that can be seen, such as no-break spaces; most texts of a report have one."""
    escaped = {character for character in map(chr, range(0x30000)) if printable(f"a{character}") != f"a{character}"}
    assert escaped == set(filter(is_hidden, map(chr, range(0x30000))))
    assert not {"\n", "\t", "\N{NO-BREAK SPACE}", "\N{THIN SPACE}"} & escaped
