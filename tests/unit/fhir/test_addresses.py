"""Which addresses are called (requirement B6)."""

import pytest

from portal.domain.errors import AddressRefusedError, UnreachableError
from portal.fhir.addresses import check_url, resolve

REFUSED = {
    "127.0.0.1": "loopback-address",
    "127.8.9.10": "loopback-address",
    "::1": "loopback-address",
    "0.0.0.0": "unspecified-address",  # noqa: S104 - an address that must be refused
    "::": "unspecified-address",
    "10.0.0.5": "private-address",
    "172.16.1.1": "private-address",
    "192.168.1.1": "private-address",
    "100.64.0.1": "private-address",  # carrier-grade NAT
    "198.18.0.1": "private-address",  # benchmarks
    "192.0.2.1": "private-address",  # documentation
    "240.0.0.1": "private-address",
    "255.255.255.255": "private-address",
    "192.88.99.1": "private-address",
    "169.254.1.1": "link-local-address",
    "169.254.169.254": "metadata-address",
    "168.63.129.16": "metadata-address",
    "100.100.100.200": "metadata-address",
    "fd00:ec2::254": "metadata-address",
    "fd12:3456::1": "private-address",
    "fe80::1": "link-local-address",
    "fec0::1": "link-local-address",
    "224.0.0.1": "multicast-address",
    "ff02::1": "multicast-address",
    "2001:db8::1": "private-address",
    "::ffff:127.0.0.1": "embedded-address",
    "::ffff:93.184.216.34": "embedded-address",
    "::7f00:1": "embedded-address",
    "64:ff9b::7f00:1": "embedded-address",
    "64:ff9b:1::a00:1": "embedded-address",
    "2002:7f00:1::": "embedded-address",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "embedded-address",
}


def looked_up(*addresses: str) -> list[str]:
    return resolve(
        "org.example",
        443,
        allow_loopback=False,
        only_loopback=False,
        seconds=1,
        resolver=lambda _host, _port: list(addresses),
    )


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_a_name_that_leads_there_is_refused(address: str, reason: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        looked_up(address)
    assert refused.value.code == reason


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_a_url_that_names_it_is_refused(address: str, reason: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefusedError) as refused:
        check_url(f"https://{host}/fhir", allow_local=False)
    assert refused.value.code == reason


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_called(address: str) -> None:
    assert looked_up(address) == [address]


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    with pytest.raises(AddressRefusedError):
        looked_up("93.184.216.34", "10.0.0.1")


@pytest.mark.parametrize(
    ("url", "reason"),
    {
        "http://org.example/fhir": "address-scheme",
        "ftp://org.example/fhir": "address-scheme",
        "file:///etc/passwd": "address-scheme",
        "//org.example/fhir": "address-scheme",
        "https://user@org.example/fhir": "address-userinfo",
        "https://org.example@evil.example/fhir": "address-userinfo",
        "https:///fhir": "address-malformed",
        "https://org.example\\@evil.example/": "address-userinfo",
        "https://org.example\\evil": "address-malformed",
        "https://org.example/a b": "address-malformed",
        "https://org.example/a\r\nHost: x": "address-malformed",
        "https://[::1": "address-malformed",
        "https://org.example:port/": "address-malformed",
        "https://2130706433/": "numeric-address",
        "https://0x7f000001/": "numeric-address",
        "https://0x7f.0.0.1/": "numeric-address",
        "https://0177.0.0.1/": "numeric-address",
        "https://127.1/": "numeric-address",
        "https://127.0.0.1./": "numeric-address",
        "https://10.0.1/": "numeric-address",
    }.items(),
)
def test_addresses_that_hide_something_are_refused(url: str, reason: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        check_url(url, allow_local=False)
    assert refused.value.code == reason


def test_loopback_is_opened_by_configuration_and_nothing_else_is() -> None:
    check_url("http://127.0.0.1:8000/fhir", allow_local=True)
    check_url("http://localhost:8000/fhir", allow_local=True)
    for url in ("http://10.0.0.1/", "https://169.254.169.254/", "https://[::ffff:127.0.0.1]/", "https://2130706433/"):
        with pytest.raises(AddressRefusedError):
            check_url(url, allow_local=True)


def test_plain_http_goes_to_loopback_only() -> None:
    with pytest.raises(AddressRefusedError) as refused:
        resolve(
            "org.example",
            80,
            allow_loopback=True,
            only_loopback=True,
            seconds=1,
            resolver=lambda _host, _port: ["93.184.216.34"],
        )
    assert refused.value.code == "address-scheme"


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(UnreachableError) as unknown:
        looked_up()
    assert unknown.value.code == "name-unknown"


def test_a_look_up_that_hangs() -> None:
    import threading

    never = threading.Event()
    with pytest.raises(UnreachableError) as slow:
        resolve(
            "org.example",
            443,
            allow_loopback=False,
            only_loopback=False,
            seconds=0.05,
            resolver=lambda _host, _port: [str(never.wait(2))],
        )
    assert slow.value.code == "name-timeout"
