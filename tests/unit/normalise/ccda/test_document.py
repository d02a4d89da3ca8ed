"""What a person reads of a C-CDA document: its heading, and every section's own text."""

import pytest

from portal.domain.clinical_document import Cell, ClinicalDocument, Listing, Paragraph, Table
from portal.normalise.ccda import clinical_document
from portal.normalise.ccda.document import _LONGEST
from tests.unit.normalise.ccda.documents import document, section, unstructured


def read(text: str) -> ClinicalDocument:
    read_ = clinical_document(text.encode())
    assert read_ is not None
    return read_


def blocks(text: str) -> tuple[object, ...]:
    return read(document(section("Plan", text))).sections[0].blocks


def test_the_heading() -> None:
    summary = read(document())
    assert summary.title == "Continuity of Care Document"
    assert summary.date == "2024-04-01T10:05:00-05:00"
    assert (summary.identifier, summary.code, summary.language) == ("1.2.3^doc-1", "34133-9", "en-US")
    assert summary.authors == ("Dr. Iris Owens, Dover Clinic",)
    assert summary.custodian == "Dover Health"
    (patient,) = summary.patients
    assert (patient.display, patient.birth_date, patient.sex) == ("Maria Alvarez", "1980-04-12", "female")
    assert patient.addresses[0].postal_code == "07801"
    assert patient.phones == ("+1-973-555-0101",)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024", "2024"),
        ("202404", "2024-04"),
        ("20240401", "2024-04-01"),
        ("202404011005", "2024-04-01T10:05:00"),
        ("20240401100500.123+0000", "2024-04-01T10:05:00+00:00"),
        ("20241301", None),
        ("yesterday", None),
        ("٢٠٢٤", None),
        ("", None),
    ],
)
def test_times_are_as_precise_as_written(written: str, date: str | None) -> None:
    assert read(document().replace("20240401100500-0500", written)).date == date


def test_running_text() -> None:
    assert blocks("Come back<br/>in <content styleCode='Bold'>six</content> weeks.") == (
        Paragraph("Come back\nin six weeks."),
    )
    assert blocks("<paragraph>One</paragraph> and <paragraph>two</paragraph>") == (
        Paragraph("One"),
        Paragraph("and"),
        Paragraph("two"),
    )
    assert blocks("H<sub>2</sub>O &lt;b&gt; <linkHtml href='javascript:x()'>leaflet</linkHtml>") == (
        Paragraph("H2O <b> leaflet"),
    )


def test_lists() -> None:
    inner = "<list><item>tea</item></list>"
    text = f"<list listType='ordered'><caption>Do</caption><item>rest</item><item>drink{inner}</item></list>"
    assert blocks(text) == (Listing(("rest", "drink\n• tea"), ordered=True, caption="Do"),)
    assert blocks("<content>First <list><item>a</item></list> last</content>") == (
        Paragraph("First"),
        Listing(("a",)),
        Paragraph("last"),
    )


def test_tables() -> None:
    text = """<table border="1"><caption>Medicines</caption><colgroup><col/></colgroup>
      <thead><tr><th>Name</th><th colspan="2">Dose</th></tr></thead>
      <tbody><tr><th>Warfarin</th><td><paragraph>5 mg</paragraph><paragraph>daily</paragraph></td>
        <td rowspan="x"/></tr></tbody>
      <tfoot><tr><td>end</td></tr></tfoot></table>"""
    assert blocks(text) == (
        Table(
            "Medicines",
            ((Cell("Name", heading=True), Cell("Dose", heading=True, columns=2)),),
            ((Cell("Warfarin", heading=True), Cell("5 mg\ndaily"), Cell("")), (Cell("end"),)),
        ),
    )


def test_a_table_in_an_item_keeps_its_words_apart() -> None:
    text = "<list><item><table><tbody><tr><td>Na</td><td>140</td></tr></tbody></table></item></list>"
    assert blocks(text) == (Listing(("Na 140",)),)


def test_sections_in_sections_and_without_text() -> None:
    inner = "<component><section><code displayName='Reasons'/><text>pain</text></section></component>"
    sections = read(document(section("Visit", "", inner), section("Empty", ""))).sections
    assert [(one.title, one.level, len(one.blocks)) for one in sections] == [
        ("Visit", 1, 0),
        ("Reasons", 2, 1),
        ("Empty", 1, 0),
    ]


def test_what_was_struck_out_is_not_a_fact_and_is_named() -> None:
    text = "<paragraph>Now: <content revised='delete'>warfarin</content> none</paragraph>"
    (plan,) = read(document(section("Plan", text))).sections
    assert plan.blocks == (Paragraph("Now: none"),)
    assert plan.struck
    (whole,) = read(document(section("Plan", "<list revised='delete'><item>warfarin</item></list>"))).sections
    assert (whole.blocks, whole.struck) == ((), True)


def test_what_is_beyond_the_limit_is_said_where_it_ends() -> None:
    long = section("Long", "x" * (_LONGEST - 10))
    first, second, third, empty = read(
        document(long, section("Next", "y" * 50), section("Z", "z"), section("E", ""))
    ).sections
    assert not first.cut
    assert second.cut
    assert second.blocks == (Paragraph("y" * 9 + "…"),)
    assert third.cut
    assert third.blocks == ()
    assert empty.blocks == ()


def test_a_document_that_is_the_envelope_of_a_file() -> None:
    enclosed = read(unstructured("application/pdf", "JVBERi0=")).enclosed
    assert enclosed is not None
    assert (enclosed.content_type, enclosed.data) == ("application/pdf", "JVBERi0=")
    assert read(unstructured("text/rtf", "").replace("<text", "<text x='1'")).enclosed is None


def test_xml_of_another_kind_is_none() -> None:
    assert clinical_document(b"<html><body>Hi</body></html>") is None
    assert clinical_document(b"<ClinicalDocument xmlns='urn:other'/>") is None
    assert clinical_document(b"<ClinicalDocument/>") is not None
