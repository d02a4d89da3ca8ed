"""The directory's words for its administrator."""

from portal.domain.links import LinkPolicy, OrganizationKind
from portal.web.phrases import lazy_gettext as _

KINDS = {
    OrganizationKind.PROVIDER: _("Hospital or group"),
    OrganizationKind.CLINIC: _("Clinic"),
    OrganizationKind.LABORATORY: _("Laboratory"),
    OrganizationKind.INSURER: _("Insurer"),
}
POLICIES = {
    LinkPolicy.OPEN: _("Open: patients may link it"),
    LinkPolicy.EXCHANGE_REQUIRED: _("Only after records were exchanged"),
    LinkPolicy.OFF: _("Switched off"),
}
REFUSALS = {
    "no-name": _("no name, and no other entry names its server"),
    "no-endpoint": _("no FHIR server, and not part of an organization that has one"),
    "bad-endpoint": _("the FHIR server’s address is not a web address"),
    "private-endpoint": _("the FHIR server’s address is not reachable from outside"),
    "not-r4": _("its FHIR servers speak other versions than R4 only"),
    "test-entry": _("a vendor’s own test system"),
    "inactive": _("the list says that it is not in use"),
    "repeated": _("the same entry twice in one list"),
}
"""As ``portal.directory.listing.REFUSALS``, to be translated."""
OUTCOMES = {
    "": _("not read yet"),
    "imported": _("read, and added to the directory"),
    "unchanged": _("unchanged"),
    "broken": _("it is broken; nothing was changed"),
    "shrunk": _(
        "it has lost more than half of its entries; nothing was changed. If that is right, import it with the command."
    ),
}
"""How reading a list again ended; others are shown by their code."""
CONFLICTS = {
    "merge-linked-twice": _(
        "A patient is linked to both. Two links of one patient cannot become one: one of them must end first."
    ),
    "merge-other-server": _(
        "Patients or clinics use the FHIR server of the entry that would go. The other one has its own server. "
        "Open that one, and merge it into this one."
    ),
    "merge-itself": _("An entry cannot be merged with itself."),
}
REASONS = {
    "patient": _("The patient asked"),
    "complaint": _("A complaint"),
    "incident": _("Something went wrong"),
    "routine": _("A routine check"),
}
"""Why an administrator or the privacy office looks through the log."""
REACHING = {
    "account": _("A person with an account"),
    "client": _("An app or partner"),
    "organization": _("An organization"),
}
ACTORS = {
    "job": _("Automatic update"),
    "operator": _("An operator of this portal"),
    "link": _("Somebody with a shared link"),
}
"""Who has no account, in the log."""
