"""What a lost queue or a killed worker left: jobs are enqueued again, stored records are settled, results that waited
long enough are shown, and who wants to be told of news is written to."""

from jobs import context
from portal import mail
from portal.assist.tasks import remove_due_factors
from portal.linking.sweep import sweep
from portal.mail.notices import write_due
from portal.messaging import outbox
from portal.refresh.ingest import settle_leftovers
from portal.refresh.result_timing import show_due


def run(*, instance: str) -> int:
    """Return the number of jobs that were enqueued again."""
    services = context.services(instance)
    settle_leftovers(services.db)
    show_due(services.db)
    write_due(services)
    remove_due_factors(services)
    return sweep(services) + mail.ask_again(services) + outbox.ask_again(services)
