"""The probe for input validation: what becomes of a body that is not as declared, with no check in the app's code?

As a control, the right body has to be taken: a site that refuses everything validates nothing.
"""

import json
from collections.abc import Mapping
from typing import Final

from harness.contract.conformance.message import Response, WireFault
from harness.contract.session_secrecy import is_missing, said, why_not_offered
from harness.contract.visitor import Visitor
from harness.model.base import Contract
from harness.model.conformance import Target

PATH: Final = "/validation"
_FIELD: Final = "quantity"
_RIGHT: Final = {_FIELD: "7"}
_WRONG: Final[Mapping[str, Mapping[str, str]]] = {"a word for a number": {_FIELD: "many"}, "no number": {}}
_CLIENT_ERRORS: Final = range(400, 500)
_SERVER_ERRORS: Final = range(500, 600)


class Validation(Contract):
    """What a site does with bodies that are not as declared."""

    offered: bool = True
    refused: bool | None = None
    """All of them, and each answer names the field; None where not even a right one is taken."""
    answered_4xx: bool | None = None
    """Each with a status that tells the client."""
    found: str


def probe_validation(target: Target) -> Validation:
    """Send a site bodies that are right and wrong, as JSON or else as a form, whichever it takes."""
    try:
        page = Visitor(target).get(PATH)
        for as_json in (True, False):
            right = _sent(target, _RIGHT, as_json=as_json)
            if is_missing(right):
                return Validation(offered=False, found=why_not_offered(right))
            if said(right) == "7":
                answers = {what: _sent(target, fields, as_json=as_json) for what, fields in _WRONG.items()}
                return _judged(page, answers)
    except WireFault as fault:
        return Validation(found=f"the site did not answer: {fault}")
    return Validation(found=f"not even a right body is taken: {right}")


def _sent(target: Target, fields: Mapping[str, str], *, as_json: bool) -> Response:
    if as_json:
        return Visitor(target).post(PATH, json.dumps(fields).encode(), "application/json")
    return Visitor(target).submit(PATH, fields)


def _judged(page: Response, answers: Mapping[str, Response]) -> Validation:
    faults = {what: _fault(page, answer) for what, answer in answers.items()}
    statuses = {what: answer.status for what, answer in answers.items()}
    return Validation(
        refused=not any(faults.values()),
        answered_4xx=all(status in _CLIENT_ERRORS for status in statuses.values()),
        found="; ".join(
            f"{what}: {faults[what] or 'refused, and the field named'} (status {statuses[what]})" for what in answers
        ),
    )


def _fault(page: Response, answer: Response) -> str | None:
    """What is wrong with an answer to a wrong body; None where nothing is."""
    if b"<output>" in answer.body:
        return "taken"
    if answer.status in _SERVER_ERRORS:
        return "an error of the server"
    # A page of a form names its fields in any case: what counts is what the error has added.
    added = set(answer.body.splitlines()) - set(page.body.splitlines())
    return None if any(_FIELD.encode() in line for line in added) else "refused, and the field not named"
