"""What the desk says: purposes, places, and why something cannot be done."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.domain.assists import Consent, Purpose, WaitingPlace

PURPOSES: Mapping[Purpose, LazyString] = {
    Purpose.ACTIVATION: lazy_gettext("First sign-in (activation code)"),
    Purpose.LINK: lazy_gettext("Link another organization"),
    Purpose.UPDATE: lazy_gettext("Update linked organizations"),
    Purpose.FACTOR: lazy_gettext("Lost phone or second step"),
    Purpose.FAMILY: lazy_gettext("Someone who acts for the patient"),
    Purpose.SUMMARY: lazy_gettext("Print the patient’s own summary"),
}
PLACES: Mapping[WaitingPlace, LazyString] = {
    WaitingPlace.DESK: lazy_gettext("At the desk"),
    WaitingPlace.ROOM: lazy_gettext("Waiting room"),
    WaitingPlace.PHONE: lazy_gettext("By phone"),
}
CONSENTS: Mapping[Consent, tuple[LazyString, LazyString]] = {
    Consent.DEVICE: (
        lazy_gettext("On their own phone"),
        lazy_gettext("They sign in and press “Yes, help me”. Then press Check again here."),
    ),
    Consent.CODE: (
        lazy_gettext("They tell you a code that is sent to them now"),
        lazy_gettext("Also by phone. The code has 6 digits and goes to their e-mail."),
    ),
    Consent.DOCUMENT: (
        lazy_gettext("They show a photo ID"),
        lazy_gettext("Only for a first sign-in of somebody who has no account and no e-mail with us."),
    ),
}
"""How a patient says yes: the choice, and what it means."""


def problem(code: str) -> str:
    """Return what to do about what cannot be done."""
    return {
        "assist-own": _("You can’t help yourself or a person you act for. Ask a colleague."),
        "assist-open": _("You are helping somebody else. Finish that first."),
        "assist-consent": _("The patient has to say yes first."),
        "assist-document": _("Compare a photo ID first, and check the box."),
        "consent-address": _("We have no e-mail address to send a code to. Choose another way."),
        "consent-document": _(
            "A photo ID alone is enough only for a first sign-in of somebody who has no account and no e-mail with us."
        ),
        "has-password": _(
            "This patient signs in already. “Forgotten password” on the sign-in page helps, or “Lost phone” here."
        ),
        "disabled": _("This account is disabled. Only an administrator can enable it."),
        "no-factor": _("This account has no second step, so there is nothing to remove."),
        "no-address": _("We have no e-mail address to tell the patient. An administrator can start the account over."),
        "link-moved": _("This has been decided already."),
    }.get(code, _("That did not work. Try again."))
