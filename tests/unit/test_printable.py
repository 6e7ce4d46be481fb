from harness.printable import printable


def test_what_can_not_be_seen_or_moves_others_is_an_escape() -> None:
    assert printable("a\x00b\x1b[31m\u202ec\nd\té") == "a\\x00b\\x1b[31m\\u202ec\nd\té"


def test_bytes_that_are_no_text_are_escapes() -> None:
    assert printable(b"caf\xe9".decode(errors="surrogateescape")) == "caf\\udce9"


def test_what_can_be_seen_is_left_alone() -> None:
    text = "Blåsk: 20 % ± 3 µs, ☃"
    assert printable(text) == text
