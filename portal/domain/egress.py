"""What the operator allows of the way out to other servers."""

from dataclasses import dataclass, replace
from pathlib import Path

from portal.domain.addresses import parts_of


@dataclass(frozen=True, slots=True)
class Egress:
    """Which servers may be called, and how; the default is every public address, directly.

    ``private_hosts``: names of the organization's own servers, which may be in a private network and have a certificate
    of ``ca_file`` (PEM). ``proxy``: http address through which all others are called. ``allow_local``: loopback too.
    """

    allow_local: bool = False
    private_hosts: frozenset[str] = frozenset()
    ca_file: Path | None = None
    proxy: str = ""

    def is_own(self, address: str) -> bool:
        """Tell whether an address is on one of the organization's own servers."""
        parts = parts_of(address)
        return parts is not None and parts.hostname in self.private_hosts

    def to_others(self) -> "Egress":
        """Return the same without the organization's own servers: for addresses that strangers name."""
        return replace(self, private_hosts=frozenset())

    def towards(self, address: str) -> "Egress":
        """Return what may be called for a server at this address: only our own servers lead to one another."""
        return self if self.is_own(address) else self.to_others()
