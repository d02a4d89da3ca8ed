"""A token answer in the standard's form, whatever form it came in. Pure.

Sources: RFC 6749, 5.1; SMART App Launch 2.2.0 "App Launch" (token response). What is read liberally is what nothing is
at stake in: the checks of ``portal.linking.oauth.client.read_granted`` follow.
"""

import math
from typing import Any

from portal.domain.fhir_ids import is_fhir_id

UNTOLD_SECONDS = 300
"""How long a token is taken to live where the answer does not say; the first 401 decides before that."""

_READ = frozenset(
    {"access_token", "token_type", "expires_in", "refresh_token", "scope", "patient", "id_token", "grant_id"}
)
_REFRESH_ENDS = ("refresh_expires_in", "refresh_token_expires_in")  # no standard's, and sent by many
_LONGEST_SECONDS = 366 * 86_400
_DIGITS = 20


def plain(answer: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the answer as the standard would have it, and the words for what was not so (never their values).

    Only the fields that are read are kept; ``null`` and an empty text are absent. Afterwards ``expires_in`` is always a
    whole number of seconds, ``patient`` an id or absent.
    """
    read = {name: value for name, value in answer.items() if name in _READ}
    deviations = [f"{name}-empty" for name, value in read.items() if value in (None, "") and name != "access_token"]
    body = {name: value for name, value in read.items() if value not in (None, "")}
    body["expires_in"], deviation = _seconds(body.get("expires_in"))
    deviations.append(deviation)
    for name in _REFRESH_ENDS:
        seconds, wrong = _seconds(answer.get(name))
        if wrong in ("", "expires_in-text"):
            body["refresh_expires_in"] = seconds
    scope = body.get("scope")
    if isinstance(scope, list) and all(isinstance(part, str) for part in scope):
        body["scope"] = " ".join(scope)
        deviations.append("scope-list")
    if "patient" in body:
        patient, deviation = _patient(body.pop("patient"))
        body |= {"patient": patient} if patient else {}
        deviations.append(deviation)
    return body, tuple(filter(None, deviations))


def _seconds(value: object) -> tuple[int, str]:
    if type(value) is int and 0 < value <= _LONGEST_SECONDS:
        return value, ""
    if value is None:
        return UNTOLD_SECONDS, "expires_in-absent"
    if isinstance(value, str) and len(value) > _DIGITS:
        return UNTOLD_SECONDS, "expires_in-unreadable"
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not number >= 1:  # so that "not a number" fails too
        return UNTOLD_SECONDS, "expires_in-unreadable"
    return int(min(number, _LONGEST_SECONDS)), "expires_in-text" if isinstance(value, str) else "expires_in-odd"


def _patient(value: object) -> tuple[str, str]:
    """Return the id; "Patient/id" and an absolute reference are the same patient, said by this server."""
    text = value.strip() if isinstance(value, str) else ""
    if is_fhir_id(text):
        return text, "" if text == value else "patient-blanks"
    before, _, rest = text.partition("/_history/")[0].rpartition("Patient/")
    is_reference = text != rest and is_fhir_id(rest) and (not before or before.startswith(("https://", "http://")))
    return (rest, "patient-reference") if is_reference else ("", "patient-unreadable")
