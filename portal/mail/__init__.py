"""E-mails: written into the outbox with the change that they tell of, sent by a job. Never clinical content.

``PORTAL_MAIL`` says where they go: to a server by SMTP (RFC 5321; RFC 8314 for ``smtps``, STARTTLS otherwise where the
server has it, and always before a password), nowhere, or onto a page of the demo.
"""

import smtplib
import ssl
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from babel.support import NullTranslations, Translations

from portal.queue import MAIL
from portal.services import Services
from portal.store import Tx
from portal.store.people import outbox
from portal.store.people.outbox import Mail, MailContent

_log = structlog.get_logger()
_AT_ONCE = 20
_SENDING = timedelta(minutes=10)
_TRIES = 6
_FIRST_WAIT = timedelta(minutes=1)  # doubled with each try: an hour until it is given up
_SECONDS = 20.0


def is_on(services: Services) -> bool:
    """Tell whether e-mails reach anybody."""
    return services.settings.mail != "off"


@cache
def catalogue(locale: str) -> NullTranslations:
    """Return the phrases of an account's language, where no request says which."""
    return Translations.load(str(Path(__file__).parents[1] / "translations"), [locale or "en"])


def in_language(locale: str, text: str) -> str:
    """Return a phrase of the catalogue in an account's language."""
    return catalogue(locale).gettext(text)


def post(tx: Tx, *, recipient: str, subject: str, text: str, stop: str = "", due_at: datetime | None = None) -> None:
    """Put an e-mail into the outbox, in the caller's transaction; ``ask`` once that is committed.

    ``stop``: the address at which one press ends e-mails of its kind (RFC 8058). ``due_at``: not to be
    sent before.
    """
    outbox.add(tx, content=MailContent(recipient, subject, text, stop), due_at=due_at)


def ask(services: Services) -> None:
    """Ask the workers to send what waits."""
    if services.settings.mail.startswith("smtp"):
        services.queue.enqueue(MAIL, job_id="mail")


def ask_again(services: Services) -> int:
    """Ask for what a lost queue or a stopped worker left; return the number of jobs."""
    with services.db.reading() as tx:
        waiting = outbox.any_due(tx)
    if not waiting or not services.settings.mail.startswith("smtp"):
        return 0
    ask(services)
    return 1


def send_due(services: Services) -> int:
    """Send what is due; return how many e-mails the server took. Every failure is tried again, later and later."""
    sent = 0
    if not services.settings.mail.startswith("smtp"):
        return sent
    with services.db.transaction() as tx:
        due = outbox.take_due(tx, until=tx.now + _SENDING, limit=_AT_ONCE)
    for mail in due:
        try:
            _send(services, mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a header with a line break
            _log.warning("mail.failed", error=type(error).__name__, tries=mail.tries + 1)
            _fail(services, mail)
        else:
            sent += 1
            with services.db.transaction() as tx:
                outbox.end(tx, mail_id=mail.id)
    return sent


def _fail(services: Services, mail: Mail) -> None:
    with services.db.transaction() as tx:
        if mail.tries + 1 >= _TRIES:
            outbox.end(tx, mail_id=mail.id)
        else:
            outbox.put_off(tx, mail_id=mail.id, until=tx.now + _FIRST_WAIT * 2**mail.tries)


def _send(services: Services, mail: Mail) -> None:
    settings = services.settings
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.content.recipient
    message["Subject"] = mail.content.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.content.stop:
        message["List-Unsubscribe"] = f"<{mail.content.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.content.text)
    parts = urlsplit(settings.mail)
    host, tls = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=_SECONDS)
    with closing(server):
        server.ehlo()
        if parts.scheme == "smtp" and (server.has_extn("starttls") or parts.username):
            server.starttls(context=tls)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
        server.quit()
