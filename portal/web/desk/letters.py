"""The e-mails of the front desk, in the language of who gets them. Nothing in them tells anything of a record."""

from datetime import datetime

from flask import url_for
from flask_babel import force_locale, get_locale

from portal.domain.assists import Purpose
from portal.extensions import current_services
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent
from portal.web import formats
from portal.web.desk import words
from portal.web.phrases import gettext as _
from portal.web.templating import LANGUAGES


def language_of(text: str) -> str:
    """Return the language to write in for a person's language as FHIR tells it ("es-US"); else this page's."""
    language = text.split("-", maxsplit=1)[0].lower()
    return language if language in LANGUAGES else str(get_locale())


def consent_code(code: str, language: str, purpose: Purpose) -> MailContent:
    """Return the e-mail with the code that the patient tells the desk, which says what it is a yes to."""
    settings = current_services().settings
    with force_locale(language):
        text = _(
            "Your code is %(code)s. If you tell it to the front desk of %(organization)s, you say yes to this:\n\n"
            "%(purpose)s\n%(meaning)s\n\nIf they told you something else, do not tell them the code. It works for "
            "5 minutes. We never ask for your password. If you are not in contact with us, tell it to nobody.",
            code=code,
            organization=settings.organization,
            purpose=words.PURPOSES[purpose],
            meaning=words.MEANINGS[purpose],
        )
        return MailContent("", _("%(portal)s: a code for the front desk", portal=settings.name), text + "\n")


def wrong_person(language: str) -> MailContent:
    """Return the notice to somebody whose name was picked by mistake."""
    settings = current_services().settings
    with force_locale(language):
        text = _(
            "Our front desk opened your name by mistake while helping somebody else. No health information was seen, "
            "and whatever was started is undone. There is nothing for you to do. You can see it at %(address)s.",
            address=f"{settings.base_url}{url_for('activity.activity')}",
        )
        return MailContent("", _("%(portal)s: your name was picked by mistake", portal=settings.name), text + "\n")


def factor_reset(account: Account, secret: str, due_at: datetime) -> MailContent:
    """Return the notice that a second factor will be removed, with the link that stops it."""
    settings = current_services().settings
    with force_locale(account.locale or str(get_locale())):
        text = _(
            "Somebody showed us your photo ID and said that you lost your phone or your second step. "
            "On %(moment)s we remove your second step. Your password stays.\n\n"
            "If that was not you, stop it here:\n\n%(address)s\n\nThen call %(organization)s. %(support)s",
            moment=formats.moment_text(due_at),
            address=f"{settings.base_url}{url_for('desk.keep_factor', secret=secret)}",
            organization=settings.organization,
            support=settings.support,
        )
        subject = _("%(portal)s: your second step will be removed", portal=settings.name)
        return MailContent("", subject, text.strip() + "\n")
