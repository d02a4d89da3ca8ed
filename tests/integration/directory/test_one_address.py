"""One FHIR server written in two ways is one (RFC 3986, 6.2.2 and 6.2.3); a path in other letters is another's."""

import pytest

from portal.directory import correcting
from portal.domain.addresses import canonical
from portal.linking.reverse_links import _same_site
from portal.provider.oauth import grants
from portal.store import Database
from portal.store.directory import organizations
from portal.store.messages.authors import address_key
from portal.store.provider import clients, release
from portal.store.provider import grants as stored_grants
from portal.store.provider.clients import OAuthClient
from portal.web.admin.oversight import _portals_of
from tests.factories.settings import make_settings
from tests.integration.records.helpers import make_person

BASE = "https://p.example/fhir/R4"
SAME = ["HTTPS://P.Example/fhir/R4", "https://p.example:443/fhir/R4/", " https://p.example/%66hir/R4 ", f"{BASE}/"]
OTHER = ["https://p.example/FHIR/r4", "https://p.example:8443/fhir/R4", "http://p.example/fhir/R4", f"{BASE}/x"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((each, BASE) for each in SAME),
        *((each, each) for each in OTHER),
        ("http://[2001:DB8::1]:80/a%2fb%7e/", "http://[2001:db8::1]/a%2Fb~"),
        ("http://x.example:08080", "http://x.example:8080"),
        (" / ", ""),
        ("", ""),
        ("http://[v1.x/", "http://[v1.x"),
        ("no address/", "no address"),
    ],
)
def test_the_form_in_which_addresses_are_compared(address: str, expected: str) -> None:
    assert canonical(address) == expected
    assert canonical(canonical(address)) == canonical(address)


@pytest.mark.parametrize("spelled", [*SAME, *OTHER])
def test_every_place_compares_so(database: Database, spelled: str, tmp_path: object) -> None:
    is_one, person_id = spelled in SAME, make_person(database)
    with database.transaction() as tx:
        hospital = organizations.add(tx, name="There", fhir_base=BASE)
        organizations.set_rules(tx, organization_id=hospital.id, rules={"withheld": ["Condition"]})
        clinic = organizations.add(tx, name="A clinic", fhir_base=spelled, owner_id=hospital.id)
        brand = organizations.add(tx, name="Another name", fhir_base=spelled)
        organizations.put_client(tx, organization_id=hospital.id, client_id="ours", auth_method="none")
        portal = OAuthClient(client_id="theirs", name="Theirs", redirect_uris=("https://p.example/x",), trusted=True)
        clients.add_client(tx, client=portal)
        clients.move_client(
            tx, client_id="theirs", redirect_uris=portal.redirect_uris, homepage="", portal_fhir_base=spelled
        )
        client = clients.client_by_id(tx, client_id="theirs")
        assert client
        grants.issue(tx, client=client, person_id=person_id, scopes=("patient/*.rs",), lasting=False, account_id=None)
    settings = make_settings(tmp_path)  # type: ignore[arg-type]
    with database.reading() as tx:
        stored = organizations.by_id(tx, organization_id=brand.id)
        by_base = organizations.by_fhir_base(tx, fhir_base=spelled)
        assert stored
        assert stored.fhir_base == spelled.strip(), "as it was given: SMART's aud is compared letter by letter there"
        assert by_base
        assert (by_base.id == hospital.id) is is_one
        assert (clinic.fhir_base == BASE) is is_one, "a clinic of the same server uses its owner's"
        assert (organizations.client_of(tx, organization_id=brand.id) is not None) is is_one
        assert bool(stored_grants.grants_of_portal(tx, person_id=person_id, fhir_base=BASE)) is is_one
        assert bool(_portals_of(tx, hospital.id)) is is_one
        assert ("Condition" in release.effective(tx, settings, portal=spelled).withheld) is is_one
        assert (correcting._base(stored) == correcting._base(hospital)) is is_one
        assert organizations.has_twin(tx, fhir_base=BASE) is (spelled == OTHER[0])
        assert (address_key(tx.vault, spelled, "1") == address_key(tx.vault, BASE, "1")) is is_one
        assert not organizations.is_at(tx, addresses=[BASE.lower()], but=spelled.strip()) or not is_one


def test_none_is_no_address(database: Database) -> None:
    """Two that say no base, or an empty one, are not at one server."""
    with database.transaction() as tx:
        first, second = (organizations.add(tx, name=name, fhir_base=None) for name in ("First", "Second"))
        organizations.put_client(tx, organization_id=first.id, client_id="ours", auth_method="none")
        organizations.add(tx, name="Third", fhir_base="/")
    with database.reading() as tx:
        assert organizations.client_of(tx, organization_id=first.id) is not None
        assert organizations.client_of(tx, organization_id=second.id) is None
        assert organizations.by_fhir_base(tx, fhir_base="") is None


@pytest.mark.parametrize(
    ("address", "is_same"),
    [
        ("https://p.example:443/links", True),
        ("https://P.EXAMPLE/links", True),
        ("http://p.example/links", False),
        ("https://p.example.evil/links", False),
        ("https://p.example@evil.example/links", False),
        ("https://user@p.example/links", False),
        ("https://p.example\\@evil.example/", False),
        ("//p.example/links", False),
        ("/links", False),
    ],
)
def test_a_site_is_one_by_its_origin(address: str, *, is_same: bool) -> None:
    assert _same_site(address, BASE) is is_same


def test_organizations_without_a_base_share_no_registration(database: Database) -> None:
    with database.transaction() as tx:
        one, two = (organizations.add(tx, name=name) for name in ("Acton Clinic", "Burnham Clinic"))
        organizations.put_client(tx, organization_id=two.id, client_id="c", secret="sealed")
    with database.reading() as tx:
        assert organizations.client_of(tx, organization_id=one.id) is None
        assert organizations.client_of(tx, organization_id=two.id) is not None
