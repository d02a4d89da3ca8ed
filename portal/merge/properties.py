"""Which properties of an entry may disagree: every one that both sides state, but for those listed here with why.

A property that is new in ``portal.domain.entry`` is compared by its words until somebody says that it is incidental or
reads it better (``portal.merge.statements``): what differs is shown rather than forgotten.
"""

from collections.abc import Iterator, Mapping

import msgspec

from portal.domain.entry import (
    Allergy,
    CareTeam,
    Document,
    Entry,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Message,
    Procedure,
    Report,
    Result,
    Visit,
)

RULED = "a rule keeps apart by it, or it is part of the identity"
READ = "compared in a way of its own"

ELSEWHERE: Mapping[type, Mapping[str, str]] = {
    Allergy: {
        **dict.fromkeys(("reactions", "criticality", "verification", "clinical_status", "category"), READ),
        "negated": RULED,
    },
    CareTeam: {
        "members": READ,
        "organization": "a clinician may work at several",
        "phone": "of the team's own office",
    },
    Document: {
        **dict.fromkeys(("attachments", "author"), RULED),
        "document_status": READ,
        **dict.fromkeys(("document_type", "description", "category", "custodian", "visit"), "how it is filed"),
    },
    HealthIssue: {
        **dict.fromkeys(("clinical_status", "verification", "severity", "stage", "stages", "onset"), READ),
        **dict.fromkeys(("body_site", "negated"), RULED),
        "evidence": "what each place saw",
        **dict.fromkeys(("encounter", "categories"), "where it was documented"),
    },
    Immunization: {
        **dict.fromkeys(("manufacturer", "dose_number", "site", "route", "not_given_reason"), READ),
        **dict.fromkeys(("lot", "not_given"), RULED),
        "targets": "follow from the vaccine",
        **dict.fromkeys(("place", "performer"), "who documents it often names itself"),
        "reported": "who told it",
    },
    Implant: {
        **dict.fromkeys(("manufacturer", "model", "body_site"), READ),
        **dict.fromkeys(("udi", "device_identifier", "serial", "names"), RULED),
        "contact": "of the maker's or owner's office",
    },
    Insurance: {
        **dict.fromkeys(("payer", "order", "subscriber", "costs"), READ),
        **dict.fromkeys(
            (
                "plan",
                "plan_number",
                "group",
                "group_number",
                "member_id",
                "relationship",
                "kind",
                "dependent",
                "subgroup",
                "payer_identifiers",
            ),
            RULED,
        ),
        "phone": "of the insurer's office",
    },
    Medication: {
        **dict.fromkeys(
            ("instructions", "dose", "route", "prescriber", "fhir_status", "as_needed", "doses"),
            READ,
        ),
        **dict.fromkeys(("form", "ingredients", "intent", "do_not_perform"), RULED),
        **dict.fromkeys(("refills", "quantity", "supply", "category", "statement"), "of one order, not of the therapy"),
    },
    Message: {field.name: RULED for field in msgspec.structs.fields(Message)},
    Procedure: {
        **dict.fromkeys(("performers", "outcome", "fhir_status"), READ),
        **dict.fromkeys(("body_site", "place", "when"), RULED),
        **dict.fromkeys(("category", "devices"), "how it is filed"),
    },
    Report: {
        **dict.fromkeys(("conclusion", "conclusions", "fhir_status", "findings", "components"), READ),
        **dict.fromkeys(("performer", "attachments"), RULED),
        **dict.fromkeys(("results", "category", "issued"), "how it is filed"),
    },
    Result: {
        **dict.fromkeys(("flag", "flag_text", "flags", "ranges", "fhir_status"), READ),
        **dict.fromkeys(
            ("quantity", "text", "components", "absent_reason", "specimen", "body_site", "method", "focus"), RULED
        ),
        **dict.fromkeys(("notes", "performer", "issued", "members", "device"), "how it was done and filed"),
    },
    Visit: {
        **dict.fromkeys(("reason", "fhir_status", "diagnoses"), READ),
        "instructions": "of each place",
        **dict.fromkeys(("visit_class", "kind", "place", "organization", "people", "appointment"), RULED),
        **dict.fromkeys(("address", "phone"), "of the place"),
        "minutes": "follows from the end",
    },
}
"""Properties of a detail that are not compared by their words, and why."""

_ELSEWHERE_FACTS: Mapping[type, frozenset[str]] = {
    Allergy: frozenset({"Allergy or intolerance", "Began at"}),
    HealthIssue: frozenset({"Began at"}),
    CareTeam: frozenset({"No longer a member", "Member since"}),
    Procedure: frozenset({"Last happened"}),
    Insurance: frozenset(
        {
            "Pharmacy number (BIN)",
            "Pharmacy number (PCN)",
            "Pharmacy group",
            "Pharmacy member number",
            "Part of the plan",
            "Class",
            "Subclass",
            "Subgroup",
            "Number of this person",
            "Order of insurances",
            "Other numbers",
        }
    ),
    Implant: frozenset({"Product", "Device number"}),
    Immunization: frozenset({"Paid by", "Program", "Leaflet"}),
    Medication: frozenset({"May be replaced by an equivalent", "Pharmacy", "Order valid", "Priority", "Based on"}),
    Visit: frozenset({"Length", "Who did what", "Other places", "Service", "Specialty", "About"}),
    Document: frozenset({"Subject", "Facility", "Practice setting", "Covers from", "Covers until", "Confidentiality"}),
    Result: frozenset({"About", "Device", "Worked out from", "Times"}),
}
"""Facts (``portal.normalise.phrases``) that are compared in another way, or are of one order, device or file."""

_FILED = frozenset(
    {
        "At the visit",
        "Note written by",
        "Documented on",
        "Told by",
        "Kind",
        "Based on",
        "Part of",
        "Given or done by",
        "Results",
        "Title",
        "Kind of file",
        "Format",
        "File made",
        "Language",
        "Goes with",
        "Replaces",
        "Images",
        "Until",
        "Sample taken",
        "Contact",
        "Attached",
        "Signed by",
    }
)
"""Facts of every kind of entry that say where and how it was documented."""


_BY_WORDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in msgspec.structs.fields(kind) if field.name not in elsewhere)
    for kind, elsewhere in ELSEWHERE.items()
}


def stated_properties(entry: Entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (name, values) of what is to be compared by its words; the name of a fact is its label."""
    kind = type(entry.detail)
    for name in _BY_WORDS.get(kind, ()):
        values = _texts(getattr(entry.detail, name))
        if values:
            yield name, values
    if kind not in ELSEWHERE:
        return
    facts: dict[str, list[str]] = {}
    for fact in entry.facts:
        if fact.label not in _FILED and fact.label not in _ELSEWHERE_FACTS.get(kind, ()):
            text = fact.text or "/".join(filter(None, (fact.start, fact.end)))
            facts.setdefault(fact.label, []).append(text)
    for label, texts in facts.items():
        yield label, tuple(texts)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(text for text in value if isinstance(text, str) and text)
    if isinstance(value, bool):  # unstated is False: a side that is silent cannot be told from one that denies
        return ()
    return (str(value),) if isinstance(value, str | int) and value != "" else ()
