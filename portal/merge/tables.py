"""Small explicit tables: names and codes that differ on paper and mean one thing. Checked by tests for consistency."""

from collections.abc import Mapping

NO_ALLERGEN_WORDS = frozenset(
    {"allergy", "allergic", "to", "intolerance", "hypersensitivity", "sensitivity", "reaction"}
)
"""Words around an allergen that say that it is one."""

ONE_NAME: Mapping[str, str] = {
    "penicillins": "penicillin",
    "sulfa drugs": "sulfonamide",
    "sulfa": "sulfonamide",
    "sulfa antibiotics": "sulfonamide",
    "sulfonamides": "sulfonamide",
    "sulfonamide antibiotics": "sulfonamide",
    "peanuts": "peanut",
    "eggs": "egg",
    "bee stings": "bee venom",
    "bee sting": "bee venom",
    "natural rubber latex": "latex",
    "latex natural rubber": "latex",
    "type 2 diabetes": "type 2 diabetes mellitus",
    "type ii diabetes mellitus": "type 2 diabetes mellitus",
    "diabetes mellitus type 2": "type 2 diabetes mellitus",
    "diabetes mellitus type ii": "type 2 diabetes mellitus",
    "high blood pressure": "hypertension",
    "essential primary hypertension": "essential hypertension",
    "gerd": "gastroesophageal reflux disease",
    "gastro esophageal reflux disease": "gastroesophageal reflux disease",
    "copd": "chronic obstructive pulmonary disease",
}
"""Exact synonyms, as ``portal.merge.text.plain`` writes them."""

ALLERGEN_OF_CODE: Mapping[tuple[str, str], str] = {
    ("snomed", "91936005"): "penicillin",
    ("snomed", "764146007"): "penicillin",
    ("snomed", "373270004"): "penicillin",
    ("rxnorm", "70618"): "penicillin",
    ("snomed", "91935009"): "peanut",
    ("snomed", "256349002"): "peanut",
    ("snomed", "300916003"): "latex",
    ("snomed", "111088007"): "latex",
    ("snomed", "1003755004"): "latex",
    ("snomed", "91939003"): "sulfonamide",
    ("snomed", "387406002"): "sulfonamide",
    ("snomed", "91930004"): "egg",
    ("snomed", "102263004"): "egg",
    ("snomed", "293586001"): "aspirin",
    ("snomed", "387458008"): "aspirin",
    ("rxnorm", "1191"): "aspirin",
    ("snomed", "294505008"): "amoxicillin",
    ("snomed", "372687004"): "amoxicillin",
    ("rxnorm", "723"): "amoxicillin",
    ("snomed", "424213003"): "bee venom",
    ("snomed", "288328004"): "bee venom",
}
"""Substance, allergy finding and ingredient of the commonest allergens."""
