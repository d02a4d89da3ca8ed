"""What was changed of an appointment, in words."""

from portal.domain.entry import Entry, Status, Visit
from portal.web import formats
from portal.web.health.vocabulary import Tag
from portal.web.phrases import gettext as _
from portal.web.words import phrase


def moved_tag(entry: Entry, detail: Visit) -> Tag | None:
    """Return the mark of an appointment to come that has another time or place than before."""
    return Tag(_("Moved"), "warn") if _is_moved(entry, detail) else None


def change_text(entry: Entry, detail: Visit) -> str:
    """Return what an appointment was before and who changed it: "Was Jan 12, 2027, 10:30 AM, changed by …"."""
    was = ", ".join(filter(None, (formats.date_text(detail.start_before or ""), detail.place_before)))
    by = phrase(detail.changed_by)
    if _is_moved(entry, detail):
        return _("Was %(was)s; changed by %(name)s", was=was, name=by) if by else _("Was %(was)s", was=was)
    return _("Cancelled by %(name)s", name=by) if by and detail.fhir_status == "cancelled" else ""


def _is_moved(entry: Entry, detail: Visit) -> bool:
    return entry.status is Status.UPCOMING and bool(detail.start_before or detail.place_before)
