"""What a proxy sees and does, in a person's words."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from portal.access.proxies import GROUPS
from portal.domain.people import ProxyChoice
from portal.web.phrases import lazy_gettext

LABELS: Mapping[ProxyChoice, tuple[LazyString, LazyString]] = {
    ProxyChoice.RECORD: (
        lazy_gettext("Health record"),
        lazy_gettext("Allergies, medications, health issues, test results, documents and the rest"),
    ),
    ProxyChoice.VISITS: (
        lazy_gettext("Appointments and visits"),
        lazy_gettext("When and where, and the care team. Good for someone who drives"),
    ),
    ProxyChoice.MESSAGES: (lazy_gettext("Messages"), lazy_gettext("Reading what was written")),
    ProxyChoice.INSURANCE: (lazy_gettext("Insurance"), lazy_gettext("Plans and member numbers")),
    ProxyChoice.CONFIDENTIAL: (
        lazy_gettext("Sensitive items, too"),
        lazy_gettext("What an organization marked as sensitive, such as mental or sexual health"),
    ),
    ProxyChoice.WRITE: (lazy_gettext("Write messages"), lazy_gettext("Their name is shown on each message")),
    ProxyChoice.LINK: (
        lazy_gettext("Link accounts and apps"),
        lazy_gettext("And add readings, such as weight. Needs the health record"),
    ),
    ProxyChoice.SHARE: (
        lazy_gettext("Share the record with others"),
        lazy_gettext("Needs all of the above: you can share only what you can see"),
    ),
}
"""The name of each choice, and what it means."""

SEES = (*GROUPS, ProxyChoice.CONFIDENTIAL)
DOES = (ProxyChoice.WRITE, ProxyChoice.LINK, ProxyChoice.SHARE)
USUAL = frozenset({*GROUPS, ProxyChoice.WRITE})
"""What is checked for somebody new."""


def label(choice: ProxyChoice) -> str:
    return str(LABELS[choice][0])


def things(choices: frozenset[ProxyChoice], offered: tuple[ProxyChoice, ...]) -> str:
    """Return what of ``offered`` is chosen, after a colon: "health record, messages".

    Things seen (``SEES``) and acts (``DOES``) are never in one line: Spanish has nouns for those and verbs for these.
    """
    names = [label(choice) for choice in offered if choice in choices]
    return ", ".join(name[:1].lower() + name[1:] for name in names)
