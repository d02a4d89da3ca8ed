"""What failed, in a person's words: a sentence for each kind of failure (requirement H2)."""

from portal.web.phrases import gettext as _

UNREADABLE = frozenset(
    {
        "content-encoding",
        "content-type",
        "html",
        "not-a-bundle",
        "not-an-object",
        "not-http",
        "not-json",
        "operation-outcome",
        "truncated",
        "unreadable-items",
        "unusable-entries",
    }
)
"""Answers that came and could not be read."""

_KINDS: dict[str, frozenset[str]] = {
    "slow": frozenset({"timeout", "answer-too-slow", "name-timeout", "connection-lost", "busy", "token-busy"}),
    "unreachable": frozenset({"connection-refused", "name-unknown", "proxy-refused", "tls", "unreachable"}),
    "left-alone": frozenset({"http-429", "http-503"}),
    "limited": frozenset(
        {
            "page-budget",
            "resource-budget",
            "refresh-budget",
            "reference-budget",
            "answer-too-large",
            "too-deep",
            "empty-pages",
        }
    ),
    "ended": frozenset({"http-401", "no-token", "token-refused"}),
    "refused": frozenset({"http-403", "http-404", "http-410", "http-501"}),
    "question": frozenset({"http-400", "http-422"}),
    "unreadable": UNREADABLE,
    "elsewhere": frozenset(
        {"other-origin", "outside-base", "address-malformed", "redirect", "next-loop", "next-malformed"}
    ),
}
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}


def failure(code: str | None, name: str) -> str:
    """Return what failed, in a sentence of its own."""
    code = code or ""
    kind = _KIND_OF.get(code, code)
    if kind.startswith("http-5"):
        kind = "broken"
    elif kind.startswith("outcome-") and kind != "outcome-suppressed":
        kind = "incomplete"
    return {
        "slow": _("%(name)s took too long to answer.", name=name),
        "unreachable": _("%(name)s could not be reached.", name=name),
        "left-alone": _("%(name)s allows only a few updates a day.", name=name),
        "broken": _("%(name)s has a problem on its side.", name=name),
        "limited": _("There was more than could be loaded."),
        "ended": _("The connection to %(name)s ended.", name=name),
        "refused": _("%(name)s does not release it.", name=name),
        "question": _("%(name)s did not accept how it was asked.", name=name),
        "unreadable": _("What %(name)s sent could not be read.", name=name),
        "elsewhere": _("%(name)s pointed to another place for the rest, and it was not followed there.", name=name),
        "fhir-version": _("Its server speaks a version of the standard that this portal cannot read."),
        "wrong-person": _("It sent records of somebody else, which were not kept."),
        "other-person": _("Something that belongs to somebody else was kept out."),
        "unclear-subject": _("Something was kept out because it does not say whose it is."),
        "outcome-suppressed": _("%(name)s says that it holds something back.", name=name),
        "incomplete": _("%(name)s says that its answer is not complete.", name=name),
    }.get(kind) or _("%(name)s did not answer the way it should.", name=name)
