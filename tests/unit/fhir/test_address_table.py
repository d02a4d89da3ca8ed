"""The address guard against IANA's special-purpose registries, entry by entry (requirement B6, RFC 6890)."""

from ipaddress import ip_network

import pytest

from portal.fhir.addresses import Address, why_refused

# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, 2025-10-09; multicast and
# what was given back or deprecated from iana-ipv4-address-space, iana-ipv6-address-space.
SPECIAL = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29
192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
255.255.255.255/32
::1/128 ::/128 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28
2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10
ff00::/8 200::/7 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9
"""

OWN = frozenset({"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"})

GLOBAL = """
1.0.0.0/24 1.1.1.1/32 8.8.8.8/32 9.255.255.255/32 11.0.0.0/8 93.184.216.34/32 100.63.255.255/32 100.128.0.0/10
126.255.255.255/32 128.0.0.0/8 169.253.255.255/32 169.255.0.0/16 172.15.255.255/32 172.32.0.0/11 191.255.255.255/32
192.0.1.0/24 192.0.3.0/24 192.88.98.0/24 192.88.100.0/24 192.167.255.255/32 192.169.0.0/16 198.17.255.255/32
198.20.0.0/14 203.0.112.0/24 203.0.114.0/24 223.255.255.255/32
2001:200::/23 2001:4860:4860::8888/128 2003::/18 2400::/12 2606:2800:220:1:248:1893:25c8:1946/128 2620:0:2d0::/48
2a00::/12 2c00::/12 3ffd:ffff::/32
"""


def ends(text: str) -> tuple[Address, ...]:
    """Return the first, the middle and the last address of a network."""
    network = ip_network(text)
    return tuple(network[place] for place in sorted({0, network.num_addresses // 2, network.num_addresses - 1}))


@pytest.mark.parametrize("network", SPECIAL.split())
def test_no_address_of_a_special_registry_is_called(network: str) -> None:
    for address in ends(network):
        assert why_refused(address, allow_loopback=False) is not None, address
        if network not in OWN:
            assert why_refused(address, allow_loopback=False, allow_private=True) is not None, address


@pytest.mark.parametrize("network", sorted(OWN))
def test_private_networks_are_opened_for_named_servers_only(network: str) -> None:
    for address in ends(network):
        assert why_refused(address, allow_loopback=False) == "private-address"
        assert why_refused(address, allow_loopback=False, allow_private=True) is None


@pytest.mark.parametrize("network", GLOBAL.split())
def test_global_unicast_is_called(network: str) -> None:
    for address in ends(network):
        assert why_refused(address, allow_loopback=False) is None, address
