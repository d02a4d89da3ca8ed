"""What its source labelled as not for everyone who may see the rest. Pure.

Source: FHIR R4, Security Labels (``meta.security``); HL7 v3 Confidentiality; HL7 v3 ActCode, value set
InformationSensitivityPolicy.
"""

from collections.abc import Collection, Mapping
from typing import Any

from portal.normalise.elements import items, obj, word

_RESTRICTED = frozenset({"R", "V"})
_SENSITIVE = frozenset(
    {
        *("42CFRPart2", "SUD", "ETH", "ETHUD", "OPIOIDUD", "TBOO"),  # substances
        *("BH", "MH", "PSY", "PSYTHPN", "COGN", "DVD", "EMOTDIS"),  # the mind
        *("HIV", "STD", "SEX", "PREGNANT", "GDIS", "SICKLE", "MARST"),
        *("SDV", "DV", "VIO", "SCA", "SPI"),  # violence; celebrities; what is specially protected by law
    }
)
_CONFIDENTIAL = _RESTRICTED | _SENSITIVE


def is_confidential(resource: Mapping[str, Any]) -> bool:
    """Labelled restricted, very restricted, or as one of the kinds that law and custom protect more than others."""
    meta = resource.get("meta")
    labels = obj(meta).get("security") if meta else None
    return bool(labels) and not _CONFIDENTIAL.isdisjoint([word(label.get("code")) for label in items(labels)])


def is_confidential_here(resource: Mapping[str, Any], kinds: Collection[str]) -> bool:
    """Tell whether a resource is confidential in this portal: by its source's label, or by the rule for its kind."""
    return is_confidential(resource) or (bool(kinds) and is_of(resource, kinds))


def is_of(resource: Mapping[str, Any], kinds: Collection[str]) -> bool:
    """Tell whether a resource is of one of these kinds, which an organization keeps confidential whatever its label.

    A kind is a type ("Observation"), or a type and the code of a category ("Observation|social-history").
    """
    if not kinds:
        return False
    kind = word(resource.get("resourceType"))
    if kind in kinds:
        return True
    raw = resource.get("category")
    concepts = items(raw) if isinstance(raw, list) else (obj(raw),)
    codes = (word(coding.get("code")) for concept in concepts for coding in items(concept.get("coding")))
    return any(f"{kind}|{code}" in kinds for code in codes)
