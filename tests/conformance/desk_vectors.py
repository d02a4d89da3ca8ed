"""A catalogue of test vectors of our own for the desk profile, in the form that the draft's own catalogue has.

The draft "Patient-Shared Health Documents via SMART Health Links" 0.9 has four tiers (decode, retrieve, decrypt,
bundle); here is one vector for each of its cases and some more, about an invented person. The cryptography is written
with ``cryptography`` alone, so that nothing of ``portal`` makes what it is tested with.
"""

import hashlib
import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

SITE = "https://vectors.example"
ISSUER = f"{SITE}/app"
LATER, EARLIER = 4_102_444_800, 1_600_000_000  # 2100, 2020
PATIENT = "urn:uuid:0c1b7a52-6f0a-4b8e-9d5c-0f6f5d1f7a01"
_APP_KEY = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"an app's key for tests").digest()), ec.SECP256R1())
Json = dict[str, Any]


def b64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def entry(number: int, resource: Json) -> Json:
    return {"fullUrl": f"urn:uuid:0c1b7a52-6f0a-4b8e-9d5c-0f6f5d1f7b{number:02}", "resource": resource}


def coded(system: str, code: str, text: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


PERSON = {
    "fullUrl": PATIENT,
    "resource": {
        "resourceType": "Patient",
        "name": [{"family": "Quispe", "given": ["Inés", "Sol"]}],
        "birthDate": "1971-09-30",
        "gender": "female",
    },
}
HL7 = "http://terminology.hl7.org/CodeSystem"
CLINICAL = [
    entry(
        1,
        {
            "resourceType": "Condition",
            "clinicalStatus": {"coding": [{"system": f"{HL7}/condition-clinical", "code": "active"}]},
            "category": [{"coding": [{"system": f"{HL7}/condition-category", "code": "problem-list-item"}]}],
            "code": coded("http://snomed.info/sct", "195967001", "Asthma"),
            "subject": {"reference": PATIENT},
        },
    ),
    entry(
        2,
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": coded("http://www.nlm.nih.gov/research/umls/rxnorm", "861007", "Metformin"),
            "subject": {"reference": PATIENT},
            "authoredOn": "2025-03-02",
            "dosageInstruction": [{"text": "1 tablet twice a day"}],
        },
    ),
    entry(
        3,
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {"coding": [{"system": f"{HL7}/allergyintolerance-clinical", "code": "active"}]},
            "code": coded("http://snomed.info/sct", "91935009", "Allergy to peanut"),
            "patient": {"reference": PATIENT},
        },
    ),
    entry(
        4,
        {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "115", "Tdap"),
            "patient": {"reference": PATIENT},
            "occurrenceDateTime": "2023-06-11",
        },
    ),
]
CARD = entry(
    5,
    {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": "QX-4477-01",
        "beneficiary": {"reference": PATIENT},
        "payor": [{"display": "Andes Health Plan"}],
    },
)
NOTE = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def pdf(number: int, code: str) -> Json:
    return entry(
        number,
        {
            "resourceType": "DocumentReference",
            "meta": {"security": [{"system": f"{HL7}/v3-ObservationValue", "code": "PATAST"}]},
            "status": "current",
            "type": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "category": [
                {
                    "coding": [
                        {"system": "https://cms.gov/fhir/CodeSystem/patient-shared-category", "code": "patient-shared"}
                    ]
                }
            ],
            "subject": {"reference": PATIENT},
            "author": [{"reference": PATIENT}],
            "date": "2026-02-03T09:30:00Z",
            "content": [{"attachment": {"contentType": "application/pdf", "data": b64encode(NOTE).decode()}}],
        },
    )


STORY, RENDERED = pdf(6, "51855-5"), pdf(7, "60591-5")


def bundle(*entries: Json, **more: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": "2026-02-03T09:30:00Z",
        "entry": list(entries),
    } | more


def attested(*, broken: bool = False) -> Json:
    """A Bundle's ``meta`` with what the app signed."""
    claims = {"iss": ISSUER, "iat": 1_770_000_000, "jti": "3f0c1df8-9d4e-4d55-a3a4-0d6a3e0e2b11"}
    signed = f"{b64url(compact({'alg': 'ES256', 'kid': 'k1'}))}.{b64url(compact(claims))}"
    left, right = decode_dss_signature(_APP_KEY.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = left.to_bytes(32) + (right ^ broken).to_bytes(32)
    url = "https://cms.gov/fhir/StructureDefinition/app-attestation"
    return {"extension": [{"url": url, "valueString": f"{signed}.{b64url(signature)}"}]}


def keys() -> Json:
    numbers = _APP_KEY.public_key().public_numbers()
    return {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "kid": "k1",
                "x": b64url(numbers.x.to_bytes(32)),
                "y": b64url(numbers.y.to_bytes(32)),
            }
        ]
    }


def key_of(vector_id: str, suits: Callable[[str], bool] = lambda _key: True) -> bytes:
    """The key of a vector, made of its id; the first that suits."""
    for number in range(10_000):
        key = hashlib.sha256(f"{vector_id} {number}".encode()).digest()
        if suits(b64url(key)):
            return key
    raise AssertionError(vector_id)


def encrypted(plain: bytes, key: bytes, *, deflate: bool = False) -> bytes:
    header = {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"} | ({"zip": "DEF"} if deflate else {})
    if deflate:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        plain = squeeze.compress(plain) + squeeze.flush()
    protected, vector = b64url(compact(header)), hashlib.sha256(key).digest()[:12]
    sealed = AESGCM(key).encrypt(vector, plain, protected.encode())
    return f"{protected}..{b64url(vector)}.{b64url(sealed[:-16])}.{b64url(sealed[-16:])}".encode()


class Catalogue:
    """Writes vectors with their files into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listed: list[Json] = []
        for name in ("vectors", "files", "attestation/.well-known"):
            (folder / name).mkdir(parents=True)
        (folder / "attestation/.well-known/jwks.json").write_bytes(compact(keys()))

    def add(
        self,
        vector_id: str,
        tier: str,
        content: Json | None,
        *,
        fails: str = "",
        deflate: bool = False,
        tamper: bool = False,
        gone: bool = False,
        key: bytes | None = None,
        written_key: str = "",
        raw: str | None = None,
        **payload: Any,
    ) -> None:
        """Add one. ``payload`` changes the link's; a value of None takes a part away."""
        key = key or key_of(vector_id)
        url = f"{SITE}/files/{vector_id}.jwe"
        parts = {"url": url, "flag": "U", "key": written_key or b64url(key), "exp": LATER, "label": vector_id} | payload
        parts = {name: value for name, value in parts.items() if value is not None}
        link = raw if raw is not None else "shlink:/" + b64url(compact(parts))
        plain = compact(content)
        if content is not None:
            file = encrypted(plain, key, deflate=deflate)
            if tamper:
                head, _empty, vector, sealed, tag = file.split(b".")
                file = b".".join((head, b"", vector, (b"B" if sealed[:1] == b"A" else b"A") + sealed[1:], tag))
            (self.folder / "files" / f"{vector_id}.jwe").write_bytes(file)
        answer = {"status": 404} if gone else {"status": 200, "bodyFile": f"files/{vector_id}.jwe"}
        expect: Json = {"outcome": "reject", "failStage": fails} if fails else {"outcome": "success", "payload": parts}
        if not fails and content is not None:
            expect["decrypted"] = {"sha256": hashlib.sha256(plain).hexdigest(), "entries": len(content["entry"])}
        given = {"raw": link} if raw is not None else {"shlink": link, "viewerPrefixed": f"{SITE}/view#{link}"}
        name = f"vectors/{vector_id}.json"
        vector = {"id": vector_id, "tier": tier, "input": given, "expect": expect, "responses": {url: answer}}
        (self.folder / name).write_bytes(compact(vector))
        self.listed.append({"id": vector_id, "file": name})

    def close(self) -> None:
        index = {"attestation": {"iss": ISSUER, "jwks": f"{ISSUER}/.well-known/jwks.json"}, "vectors": self.listed}
        (self.folder / "index.json").write_bytes(compact(index))


def write(folder: Path) -> int:
    """Write the whole catalogue; give the number of vectors."""
    catalogue = Catalogue(folder)
    minimal = bundle(PERSON, STORY)
    catalogue.add("decode-bare", "decode", minimal)
    catalogue.add("decode-alphabet", "decode", minimal, label=">>> ??? ÿÿ \U0001f300")
    catalogue.add("decode-utf8", "decode", minimal, label="Inés — mi historia clínica")
    catalogue.add("decode-no-label", "decode", minimal, label=None)
    catalogue.add("decode-unknown-parts", "decode", minimal, v=1, extension={"a": 1}, _own="x")
    catalogue.add("decode-no-exp", "decode", minimal, fails="payload", exp=None)
    catalogue.add("decode-flag-p", "decode", minimal, fails="payload", flag="P")
    catalogue.add("decode-flag-empty", "decode", minimal, fails="payload", flag="")
    catalogue.add("decode-flag-lu", "decode", minimal, fails="payload", flag="LU")
    catalogue.add("decode-short-key", "decode", minimal, fails="payload", written_key=b64url(b"short"))
    catalogue.add("decode-truncated", "decode", None, fails="decode", raw="shlink:/eyJ1cmwiOiJodHRwczovL2EuZXhhbXBs")
    catalogue.add("decode-no-link", "decode", None, fails="decode", raw="https://clinic.example/check-in")
    catalogue.add("decode-not-base64", "decode", None, fails="decode", raw="shlink:/%%%")
    catalogue.add("retrieve-gone", "retrieve", minimal, fails="retrieve", gone=True)
    catalogue.add("retrieve-expired", "retrieve", minimal, fails="payload", exp=EARLIER)
    catalogue.add("decrypt-deflated", "decrypt", bundle(PERSON, *CLINICAL, RENDERED), deflate=True)
    catalogue.add("decrypt-tampered", "decrypt", minimal, fails="decrypt", tamper=True)
    suits = key_of("decrypt-alphabet", lambda key: {"-", "_"} <= set(key))
    catalogue.add("decrypt-alphabet", "decrypt", minimal, key=suits)
    catalogue.add("bundle-discrete", "bundle", bundle(PERSON, *CLINICAL))
    catalogue.add("bundle-both-pdfs", "bundle", bundle(PERSON, STORY, RENDERED, *CLINICAL))
    catalogue.add("bundle-four-kinds", "bundle", bundle(PERSON, *CLINICAL, RENDERED))
    catalogue.add("bundle-insurance", "bundle", bundle(PERSON, CARD, RENDERED))
    catalogue.add("bundle-large", "bundle", bundle(PERSON, *CLINICAL * 700))
    catalogue.add("bundle-attested", "bundle", bundle(PERSON, STORY, meta=attested()))
    catalogue.add("bundle-unverifiable", "bundle", bundle(PERSON, STORY, meta=attested(broken=True)))
    catalogue.add("bundle-document", "bundle", bundle(PERSON, STORY, type="document"), fails="bundle")
    catalogue.add("bundle-single", "bundle", bundle(PERSON), fails="bundle")
    catalogue.add("bundle-no-time", "bundle", bundle(PERSON, STORY, timestamp=None), fails="bundle")
    catalogue.add("bundle-two-persons", "bundle", bundle(PERSON, PERSON, STORY), fails="bundle")
    catalogue.add("bundle-other-pdf", "bundle", bundle(PERSON, pdf(8, "11506-3")), fails="bundle")
    catalogue.close()
    return len(catalogue.listed)
