"""``portal keys``: the keys with which this instance signs."""

import os
from collections.abc import Iterator
from contextlib import closing

import click

from portal.config import Settings
from portal.domain import key_overlap
from portal.linking.oauth import keys
from portal.provider.oauth import id_token
from portal.services import open_services
from portal.store import Tx
from portal.store.provider import tokens

ID_TOKENS, ASSERTIONS = "id-tokens", "assertions"


@click.group("keys")
def group() -> None:
    """List and change the keys with which this instance signs (not those that encrypt: `portal db rotate-keys`)."""


@group.command("list")
def listing() -> None:
    """Print each key that is published: what for, its id, since when it exists, whether it signs."""
    with closing(open_services(Settings.from_environment(os.environ)).db) as database, database.reading() as tx:
        for line in _lines(tx):
            click.echo(line)


def _lines(tx: Tx) -> Iterator[str]:
    for algorithm in keys.ALGORITHMS:
        published = keys.in_use(tx, algorithm)
        for key in published:
            yield _line(ASSERTIONS, key.id, key, signs=key is key_overlap.signing(published, tx.now))
    published_there = tokens.signing_keys(tx)
    for stored in published_there:
        signs = stored is key_overlap.signing(published_there, tx.now)
        yield _line(ID_TOKENS, stored.jwk["kid"], stored, signs=signs)


def _line(purpose: str, key_id: str, key: key_overlap.DatedKey, *, signs: bool) -> str:
    return f"{purpose:10}  {key_id}  {key.created_at:%Y-%m-%d %H:%M}  {'signs' if signs else 'published'}"


@group.command("rotate")
@click.argument("purpose", type=click.Choice([ID_TOKENS, ASSERTIONS]))
@click.option("--compromised", is_flag=True, help="Take the keys before back at once: others may have them.")
def rotate(purpose: str, compromised: bool) -> None:
    """Make a new key and print its id, while the portal runs.

    PURPOSE is id-tokens (what apps and other portals learn of who signed in; receipts of the audit trail) or assertions
    (how this instance proves itself at other organizations). The new key signs after 15 minutes, when others have had
    time to read it; the one before stays published. For health cards: `portal health-link new-key`.
    """
    services = open_services(Settings.from_environment(os.environ))
    with closing(services.db):
        if purpose == ID_TOKENS:
            click.echo(id_token.rotate(services.db, compromised=compromised))
        else:
            for key_id in keys.rotate_all(services, compromised=compromised):
                click.echo(key_id)
