"""``portal partner``: organizations that are trusted."""

from pathlib import Path

import click

from portal.cli.clients import end_client, list_clients, public_keys, show_client, store_client
from portal.provider.oauth import operator


@click.group("partner")
def group() -> None:
    """Manage trusted organizations: they may ask for certain matches and read the basic sections of who matched."""


@group.command("add")
@click.option("--name", required=True, help="The organization's name.")
@click.option("--client-id", help="The id to use; default: a new one.")
@click.option("--jwks-uri", default="", help="Where its keys are.")
@click.option(
    "--jwks-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its keys, as a JWK Set."
)
@click.option("--redirect-uri", "redirects", multiple=True, help="For its patients' links too; may be repeated.")
@click.option("--fhir-base", default="", help="Its own FHIR base, where it is a portal that can be linked back.")
@click.option("--homepage", default="", help="Its web site.")
def add(  # noqa: PLR0917 -- Click passes options by name
    name: str,
    client_id: str | None,
    jwks_uri: str,
    jwks_file: Path | None,
    redirects: tuple[str, ...],
    fhir_base: str,
    homepage: str,
) -> None:
    """Trust an organization: SMART Backend Services with its keys, Patient/$match. Prints its client id."""
    client = operator.partner(
        name=name,
        client_id=client_id,
        redirect_uris=redirects,
        jwks_uri=jwks_uri,
        jwks=public_keys("private_key_jwt", jwks_uri, jwks_file),
        homepage=homepage,
        portal_fhir_base=fhir_base.rstrip("/"),
    )
    store_client(client)


@group.command("list")
def listing() -> None:
    """List trusted organizations, one a line: id, how it authenticates, kind, people who are linked there, name."""
    list_clients(partners_only=True)


@group.command("show")
@click.argument("client_id")
def show(client_id: str) -> None:
    """Show a trusted organization: its addresses and what it may ask for."""
    show_client(client_id, partner=True)


@group.command("end")
@click.argument("client_id")
def end(client_id: str) -> None:
    """Trust it no more: its tokens end at once, and it can ask for no match."""
    end_client(client_id, partner=True)
