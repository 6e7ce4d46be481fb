from harness.runtime import deployment


def test_distribution_names_are_compared_in_their_normal_form() -> None:
    assert deployment._version("Django", {"django": "6.1.3"}) == "6.1.3"
    assert deployment._version("pyramid.debug_toolbar", {"pyramid-debug-toolbar": "1"}) == "1"
    assert deployment._version("none", {"django": "6.1.3"}) is None
    assert deployment._version(None, {"django": "6.1.3"}) is None
