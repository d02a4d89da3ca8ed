"""Code systems by their addresses: what they are called, and which addresses are one system.

Source: FHIR R4 terminologies-systems.html; HL7 object identifiers of the same systems, as C-CDA writes them.
"""

from collections.abc import Mapping

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"
CVX = "http://hl7.org/fhir/sid/cvx"
MVX = "http://hl7.org/fhir/sid/mvx"
ICD10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ICD9_CM = "http://hl7.org/fhir/sid/icd-9-cm"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
UNII = "http://fdasis.nlm.nih.gov"
NDF_RT = "http://hl7.org/fhir/ndfrt"
UCUM = "http://unitsofmeasure.org"

VITAL_SIGNS_TOGETHER = frozenset({"8716-3", "34566-0", "85353-1"})
"""LOINC codes of all vital signs together. Epic gives the first to each of them, beside what it measures or alone."""

_OIDS = {
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.90": ICD10_CM,
    "urn:oid:2.16.840.1.113883.6.103": ICD9_CM,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "urn:oid:2.16.840.1.113883.12.292": CVX,
    "urn:oid:2.16.840.1.113883.6.8": UCUM,
}

_NAMES = {
    SNOMED: "SNOMED CT",
    LOINC: "LOINC",
    RXNORM: "RxNorm",
    NDC: "NDC",
    CVX: "CVX",
    MVX: "MVX",
    ICD10_CM: "ICD-10-CM",
    ICD10: "ICD-10",
    ICD10_PCS: "ICD-10-PCS",
    ICD9_CM: "ICD-9-CM",
    "http://hl7.org/fhir/sid/icd-9": "ICD-9-CM",
    CPT: "CPT",
    HCPCS: "HCPCS",
    UNII: "UNII",
    NDF_RT: "NDF-RT",
    UCUM: "UCUM",
    "http://va.gov/terminology/medrt": "MED-RT",
    "http://www.whocc.no/atc": "ATC",
    "http://nucc.org/provider-taxonomy": "NUCC",
    "http://www.ada.org/cdt": "CDT",
    "http://ncimeta.nci.nih.gov": "NCI Metathesaurus",
    "http://www.genenames.org": "HGNC",
}

NAMES: Mapping[str, str] = {**_NAMES, **{oid: _NAMES[system] for oid, system in _OIDS.items()}}
"""What their owners call them, by address."""

_COMMON = {
    SNOMED: "snomed",
    LOINC: "loinc",
    RXNORM: "rxnorm",
    NDC: "ndc",
    CVX: "cvx",
    ICD10_CM: "icd10",
    ICD10: "icd10",
    ICD9_CM: "icd9",
    CPT: "cpt",
    HCPCS: "hcpcs",
    ICD10_PCS: "icd10pcs",
    UNII: "unii",
    NDF_RT: "ndfrt",
}

COMMON: Mapping[str, str] = {**_COMMON, **{oid: _COMMON[system] for oid, system in _OIDS.items() if system in _COMMON}}
"""Systems whose codes mean the same at every organization, each by one short name, which stored keys contain."""
