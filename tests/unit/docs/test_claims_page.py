"""docs/claims.md has what a claims file may hold, and what decides it."""

from pydantic import BaseModel

from harness.claims.holm import LOOKS
from harness.contract.conformance.corpus import CORPUS
from harness.model.claim import BoundCondition, KeptCondition, Metric, ProbeCondition, RatioCondition
from harness.model.findings import TIE_MARGIN
from harness.model.framework_probe import FrameworkProbe
from tests.unit.docs.pages import percent, rows_of, words_of

PAGE = "docs/claims.md"
FORMS: dict[str, type[BaseModel]] = {
    "bound": BoundCondition,
    "kept": KeptCondition,
    "probe": ProbeCondition,
}


def test_every_key_of_every_form_is_told() -> None:
    keys = {form.strip("`"): told for form, _, told in rows_of(PAGE, "| form | says | keys")}
    assert set(keys) == {"ratio", *FORMS}
    for form, model in FORMS.items():
        wanted = set(model.model_fields) - {"form", "subjects"}
        assert {each for each in wanted if f"`{each}" not in keys[form]} == set(), form
    page = words_of(PAGE)
    example, below = page.partition("```toml")[2].split("```", 1)
    fields = {each for each in RatioCondition.model_fields if f"{each} = " not in example}
    assert {each for each in fields if f"`{each}` chooses" not in below} == set()


def test_every_metric_and_every_probe_is_told() -> None:
    told = " ".join(metric for metric, *_ in rows_of(PAGE, "| metric | unit | workload |"))
    assert {each.value for each in Metric if f"`{each.value}`" not in told} == set()
    assert {each.value for each in FrameworkProbe if f"**{each.value}**" not in words_of(PAGE)} == set()


def test_verdicts_are_found_as_it_is_told() -> None:
    page = words_of(PAGE)
    assert f"What lies within {percent(TIE_MARGIN)} of the claimed value" in page
    assert f"it looks after {', '.join(map(str, LOOKS[:-1]))} and {LOOKS[-1]} rounds only" in page
    assert len(LOOKS) == 8, "each look has an eighth of the 5 %"
    assert f"{len(CORPUS)} hostile values for the ids" in page
