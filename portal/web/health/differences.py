"""What two organizations disagree about, in words: the names of the fields and their values."""

from portal.web.health import dose_words, facts, vocabulary
from portal.web.health.vocabulary import severity, status_word
from portal.web.phrases import gettext as _
from portal.web.words import phrase


def field_label(field: str) -> str:
    """Return what a disagreement is about, in words."""
    labels = {
        "strength": _("Strength"),
        "dose": _("Dose"),
        "instructions": _("How to take it"),
        "frequency": _("How often"),
        "prn": _("Use"),
        "maximum": _("At most"),
        "repeat": _("May repeat"),
        "onset": _("Began"),
        "type": _("Allergy or intolerance"),
        "tolerance": _("Tolerated"),
        "maker": _("Manufacturer"),
        "model": _("Model"),
        "reason": _("Reason"),
        "performer": _("Done by"),
        "outcome": _("Outcome"),
        "payer": _("Insurer"),
        "contact": _("Contact"),
        "route": _("Route"),
        "site": _("Site"),
        "status": _("Status"),
        "severity": _("Severity"),
        "criticality": _("Risk of a serious reaction"),
        "reaction": _("Reactions"),
        "verification": _("Confirmed"),
        "stage": _("Stage"),
        "plan": _("Plan"),
        "flag": _("Flag"),
        "range": _("Reference range"),
        "rate": _("Rate"),
        "category": _("Kind"),
        "specimen": _("Sample"),
        "start": _("Began"),
        "end": _("Ended"),
        "handed out": _("Ended, or handed out since"),
        "on hold": _("On hold, or handed out since"),
        "stopped": _("Stopped, or handed out"),
        "period": _("When"),
        "prescriber": _("Prescribed by"),
        "complication": _("Complications"),
        "conclusion": _("Conclusion"),
        "content": _("File"),
        "costs": _("Costs"),
        "course": _("What it led to"),
        "counts": _("Counts as a dose"),
        "diagnoses": _("Diagnoses"),
        "discharge": _("Went home to"),
        "duration": _("Length"),
        "expiry": _("Expires"),
        "follow_up": _("Follow-up"),
        "lot": _("Lot number"),
        "serial": _("Serial number"),
        "device": _("Device number"),
        "manufactured": _("Made"),
        "name": _("Name"),
        "order": _("Order of insurances"),
        "results": _("Results"),
        "safety": _("Safety"),
        "stopped_reason": _("Why stopped"),
        "subscriber": _("Main insured person"),
        "time": _("When"),
        "value": _("Result"),
    }
    # Facts have their label as the name: a phrase of its own.
    return labels.get(field) or phrase(field[:1].upper() + field[1:])


def value_text(field: str, value: str) -> str:
    """Return one value of a disagreement in words."""
    if field == "status" or (field in ("on hold", "stopped") and not value[:1].isdigit()):
        return status_word(value)
    if field in ("start", "end", "time", "onset", "expiry", "manufactured", "handed out", "on hold", "stopped"):
        return facts.date_or_text(value)
    if field == "severity":
        tag = severity(value)
        return tag.text if tag else value
    if field == "criticality":
        return {"high": _("High"), "low": _("Low"), "unable-to-assess": _("Not known")}.get(value, value)
    if field == "category":
        return ", ".join(vocabulary.category(code) for code in value.split(", "))
    if field == "verification":
        return facts.verification(value)
    return dose_words.part_text(field, value) if field in _OF_DOSES else phrase(value)


_OF_DOSES = frozenset({"dose", "maximum", "duration", "prn", "route"})
