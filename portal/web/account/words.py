"""What is said about passwords."""

from portal.authentication import passwords
from portal.authentication.password_rules import LONGEST, PasswordProblem
from portal.extensions import current_services
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext


def password_hint() -> str:
    shortest = passwords.shortest(current_services())
    return ngettext(
        "At least %(num)s character. A few words that only you put together are good. Spaces are fine.",
        "At least %(num)s characters. A few words that only you put together are good. Spaces are fine.",
        shortest,
    )


def refusal_word(refusal: PasswordProblem) -> str:
    """Return what to do about a password that is refused."""
    shortest = passwords.shortest(current_services())
    return {
        PasswordProblem.SHORT: ngettext("Use at least %(num)s character", "Use at least %(num)s characters", shortest),
        PasswordProblem.LONG: _("Use at most %(num)s characters", num=LONGEST),
        PasswordProblem.COMMON: _("Many people use this password, so it is easy to guess. Choose another one"),
        PasswordProblem.CONTEXT: _("This is too close to your name or the name of the portal. Choose another one"),
    }[refusal]
