"""The e-mails about signing in, in the person's language. Nothing in them tells anything of a record."""

from flask import url_for
from flask_babel import force_locale, get_locale

from portal.extensions import current_services
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent
from portal.web.phrases import gettext as _


def changed(what: str) -> MailContent:
    """Return the notice that ``what`` (a sentence) happened to how somebody signs in."""
    settings = current_services().settings
    text = _(
        "%(what)s\n\n"
        "If this was you, there is nothing to do. If it was not, somebody else may know your password: "
        "go to %(address)s, and call %(organization)s. %(support)s",
        what=what,
        address=settings.base_url,
        organization=settings.organization,
        support=settings.support,
    )
    return MailContent("", _("%(portal)s: your sign-in was changed", portal=settings.name), text.strip() + "\n")


def reset_link(account: Account, secret: str) -> MailContent:
    """Return the e-mail with the link to a new password, in the language of its owner."""
    settings = current_services().settings
    with force_locale(account.locale or str(get_locale())):
        text = _(
            "Somebody, probably you, asked for a new password for %(portal)s. Choose it here:\n\n"
            "%(address)s\n\n"
            "The link works once, for 30 minutes. If it was not you, there is nothing to do: your password stays.",
            portal=settings.name,
            address=f"{settings.base_url}{url_for('account.new_password', secret=secret)}",
        )
        return MailContent("", _("%(portal)s: a new password", portal=settings.name), text + "\n")
