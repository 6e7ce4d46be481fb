"""Whatever has to be spelt in some way is refused in words, and not by a regular expression."""

from collections.abc import Iterator

import pytest

from harness.mistake import _SPELLING
from harness.model.app import LIBRARY_PATTERN, Manifest
from harness.model.claim import ClaimsFile


def patterns(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from (schema.get("patternProperties") or {}) if isinstance(schema.get("patternProperties"), dict) else ()
        for each in schema.values():
            yield from patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from patterns(each)


@pytest.mark.parametrize("kind", [Manifest, ClaimsFile])
def test_every_pattern_of_a_manifest_and_of_a_claims_file_has_words(kind: type[Manifest | ClaimsFile]) -> None:
    found = {*patterns(kind.model_json_schema(mode="validation"))}
    assert found
    assert found <= _SPELLING.keys()
    assert (LIBRARY_PATTERN in found) is (kind is Manifest)
