"""Why a Health Link could not be read at the desk, in words: every code of its reading and fetching has some."""

from collections.abc import Collection, Mapping

from flask_babel.speaklater import LazyString

from portal.web.phrases import lazy_gettext

_WORDS: Mapping[LazyString, Collection[str]] = {
    lazy_gettext("There is no Health Link in this. It begins with “shlink:/”."): {"no-link"},
    lazy_gettext("The link is cut off. Scan it again, or paste all of it."): {"unreadable"},
    lazy_gettext("This link cannot be read. Ask the patient to make a new one."): {"key", "version", "flag"},
    lazy_gettext("This link has expired. Ask the patient to make a new one."): {"expired"},
    lazy_gettext("This link does not open any more. Ask the patient to make a new one."): {"gone"},
    lazy_gettext("What it leads to was changed on the way, so nothing of it is shown."): {"tampered"},
    lazy_gettext("There is no QR code in this picture. Take it closer, or paste the link."): {"no-picture"},
    lazy_gettext("It does not say whom it is about, so it cannot be filed."): {"patients"},
    lazy_gettext("It is more than can be taken here. Ask the patient to share less of it, or a print."): {
        "too-large",
        "answer-too-large",
        "too-deep",
        "page-budget",
        "resource-budget",
        "empty-pages",
        "limit-reached",
    },
    lazy_gettext("The other side took too long. Try again."): {"answer-too-slow", "timeout", "name-timeout"},
    lazy_gettext("Too much is being fetched just now. Try again in a minute."): {"busy"},
    lazy_gettext("The other side cannot be reached. Try again later."): {
        "connection-lost",
        "connection-refused",
        "name-unknown",
        "outside",
        "proxy-refused",
        "tls",
        "token-unavailable",
        "unreachable",
    },
    lazy_gettext("It leads to an address that may not be called from here."): {
        "address-malformed",
        "address-refused",
        "address-scheme",
        "address-userinfo",
        "numeric-address",
        "unspecified-address",
        "multicast-address",
        "metadata-address",
        "loopback-address",
        "link-local-address",
        "embedded-address",
        "other-origin",
        "outside-base",
        "private-address",
        "redirect",
    },
    lazy_gettext("What came is no health summary that can be read here. Ask the patient for a print."): {
        "bad-answer",
        "content-encoding",
        "content-type",
        "fhir-version",
        "health-card",
        "html",
        "manifest",
        "next-loop",
        "next-malformed",
        "no-authorization-endpoints",
        "no-capability-statement",
        "no-files",
        "not-a-bundle",
        "not-an-object",
        "not-http",
        "not-json",
        "not-jwe",
        "operation-outcome",
        "reference-malformed",
        "truncated",
        "wrong-person",
        "wrong-resource",
    },
}
_OF_CODE = {code: words for words, codes in _WORDS.items() for code in codes}
_STATUS = lazy_gettext("The other side answered with an error. Try again later.")


def why(code: str) -> str:
    """Return what to tell about a code of ``LinkRefusedError``."""
    return str(_OF_CODE.get(code, _STATUS))
