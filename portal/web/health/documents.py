"""A clinical document (C-CDA) as a page: who is named at its top, whether that is this person, and its sections."""

from dataclasses import dataclass
from enum import StrEnum

from portal.domain.clinical_document import ClinicalDocument, DocumentSection
from portal.domain.people import Person
from portal.extensions import current_services
from portal.identity.comparison import Verdict, compare
from portal.normalise.languages import language
from portal.store.people import people
from portal.web import formats
from portal.web.health.facts import LabelledText
from portal.web.health.files import kind_words, shown
from portal.web.phrases import gettext as _


class Whose(StrEnum):
    """Whether a document is about the person in whose record it is, by what stands in it."""

    SAME = "same"
    UNSURE = "unsure"
    OTHER = "other"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """``enclosed``: in words, the kind of file that the document is only the envelope of; ``opens``: in a browser."""

    title: str
    heading: tuple[LabelledText, ...]
    whose: Whose
    sections: tuple[DocumentSection, ...]
    cut: bool
    language: str
    enclosed: str = ""
    opens: bool = False


def page(person_id: str, document: ClinicalDocument) -> DocumentPage:
    """Return a document of this person's record as its page."""
    with current_services().db.reading() as tx:
        stored = people.by_id(tx, person_id=person_id)
    enclosed = document.enclosed.content_type if document.enclosed else ""
    return DocumentPage(
        title=document.title or _("Document"),
        heading=_heading(document),
        whose=_whose(stored.demographics if stored else Person(), document.patients),
        sections=document.sections,
        cut=any(section.cut for section in document.sections),
        language=language(document.language),
        enclosed=kind_words(enclosed) if document.enclosed else "",
        opens=shown(enclosed),
    )


def _heading(document: ClinicalDocument) -> tuple[LabelledText, ...]:
    texts = [(_("Patient"), _described(patient)) for patient in document.patients]
    texts += [
        (_("Date"), formats.date_text(document.date) if document.date else ""),
        (_("Written by"), formats.listing(document.authors)),
        (_("Kept by"), document.custodian),
        (_("Kind"), document.kind if document.kind != document.title else ""),
    ]
    return tuple(LabelledText(label, (text,)) for label, text in texts if text)


def _described(patient: Person) -> str:
    born = formats.date_text(patient.birth_date) if patient.birth_date else ""
    return ", ".join(part for part in (patient.display, _("born %(date)s", date=born) if born else "") if part)


def _whose(person: Person, patients: tuple[Person, ...]) -> Whose:
    """Return the least sure verdict: a document that names several is not wholly about one of them."""
    named = [patient for patient in patients if patient.display or patient.birth_date]
    if not named:
        return Whose.UNNAMED
    verdicts = {compare(person, patient).verdict for patient in named}
    if Verdict.DIFFERENT in verdicts:
        return Whose.OTHER
    return Whose.SAME if verdicts == {Verdict.SAME} else Whose.UNSURE
