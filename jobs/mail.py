"""Send the e-mails that wait."""

from jobs import context
from portal.mail import send_due


def run(*, instance: str) -> int:
    """Return the number of e-mails that the mail server took."""
    return send_due(context.services(instance))
