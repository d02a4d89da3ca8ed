"""``portal client``: registered apps."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import msgspec

from portal import audit
from portal.config import Settings
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.provider.oauth import operator
from portal.provider.oauth.registration import METHODS
from portal.provider.types import PATIENT_SCOPES
from portal.store import open_database
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient


@click.group("client")
def group() -> None:
    """Manage registered apps, which may ask patients for their record."""


@group.command("add")
@click.option("--name", required=True, help="The name patients read on the consent page.")
@click.option("--redirect-uri", "redirects", multiple=True, required=True, help="Exact address; may be repeated.")
@click.option("--method", type=click.Choice(METHODS), default="none", show_default=True, help="How it authenticates.")
@click.option("--client-id", help="The id to use; default: a new one.")
@click.option("--scope", default=" ".join(PATIENT_SCOPES), show_default=True, help="What it may ask for.")
@click.option("--jwks-uri", default="", help="Where its keys are (private_key_jwt).")
@click.option(
    "--jwks-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its keys, as a JWK Set."
)
@click.option("--homepage", default="", help="Its web site.")
@click.option("--owner", default="", help="Who runs it, as patients should read it.")
@click.option(
    "--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its logo: PNG, JPEG, GIF or WebP."
)
@click.option("--introspects", is_flag=True, help="It may ask what every token is, not only its own.")
def add(  # noqa: PLR0917 -- Click passes options by name
    name: str,
    redirects: tuple[str, ...],
    method: str,
    client_id: str | None,
    scope: str,
    jwks_uri: str,
    jwks_file: Path | None,
    homepage: str,
    owner: str,
    logo: Path | None,
    introspects: bool,
) -> None:
    """Register an app. Prints its client id and, where it has one, its secret, which is shown only now."""
    client = operator.app(
        name=name,
        redirect_uris=redirects,
        method=method,
        asks=scope.split(),
        jwks_uri=jwks_uri,
        jwks=public_keys(method, jwks_uri, jwks_file),
        client_id=client_id,
        homepage=homepage,
        owner=owner,
        introspects=introspects,
    )
    store_client(client, logo=operator.picture(logo.read_bytes()) if logo else b"")


@group.command("list")
def listing() -> None:
    """List every app and partner, one a line: id, how it authenticates, kind, people who allowed it, name."""
    list_clients(partners_only=False)


@group.command("show")
@click.argument("client_id")
def show(client_id: str) -> None:
    """Show an app or partner: its addresses, what it may ask for, how many people allowed it."""
    show_client(client_id)


@group.command("end")
@click.argument("client_id")
def end(client_id: str) -> None:
    """Shut an app or partner out at once: its grants and tokens end."""
    end_client(client_id)


group.add_command(end, "disable")


def list_clients(*, partners_only: bool) -> None:
    with closing(open_database(Settings.from_environment(os.environ))) as database, database.reading() as tx:
        counts = clients.granted_counts(tx)
        for client in clients.clients(tx):
            if client.partner or not partners_only:
                count = counts.get(client.client_id, 0)
                click.echo(f"{client.client_id}\t{client.auth_method}\t{_kind(client)}\t{count}\t{client.name}")


def show_client(client_id: str, *, partner: bool = False) -> None:
    """Print what is known of an app or, with ``partner``, of a partner; also of one that was shut out.

    Raises:
        NotFoundError: there is none with this id.
    """
    with closing(open_database(Settings.from_environment(os.environ))) as database, database.reading() as tx:
        client = clients.client_by_id(tx, client_id=client_id, disabled=True)
        if client is None or (partner and not client.partner):
            raise NotFoundError("client-unknown", hint="there is none with this id")
        active = clients.client_by_id(tx, client_id=client_id) is not None
        count = clients.granted_counts(tx).get(client_id, 0)
    facts = {
        "name": client.name,
        "kind": _kind(client),
        "state": "may act" if active else "shut out",
        "run by": client.owner,
        "authenticates": client.auth_method,
        "keys at": client.jwks_uri or ("here" if client.jwks else ""),
        "redirects": " ".join(client.redirect_uris),
        "may ask for": " ".join(client.scopes),
        "its own portal": client.portal_fhir_base,
        "homepage": client.homepage,
        "since": f"{client.created_at:%Y-%m-%d}" if client.created_at else "",
        "people who allow it now": str(count),
    }
    for name, text in facts.items():
        click.echo(f"{name}\t{text or '-'}")


def end_client(client_id: str, *, partner: bool = False) -> None:
    """Shut it out; with ``partner`` only where it is one.

    Raises:
        NotFoundError: there is none with this id.
    """
    with closing(open_database(Settings.from_environment(os.environ))) as database, database.transaction() as tx:
        client = clients.client_by_id(tx, client_id=client_id)
        if partner and (client is None or not client.partner):
            raise NotFoundError("client-unknown", hint="there is no active partner with this id")
        operator.disable(tx, client_id, actor=audit.Actor("operator"))
    click.echo("It is shut out.")


def _kind(client: OAuthClient) -> str:
    return "partner" if client.partner else "registered" if client.trusted else "self-registered"


def public_keys(method: str, jwks_uri: str, jwks_file: Path | None) -> dict[str, Any] | None:
    """Return the JWK Set of a key file, checked; None when the keys are elsewhere or there are none."""
    if method != "private_key_jwt":
        if jwks_uri or jwks_file:
            raise click.UsageError("--jwks-uri and --jwks-file are for --method private_key_jwt")
        return None
    if bool(jwks_uri) == bool(jwks_file):
        raise click.UsageError("private_key_jwt needs --jwks-uri or --jwks-file, one of them")
    if jwks_file is None:
        return None
    try:
        jwks = msgspec.json.decode(jwks_file.read_bytes(), type=dict[str, Any])
    except msgspec.DecodeError:
        raise InvalidInputError("jwks", hint="the key file is not JSON") from None
    if not isinstance(jwks.get("keys"), list) or any("d" in key for key in jwks["keys"]):
        raise InvalidInputError("jwks", hint="the key file must be a JWK Set of public keys")
    return jwks


def store_client(client: OAuthClient, *, logo: bytes = b"") -> None:
    """Store it with a fresh secret where it has one, and print what the operator hands on."""
    client, secret = operator.with_secret(client)
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.transaction() as tx:
            operator.add(tx, client, actor=audit.Actor("operator"), logo=logo)
    finally:
        database.close()
    click.echo(client.client_id)
    if secret:
        click.echo(secret)
