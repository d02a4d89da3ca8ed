"""What the desk says: purposes, places, and why something cannot be done."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from portal.domain.assists import Consent, ProxyDocument, Purpose, WaitingPlace
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

PURPOSES: Mapping[Purpose, LazyString] = {
    Purpose.ACTIVATION: lazy_gettext("First sign-in (activation code)"),
    Purpose.LINK: lazy_gettext("Link another organization"),
    Purpose.UPDATE: lazy_gettext("Update linked organizations"),
    Purpose.FACTOR: lazy_gettext("Lost phone or second step"),
    Purpose.FAMILY: lazy_gettext("Someone who acts for the patient"),
    Purpose.SUMMARY: lazy_gettext("Print the patient’s own summary"),
    Purpose.VISIT: lazy_gettext("Take the record of the visit along"),
}
MEANINGS: Mapping[Purpose, LazyString] = {
    Purpose.ACTIVATION: lazy_gettext("You get a code for your first sign-in. Who has this code can open your record."),
    Purpose.LINK: lazy_gettext("They start a link to another place for you. You finish it yourself."),
    Purpose.UPDATE: lazy_gettext("They get what is new from the places that you have linked."),
    Purpose.FACTOR: lazy_gettext("They remove your second step. After that your password alone opens your record."),
    Purpose.FAMILY: lazy_gettext("Another person can see your health information, and act for you."),
    Purpose.SUMMARY: lazy_gettext("Your health information is printed on paper, once."),
    Purpose.VISIT: lazy_gettext("They hand you a link to the health information of your visit."),
}
"""What a patient's yes lets happen, in words for the patient."""
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
        lazy_gettext("A photo ID or papers"),
        lazy_gettext(
            "Only for a first sign-in: the person has no account and no e-mail with us. Or for who acts for them "
            "or for a child."
        ),
    ),
}
"""How a patient says yes: the choice, and what it means."""


ABSENT = "absent"
DOCUMENTS: Mapping[str, tuple[LazyString, LazyString]] = {
    ProxyDocument.OWN_YES.value: (
        lazy_gettext("The patient wants it, and I compared the other person’s photo ID"),
        lazy_gettext("Their access begins when they enter the code."),
    ),
    ProxyDocument.PARENT.value: (
        lazy_gettext("A parent: birth certificate or custody papers, and their photo ID"),
        lazy_gettext("A second member of staff checks the papers, too. It narrows and ends by the child’s age."),
    ),
    ProxyDocument.COURT.value: (
        lazy_gettext("Power of attorney or a court order, and a photo ID"),
        lazy_gettext("A second member of staff checks the papers, too."),
    ),
    ABSENT: (
        lazy_gettext("The other person is not here"),
        lazy_gettext("The patient takes the code, and confirms the answer under Family and access."),
    ),
}
"""What the clerk saw of who will act: the choice, and what follows."""


def problem(code: str) -> str:
    """Return what to do about what cannot be done."""
    return {
        "assist-own": _("You can’t help yourself or a person you act for. Ask a colleague."),
        "assist-open": _("You are helping somebody else. Finish that first."),
        "assist-consent": _("The patient has to say yes first."),
        "visit-none": _("There is no visit of the last two weeks in the record."),
        "visit-passcode": _("The patient has to say yes on their own phone to this, once for each link."),
        "assist-document": _("Compare a photo ID first, and check the box."),
        "consent-address": _("We have no e-mail address to send a code to. Choose another way."),
        "consent-document": _(
            "A photo ID or papers alone are enough only for a first sign-in: the person has no account and no "
            "e-mail with us. Or for who acts for them or for a child. Check the box when you compared them."
        ),
        "has-password": _(
            "This patient signs in already. “Forgotten password” on the sign-in page helps, or “Lost phone” here."
        ),
        "disabled": _("This account is disabled. Only an administrator can enable it."),
        "no-factor": _("This account has no second step, so there is nothing to remove."),
        "no-address": _("We have no e-mail address to tell the patient. An administrator can start the account over."),
        "link-moved": _("This has been decided already."),
        "proxy-purpose": _("The patient said yes to something else. Finish, and ask them about who acts for them."),
        "proxy-document": _("The patient could not say yes themselves: choose the papers that you saw."),
        "proxy-parent": _("A parent acts for a child until 18. For an adult choose something else."),
        "proxy-many": _("Too many invitations wait for an answer. The patient can take one back."),
    }.get(code, _("That did not work. Try again."))
