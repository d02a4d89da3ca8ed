"""What published lists say, cleaned."""

import pytest

from portal.directory.listing import (
    RefusedEntryError,
    clean_address,
    clean_name,
    other_names,
    registrable,
    tenant_key,
    version_of,
)


@pytest.mark.parametrize(
    ("said", "name", "state"),
    [
        ("PA - Aether Medicine PLLC", "Aether Medicine PLLC", "PA"),
        ("KP Counseling - IL", "KP Counseling", "IL"),
        ("Growing Kids Pediatrics LLC GA", "Growing Kids Pediatrics LLC", "GA"),
        ("Pediatric Center of Las Colinas PA", "Pediatric Center of Las Colinas PA", ""),
        ("John Doe MD", "John Doe MD", ""),
        ("Mary Rutan Hosp Expanse - (Hosted by OpSus)", "Mary Rutan Hosp", ""),
        ("<NSP> Surgery Partners", "Surgery Partners", ""),
        ("HOSPICE OF THE CAROLINA FOOTHILLS, LLC", "Hospice of the Carolina Foothills, LLC", ""),
        ('"GIFT OF LIFE"', "Gift of Life", ""),
        ("  Two   spaces ", "Two spaces", ""),
    ],
)
def test_names(said: str, name: str, state: str) -> None:
    assert clean_name(said) == (name, state)


@pytest.mark.parametrize("said", ["Test Clinic", "FHIR_182CoreES60", "Azure FHIR Sandbox", "ZZTEST", "TW-Prod-R2"])
def test_vendors_test_systems_are_refused(said: str) -> None:
    with pytest.raises(RefusedEntryError, match="test-entry"):
        clean_name(said)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://Fhir.Example.org:443/r4/", "https://fhir.example.org/r4"),
        ("http://fhir.example.org/r4", "https://fhir.example.org/r4"),
        ("HTTPS://fhir.example.org:9443/r4//", "https://fhir.example.org:9443/r4"),
        (": https://fhir.example.org/r4", "https://fhir.example.org/r4"),
        ("fhir.example.org/cgc", "https://fhir.example.org/cgc"),
        ("https://fhir.example.org/r4?tenant=1#x", "https://fhir.example.org/r4"),
    ],
)
def test_addresses(said: str, address: str) -> None:
    assert clean_address(said) == address


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("http://10.133.66.11/works_fhir", "private-endpoint"),
        ("https://localhost/fhir", "private-endpoint"),
        ("https://[::1]/fhir", "bad-endpoint"),
        ("https://sveb30.abq.local/fhir", "private-endpoint"),
        ("api/eyesite/R4", "bad-endpoint"),
        ("", "bad-endpoint"),
        ("https://host:port/fhir", "bad-endpoint"),
        ("javascript://example.org/x", "bad-endpoint"),
        ("https://a b.example/x", "bad-endpoint"),
    ],
)
def test_refused_addresses(said: str, reason: str) -> None:
    with pytest.raises(RefusedEntryError) as refused:
        clean_address(said)
    assert refused.value.reason == reason


def test_what_an_address_tells() -> None:
    assert version_of("https://x.example/api/FHIR/DSTU2") == "1"
    assert version_of("https://x.example/api/FHIR/R4") == "4"
    assert version_of("https://x.example/fhir") == ""
    assert tenant_key("https://f.example/r4/988776fd-0189-4cad-936b-e3dcf5c448ba") == tenant_key(
        "https://f.example/dstu2/988776fd-0189-4cad-936b-e3dcf5c448ba"
    )
    assert tenant_key("https://f.example/fhirroute/open/0006794") == tenant_key(
        "https://f.example/fhirroute/fhir/0006794"
    )
    assert tenant_key("https://f.example/r4/1") != tenant_key("https://f.example/r4/2")
    assert registrable("epicproxy.et4001.epichosted.com:443") == "epichosted.com"
    assert registrable("www.clinic.co.uk") == "clinic.co.uk"


def test_two_names_in_one() -> None:
    assert other_names("Empower LLC DBA Riverside Pediatrics") == ("Riverside Pediatrics", ("Empower LLC",), ())
    assert other_names("Old Mill (formerly Mill Street Clinic)") == ("Old Mill", (), ("Mill Street Clinic",))
    assert other_names("Plain Name") == ("Plain Name", (), ())
