"""``portal org``: organizations that the operator adds by hand."""

import os
from dataclasses import replace
from pathlib import Path

import click

from portal.config import Settings
from portal.directory import geography
from portal.domain.errors import AddressRefusedError, PortalError
from portal.domain.ids import new_id
from portal.domain.links import OrganizationKind
from portal.domain.places import state_code
from portal.domain.words import fold
from portal.fhir.addresses import check_url
from portal.linking.oauth import registration
from portal.services import open_services
from portal.store import open_database
from portal.store.directory import organizations


@click.group("org")
def group() -> None:
    """Manage organizations that patients can link."""


@group.command("add")
@click.option("--name", required=True, help="The name patients know it by.")
@click.option("--fhir-base", required=True, help="Its FHIR R4 base address.")
@click.option("--client-id", help="Our client id there.")
@click.option(
    "--client-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with our client secret there; without it we are a public client.",
)
@click.option("--register", is_flag=True, help="Register with it now (dynamic client registration, RFC 7591).")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in OrganizationKind]),
    default=OrganizationKind.PROVIDER.value,
    show_default=True,
    help="What it is.",
)
@click.option("--owner", help="Id of the organization it is part of.")
@click.option("--alias", "aliases", multiple=True, help="Another name it is found by; may be repeated.")
@click.option("--former-name", "former", multiple=True, help="A name it had; may be repeated.")
@click.option("--city", default="", help="City of its address.")
@click.option("--state", default="", help="State of its address, two letters.")
@click.option("--postal-code", default="", help="Postal code of its address.")
@click.option("--phone", default="", help="How patients reach it.")
@click.option("--portal-url", help="Address of its own patient portal.")
@click.option("--reverse-links", is_flag=True, help="Patients may be offered that its portal shows their record here.")
def add(  # noqa: PLR0917 -- Click passes options by name
    name: str,
    fhir_base: str,
    client_id: str | None,
    client_secret_file: Path | None,
    register: bool,
    kind: str,
    owner: str | None,
    aliases: tuple[str, ...],
    former: tuple[str, ...],
    city: str,
    state: str,
    postal_code: str,
    phone: str,
    portal_url: str | None,
    reverse_links: bool,
) -> None:
    """Add one, or change the one with this FHIR base. Prints its id."""
    if client_secret_file and not client_id:
        raise click.UsageError("--client-secret-file needs --client-id")
    if register and client_id:
        raise click.UsageError("--register gives the client id: leave --client-id out")
    if not fhir_base.strip().startswith(("https://", "http://")):
        raise click.UsageError("--fhir-base must be an http(s) address")
    place = geography.of_postal_code(postal_code) or geography.of_text(f"{city}, {state}")
    settings = Settings.from_environment(os.environ)
    try:
        check_url(fhir_base.strip(), allow_local=settings.allow_local_endpoints)
    except AddressRefusedError as error:
        raise click.UsageError(f"--fhir-base is not an address that this portal calls ({error.code})") from None
    database = open_database(settings)
    try:
        with database.transaction() as tx:
            previous = organizations.by_fhir_base(tx, fhir_base=fhir_base)
            if previous is not None and previous.added_by != "operator" and fold(previous.name) != fold(name):
                previous = None  # another brand on the same server
            value = organizations.put(
                tx,
                replace(
                    previous or organizations.Organization(id=new_id(), name=name),
                    name=name,
                    fhir_base=fhir_base,
                    kind=OrganizationKind(kind),
                    owner_id=owner,
                    aliases=aliases,
                    former_names=tuple(organizations.FormerName(name=old) for old in former),
                    city=city or (place.city if place else ""),
                    state=state_code(state) or (place.state if place else ""),
                    postal_code=postal_code,
                    latitude=place.latitude if place else None,
                    longitude=place.longitude if place else None,
                    phone=phone,
                    portal_url=portal_url,
                    reverse_links=reverse_links,
                    added_by="operator",
                    retired_at=None,
                ),
            )
            if client_id:
                secret = client_secret_file.read_text().strip() if client_secret_file else None
                organizations.put_client(
                    tx,
                    organization_id=value.id,
                    client_id=client_id,
                    auth_method="client_secret_basic" if secret else "none",
                    secret=secret,
                )
    except PortalError as error:
        raise click.ClickException(str(error)) from error
    finally:
        database.close()
    if register:
        _register(settings, value.id)
    click.echo(value.id)


@group.command("vendor")
@click.argument("vendor")
@click.option("--client-id", required=True, help="Our client id at all of its organizations.")
@click.option(
    "--method",
    type=click.Choice(["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]),
    default="private_key_jwt",
    show_default=True,
    help="How we prove who we are; with private_key_jwt the vendor reads our /jwks.json.",
)
@click.option(
    "--client-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with our client secret.",
)
def vendor_client(vendor: str, client_id: str, method: str, client_secret_file: Path | None) -> None:
    """Set one registration for every organization of a vendor ("Epic"), as the directory names it.

    It is used where an organization has no registration of its own.
    """
    secret = client_secret_file.read_text().strip() if client_secret_file else None
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.transaction() as tx:
            served = organizations.put_vendor_client(
                tx, vendor=vendor, client_id=client_id, auth_method=method, secret=secret
            )
    except PortalError as error:
        raise click.ClickException(error.hint or str(error)) from error
    finally:
        database.close()
    click.echo(f"{served} organizations of the directory are this vendor's")


def _register(settings: Settings, organization_id: str) -> None:
    services = open_services(settings)
    try:
        registration.register(services, organization_id)
    except PortalError as error:
        # What was added stays: registering is tried again when the first patient links.
        raise click.ClickException(
            f"added as {organization_id}, but not registered: {error.hint or error.code}"
        ) from error
    finally:
        services.db.close()
