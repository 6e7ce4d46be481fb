"""Under which deployments and on which endpoints a claim holds, in a sentence."""

from harness.claims.verdict_sentences import condition_sentence
from harness.model.app import Endpoint
from harness.model.claim import DeploymentName, Metric
from harness.model.verdict import Evidence, Verdict


def test_where_it_holds_is_told_of_apps_too_that_have_no_deployment_in_common() -> None:
    def evidence(deployment: DeploymentName | None, endpoint: Endpoint, verdict: Verdict) -> Evidence:
        return Evidence(
            form="ratio", subject="fast", subject_title="Fast", deployment=deployment,
            metric=Metric.THROUGHPUT, endpoint=endpoint, value=None, verdict=verdict,
        )  # fmt: skip

    alone = [
        evidence(None, Endpoint.JSON, Verdict.SUPPORTED),
        evidence(None, Endpoint.DB, Verdict.REFUTED),
    ]
    assert condition_sentence(alone) == "It holds on json; it does not on db."
    named = [
        evidence(DeploymentName.CONTROLLED, Endpoint.JSON, Verdict.SUPPORTED),
        evidence(DeploymentName.CONTROLLED, Endpoint.DB, Verdict.REFUTED),
    ]
    assert condition_sentence([*named, *alone]) == (
        "It holds for controlled on json and across deployments on json; "
        "it does not for controlled on db and across deployments on db."
    )
