"""The operator's commands. A command's module is imported when it is asked for, so that each starts fast."""

from importlib import import_module

import click
from sqlalchemy.exc import SQLAlchemyError

from portal import logs
from portal.domain.errors import PortalError
from portal.store.engine.database import UNAVAILABLE

_COMMANDS = {
    # command: (module, name in it, one line for --help)
    "access": ("portal.cli.access", "access", "Who may do what, as a table."),
    "audit": ("portal.cli.audit", "group", "The audit trail: verify, export, receipts."),
    "backup": ("portal.cli.backup", "group", "Copies of the database, and the drill that they can be restored."),
    "client": ("portal.cli.clients", "group", "Registered apps."),
    "db": ("portal.cli.db", "group", "The database: migrations, checks, backup."),
    "demo": ("portal.cli.demo", "demo", "The embedded network of seven organizations."),
    "directory": ("portal.cli.directory", "group", "The directory of organizations that patients search."),
    "doctor": ("portal.cli.doctor", "doctor", "What is wrong with this deployment, and what to mend."),
    "health-link": ("portal.cli.health_links", "group", "SMART Health Links, as a receiver: check one, run vectors."),
    "keys": ("portal.cli.keys", "group", "The keys with which this instance signs."),
    "link": ("portal.cli.links", "group", "People's links to other organizations."),
    "org": ("portal.cli.organization_changes", "group", "Organizations that can be linked."),
    "partner": ("portal.cli.partners", "group", "Trusted organizations."),
    "person": ("portal.cli.persons", "group", "What is kept of a person, and erasing it."),
    "records": ("portal.cli.records", "group", "The home organization's records."),
    "restore": ("portal.cli.backup", "restore", "Fill an empty database with a backup."),
    "schedule": ("portal.cli.schedule", "schedule", "Nightly and timed jobs."),
    "serve": ("portal.cli.serve", "serve", "Serve one instance."),
    "settings": ("portal.cli.settings", "settings", "The settings and what they mean."),
    "user": ("portal.cli.user_changes", "group", "Accounts."),
    "worker": ("portal.cli.worker", "worker", "Job workers."),
}


class Commands(click.Group):
    """Finds a command's module by name; an error of ours becomes one line and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name, _line = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        logs.configure()
        try:
            return super().invoke(ctx)
        except PortalError as error:
            raise click.ClickException(error.hint or error.code) from error
        except SQLAlchemyError as error:
            raise click.ClickException(_of_database(error)) from error


def _of_database(error: SQLAlchemyError) -> str:
    """Return a sentence without what the database said: that may hold values of a row."""
    kind = type(getattr(error, "orig", None) or error).__name__
    if isinstance(error, UNAVAILABLE) and "no such table" not in str(getattr(error, "orig", "")):
        return f"the database does not answer ({kind}): start it, and look at PORTAL_DATABASE_URL"
    if kind == "UndefinedTable" or "no such table" in str(getattr(error, "orig", "")):
        return "the database is not at this version's schema: run `portal db upgrade`"
    return f"the database refused this ({kind}); `portal doctor` looks for what is wrong"


@click.command(cls=Commands)
@click.version_option(package_name="tributary")
def main() -> None:
    """Run a patient portal that brings a person's health information together."""
