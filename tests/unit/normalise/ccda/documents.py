"""Clinical documents of invented people, written for these tests."""

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <id root="1.2.3" extension="doc-1"/>
 <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode note"/>
 <title>Continuity of <b>Care</b> Document</title>
 <effectiveTime value="20240401100500-0500"/>
 <confidentialityCode code="N"/><languageCode code="en-US"/>
 <recordTarget><patientRole><id root="1.2.3.4" extension="MRN-7"/>
  <addr><streetAddressLine>1 Main St</streetAddressLine>
   <city>Dover</city><state>NJ</state><postalCode>07801</postalCode></addr>
  <telecom value="tel:+1-973-555-0101"/>
  <patient><name use="L"><given>{given}</given><family>{family}</family></name>
   <administrativeGenderCode code="F"/><birthTime value="{born}"/></patient>
 </patientRole></recordTarget>
 <author><time value="20240401"/><assignedAuthor>
  <assignedPerson><name><prefix>Dr.</prefix><given>Iris</given><family>Owens</family></name></assignedPerson>
  <representedOrganization><name>Dover Clinic</name></representedOrganization></assignedAuthor></author>
 <custodian><assignedCustodian><representedCustodianOrganization><name>Dover Health</name>
 </representedCustodianOrganization></assignedCustodian></custodian>
"""
BODY = " <component><structuredBody>{sections}</structuredBody></component>\n</ClinicalDocument>\n"
SECTION = "<component><section><title>{title}</title><text>{text}</text>{inner}</section></component>"


def section(title: str, text: str, inner: str = "") -> str:
    """Return one section, in its component."""
    return SECTION.format(title=title, text=text, inner=inner)


def document(*sections: str, given: str = "Maria", family: str = "Alvarez", born: str = "19800412") -> str:
    """Return a document with these sections."""
    header = HEADER.format(given=given, family=family, born=born)
    return header + BODY.format(sections="".join(sections))


def unstructured(content_type: str, data: str) -> str:
    """Return a document that is only the envelope of a file, given as base64."""
    header = HEADER.format(given="Maria", family="Alvarez", born="19800412")
    text = f'<text mediaType="{content_type}" representation="B64">{data}</text>'
    return f"{header}<component><nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>"
