"""SMART Health Cards of immunizations: what this organization gave or wrote down itself, signed by it.

Nothing that others sent is on a card: we cannot vouch for it. A record that says it is from memory or from somebody
else's paper is not on it either, nor a dose that does not count, nor one without a code. What does not fit into one QR
code is on a further card of its own; the guide has given up codes in parts. Pure.

Source: HL7 SMART Health Cards and Links IG, STU 1, "SMART Health Cards: Technical Specification".
"""

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from portal.domain.people import Person
from portal.normalise.elements import items, obj
from portal.sharing.issuer_keys import ALGORITHM
from portal.sharing.summary import SourcedResource, SummaryContent

SECTION = "11369-6"
"""The section of a summary that cards are made of (LOINC)."""
CONTENT_TYPE = "application/smart-health-card"
_TYPES = ("https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization")
_CVX = "http://hl7.org/fhir/sid/cvx"
_LONGEST = 1195
"""Characters of a JWS that one QR code of version 22 holds."""
_SIGNATURE = 86
_SMALLEST_CHARACTER = 45
_FULL_DATE = 10


@dataclass(frozen=True, slots=True)
class HealthCard:
    """One signed card; ``on_it`` are the statements that are on it, the newest first."""

    jws: str
    on_it: tuple[SourcedResource, ...]

    @property
    def digits(self) -> str:
        """Return the numeric part of its QR code, which follows ``shc:/``: each character as two digits."""
        return "".join(f"{ord(character) - _SMALLEST_CHARACTER:02}" for character in self.jws)


@dataclass(frozen=True, slots=True)
class HealthCards:
    """The cards of one person. ``left_out``: how many of our own entries are on none."""

    cards: tuple[HealthCard, ...]
    left_out: int

    def file(self) -> dict[str, Any]:
        """Return what a ``.smart-health-card`` file holds."""
        return {"verifiableCredential": [card.jws for card in self.cards]}


def wishes_immunizations(parameters: object) -> bool:
    """Tell whether a call of ``$health-cards-issue`` asks for cards of this kind (``credentialType``)."""
    named = [each for each in items(obj(parameters).get("parameter")) if each.get("name") == "credentialType"]
    wished = {str(each.get("valueUri")) for each in named}
    return bool(wished & {*_TYPES, "#health-card", "#immunization", "Immunization"})


def issue(summary: SummaryContent, key: ECKey, *, issuer: str, now: datetime) -> HealthCards:
    """Return the cards of a person's immunizations; none where the person has no name or birth date with us."""
    stated = [statement for row in summary.sections[SECTION].rows for statement in row]
    day = now.date().isoformat()
    on_cards = [
        statement for statement in stated if _coding(statement) and _is_vouched_for(statement.resource, today=day)
    ]
    if not (summary.person.display and summary.person.birth_date):
        on_cards = []
    signing = _Signing(key, issuer, now, summary.person, summary.organization)
    cards: list[HealthCard] = []
    waiting: list[SourcedResource] = []
    for statement in on_cards:
        if waiting and not signing.fits([*waiting, statement]):
            cards.append(signing.card(waiting))
            waiting = []
        waiting.append(statement)
    if waiting:
        cards.append(signing.card(waiting))
    return HealthCards(tuple(cards), len(stated) - len(on_cards))


@dataclass(frozen=True, slots=True)
class _Signing:
    key: ECKey
    issuer: str
    now: datetime
    person: Person
    organization: str

    @property
    def header(self) -> dict[str, Any]:
        return {"zip": "DEF", "alg": ALGORITHM, "kid": self.key.kid}

    def fits(self, statements: Sequence[SourcedResource]) -> bool:
        """Tell whether a card with these fits into one QR code."""
        parts = (_compact(self.header), self._payload(statements))
        return sum(len(urlsafe_b64encode(part).rstrip(b"=")) + 1 for part in parts) + _SIGNATURE <= _LONGEST

    def card(self, statements: Sequence[SourcedResource]) -> HealthCard:
        registry = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)  # "zip" is the guide's own
        signed = jws.serialize_compact(self.header, self._payload(statements), self.key, registry=registry)
        return HealthCard(signed, tuple(statements))

    def _payload(self, statements: Iterable[SourcedResource]) -> bytes:
        name = self.person.name
        parts = {"family": name.family, "given": list(name.given)} if name.family else {"text": self.person.display}
        patient = {"resourceType": "Patient", "name": [parts], "birthDate": self.person.birth_date}
        resources = [patient, *(_immunization(statement, self.organization) for statement in statements)]
        entries = [{"fullUrl": f"resource:{number}", "resource": each} for number, each in enumerate(resources)]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        claims = {
            "iss": self.issuer,
            "nbf": int(self.now.timestamp()),
            "vc": {"type": list(_TYPES), "credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle}},
        }
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return squeeze.compress(_compact(claims)) + squeeze.flush()


def _immunization(statement: SourcedResource, organization: str) -> dict[str, Any]:
    """Return what goes on a card of a dose: no id, no texts, no displays, as the guide asks for small payloads."""
    resource = statement.resource
    dose: dict[str, Any] = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [_coding(statement)]},
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": str(resource["occurrenceDateTime"])[:_FULL_DATE],
        "performer": [{"actor": {"display": organization}}],
    }
    lot = resource.get("lotNumber")
    return dose | ({"lotNumber": lot} if isinstance(lot, str) and lot.strip() else {})


def _coding(statement: SourcedResource) -> dict[str, str]:
    """Return the vaccine's code: of CVX, else the first that names its system; empty where there is none."""
    codings = [
        {"system": str(coding["system"]), "code": str(coding["code"])}
        for coding in items(obj(statement.resource.get("vaccineCode")).get("coding"))
        if coding.get("system") and coding.get("code")
    ]
    codings.sort(key=lambda coding: coding["system"] != _CVX)
    return codings[0] if codings else {}


def _is_vouched_for(resource: Mapping[str, Any], *, today: str) -> bool:
    """Tell whether we say ourselves that this dose was given, on a day that has come, and that it counts."""
    occurred = resource.get("occurrenceDateTime")
    return (
        resource.get("resourceType") == "Immunization"
        and resource.get("status") == "completed"
        and isinstance(occurred, str)
        and len(occurred) >= _FULL_DATE
        and occurred[:_FULL_DATE] <= today
        and resource.get("primarySource") is not False
        and "reportOrigin" not in resource
        and resource.get("isSubpotent") is not True
        and not resource.keys() & {"modifierExtension", "implicitRules"}
    )


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
