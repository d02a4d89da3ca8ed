"""Before the demo's servers run: settings, databases, and at the first start the stories and who knows whom.

Opens no thread and leaves nothing open: the launcher forks afterwards.
"""

import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from portal import services
from portal.access.passwords import hash_password
from portal.demo import folders, stories, unfinished
from portal.demo.network import ACCOUNTS, INSTANCES, MYCOOPER, PASSWORD, PINELANDS, RIVERBEND, Instance, NetworkAddress
from portal.domain.assists import Purpose, WaitingPlace
from portal.domain.links import OrganizationKind
from portal.domain.people import GrantLevel, Role
from portal.instances import read_settings, write_settings
from portal.linking.oauth import keys
from portal.provider.types import PATIENT_SCOPES, SYSTEM_SCOPES
from portal.refresh.imports import import_files
from portal.services import Services
from portal.store import Tx
from portal.store.desk import queue
from portal.store.directory import organizations
from portal.store.directory.organizations import FormerName, Organization
from portal.store.engine.upgrade import upgrade
from portal.store.messages import policies
from portal.store.messages.policies import Policy, PolicyText, Template
from portal.store.people import accounts, people
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient

_ROLES = {
    "desk": Role.STAFF,
    "nurse": Role.CARE_TEAM,
    "records": Role.RECORDS,
    "privacy": Role.PRIVACY,
    "admin": Role.ADMIN,
    "admin2": Role.ADMIN,
}
_WAITING = {"james": (Purpose.LINK, WaitingPlace.DESK), "rosa": (Purpose.FACTOR, WaitingPlace.PHONE)}
_FAMILY = {  # who acts for whom, wherever both are known: as what, and with which choices
    "maria": (("leo", "son", GrantLevel.FULL), ("rosa", "mother", GrantLevel.FULL)),
    "james": (("mia", "daughter", GrantLevel.FULL),),
    "nora": (("rosa", "neighbor", GrantLevel.VISITS_ONLY),),
}
_NAMES = {
    "maria": "Maria Alvarez",
    "rosa": "Rosa Alvarez",
    "james": "James Chen",
    "mia": "Mia Chen",
    "nora": "Nora Lee",
    "desk": "Front desk",
    "nurse": "Nora Lane, RN",
    "records": "Records office",
    "privacy": "Privacy office",
    "admin": "Administrator",
    "admin2": "Second administrator",
}
_CARE_TEAMS = ("mycooper", "riverbend")
_MAPLE = "maple-street-clinic"


def prepare(data_dir: Path, queue_url: str) -> None:
    """Bring everything up to this version and this address; the first time, write the stories down."""
    state = folders.read_state(data_dir)
    place = NetworkAddress(state.host, state.port)
    for instance in INSTANCES:
        write_settings(folders.settings_file(data_dir, instance), _settings(instance, place, data_dir, queue_url))
    network = {instance.key: open_services(data_dir, instance) for instance in INSTANCES}
    for instance_services in network.values():
        upgrade(instance_services.db)
    if not state.ready:
        password_hash = hash_password(PASSWORD)
        for instance in INSTANCES:
            _tell_story(network[instance.key], instance)
            _open_accounts(network[instance.key], instance, password_hash)
            _take_messages(network[instance.key], instance)
    for instance in INSTANCES:
        _introduce(network, instance, place)
    if not state.ready:
        unfinished.begin(network[MYCOOPER.key], confidential=PINELANDS.key)
    for instance_services in network.values():
        instance_services.db.close()


def open_services(data_dir: Path, instance: Instance) -> Services:
    """Return what one instance works with, without its pages."""
    return services.open_services(read_settings(folders.settings_file(data_dir, instance)))


def _settings(instance: Instance, place: NetworkAddress, data_dir: Path, queue_url: str) -> dict[str, str]:
    return {
        "PORTAL_NAME": instance.name,
        "PORTAL_INSTANCE": instance.slug,
        "PORTAL_ORGANIZATION": instance.organization,
        "PORTAL_BASE_URL": place.address(instance),
        "PORTAL_DATA_DIR": str(folders.instance_dir(data_dir, instance)),
        "PORTAL_KEY_DIR": str(folders.instance_dir(data_dir, instance)),  # one folder to throw away
        "PORTAL_REDIS_URL": queue_url,
        "PORTAL_ACCENT": str(instance.accent),
        "PORTAL_SUPPORT": instance.phone,
        "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
        "PORTAL_SECOND_FACTOR": "optional",
        "PORTAL_MAIL": "page",
        "PORTAL_MAIL_FROM": f"portal@{instance.key}.example",
        "PORTAL_REVERSE_LINKS": "on" if instance.reverse_links else "off",
        **instance.wants,
    }


def _tell_story(services: Services, instance: Instance) -> None:
    today = datetime.now(ZoneInfo(services.settings.time_zone)).date()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chart.ndjson"
        file.write_bytes(
            b"".join(msgspec.json.encode(resource) + b"\n" for resource in stories.resources(instance.key, today))
        )
        import_files(services.db, paths=[file])


def _open_accounts(services: Services, instance: Instance, password_hash: str) -> None:
    with services.db.transaction() as tx:
        for account in ACCOUNTS:
            if instance.key not in account.at:
                continue
            own = people.by_fhir_id(tx, fhir_id=account.username)
            account_id = accounts.add(
                tx,
                username=account.username,
                display=_NAMES[account.username],
                password_hash=password_hash,
                role=_ROLES.get(account.username, Role.PATIENT),
                person_id=own.id if own else None,
                email=f"{account.username}@mail.example",
            )
            _act_for_family(tx, account.username, account_id)
            if own and instance is MYCOOPER and account.username in _WAITING:
                purpose, place = _WAITING[account.username]
                queue.add(tx, person_id=own.id, purpose=purpose, place=place)


def _take_messages(services: Services, instance: Instance) -> None:
    """Let patients write where a care team answers."""
    if instance.key not in _CARE_TEAMS:
        return
    text = PolicyText(
        days=2,
        templates=(
            Template("Please come by", "Please call us for an appointment, so that we can look at it together."),
            Template("All is well", "Your results look good. There is nothing that you need to do."),
        ),
    )
    with services.db.transaction() as tx:
        policies.put(tx, practitioner=policies.ORGANIZATION, policy=Policy(accepts=True, text=text))


def _act_for_family(tx: Tx, username: str, account_id: str) -> None:
    for fhir_id, relationship, level in _FAMILY.get(username, ()):
        person = people.by_fhir_id(tx, fhir_id=fhir_id)
        if person is not None:
            accounts.grant_proxy(tx, account_id=account_id, person_id=person.id, level=level, relationship=relationship)


def _introduce(network: dict[str, Services], instance: Instance, place: NetworkAddress) -> None:
    """Everybody else becomes known here: as an organization that can be linked, and as a portal that may link to us."""
    home_services = network[instance.key]
    with home_services.db.transaction() as tx:
        for other in INSTANCES:
            if other is not instance:
                _make_known(tx, other, place)
                organizations.put_client(
                    tx,
                    organization_id=other.key,
                    client_id=instance.key,
                    auth_method="private_key_jwt",
                    partner=instance.key in other.trusts,
                )
        if instance is not RIVERBEND and organizations.by_id(tx, organization_id=_MAPLE) is None:
            organizations.put(tx, _maple_street())
    for other in INSTANCES:
        if other is instance:
            continue
        published = keys.published(network[other.key])
        with home_services.db.transaction() as tx:
            _let_link(tx, other, place, published, trusted=other.key in instance.trusts)


def _make_known(tx: Tx, other: Instance, place: NetworkAddress) -> None:
    base = place.fhir_base(other)
    organization = organizations.by_id(tx, organization_id=other.key)
    if organization is not None and organization.fhir_base == base:
        return
    organizations.put(
        tx,
        Organization(
            id=other.key,
            name=other.organization,
            kind=OrganizationKind(other.kind),
            aliases=(*other.aliases, *([other.name] if other.name not in other.organization else [])),
            former_names=tuple(FormerName(name=name, until=until) for name, until in other.former),
            manual=other.manual,
            messaging=other.messaging,
            reverse_links=other.reverse_links,
            fhir_base=base,
            portal_url=place.address(other),
            phone=other.phone,
            line=other.line,
            city=other.city,
            state="NJ",
            postal_code=other.postal_code,
            latitude=other.latitude,
            longitude=other.longitude,
            hue=str(other.accent),
        ),
    )


def _maple_street() -> Organization:
    """Return a clinic under its own name that uses its owner's portal."""
    return Organization(
        id=_MAPLE,
        name="Maple Street Clinic",
        kind=OrganizationKind.CLINIC,
        owner_id=RIVERBEND.key,
        phone="(856) 555-0125",
        line="31 Maple Street",
        city="Millville",
        state="NJ",
        postal_code="08332",
        latitude=39.40,
        longitude=-75.04,
    )


def _let_link(tx: Tx, other: Instance, place: NetworkAddress, published: dict[str, object], *, trusted: bool) -> None:
    base, homepage = place.fhir_base(other), place.address(other)
    redirects = (f"{homepage}/links/callback",)
    existing = clients.client_by_id(tx, client_id=other.key)
    if existing is None:
        client = OAuthClient(
            client_id=other.key,
            name=other.organization,
            auth_method="private_key_jwt",
            redirect_uris=redirects,
            scopes=(*SYSTEM_SCOPES, *PATIENT_SCOPES) if trusted else (),
            grant_types=("authorization_code", "refresh_token", *(("client_credentials",) if trusted else ())),
            jwks=published,
            homepage=homepage,
            contact=other.phone,
            portal_fhir_base=base,
            trusted=True,
            partner=trusted,
        )
        clients.add_client(tx, client=client)
    elif existing.portal_fhir_base != base:
        clients.move_client(tx, client_id=other.key, redirect_uris=redirects, homepage=homepage, portal_fhir_base=base)
