"""What is said of an outside summary: how many items of which kind, and why it does not fit the desk profile."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from portal.domain.sections import Section
from portal.store.shares.received import ReceivedOrigin
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext
from portal.web.words import section_word

_PROBLEMS: Mapping[str, LazyString] = {
    "flag": lazy_gettext("the link asks for a passcode or a list of files"),
    "no-exp": lazy_gettext("the link has no end"),
    "bundle-type": lazy_gettext("it is of another type of bundle"),
    "no-timestamp": lazy_gettext("it does not say when it was made"),
    "attestation-unverifiable": lazy_gettext("the signature of an app on our list cannot be verified"),
    "attestation-old": lazy_gettext("the signature of an app on our list is more than 31 days old"),
    "attestation-replayed": lazy_gettext("the signature of an app on our list was seen with another document before"),
    "no-content": lazy_gettext("there is nothing in it beside the name"),
}


def kinds(origin: ReceivedOrigin) -> tuple[str, ...]:
    """Return how many items of each kind there are, in words."""
    numbers = {
        str(section_word(Section(kind))) if kind else _("Other items"): number for kind, number in origin.kinds.items()
    }
    return tuple(_("%(kind)s: %(num)s", kind=word, num=number) for word, number in sorted(numbers.items()))


def problems(origin: ReceivedOrigin) -> tuple[str, ...]:
    """Return why it does not fit the desk profile, in words; none if it fits."""
    texts = (_PROBLEMS.get(code, lazy_gettext("a document in it is not as it should be")) for code in origin.problems)
    return tuple(dict.fromkeys(map(str, texts)))
