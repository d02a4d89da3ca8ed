"""What settings must be to one another, and the files that hold secrets: sentences for the operator, all of them.

``values`` are those that could be read, by field of ``Settings``: a rule about another says nothing.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.domain.addresses import is_encrypted_or_near

_OF_OTHERS = 0o007
_OF_GROUP_AND_OTHERS = 0o077


def together(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each setting that does not go with another."""
    yield from _addresses(values)
    if values.get("chart_base") and values.get("chart_client_id") == "":
        yield "PORTAL_CHART_CLIENT_ID must be set where PORTAL_CHART_BASE is"
    if values.get("oidc_issuer") and values.get("oidc_client_id") == "":
        yield "PORTAL_OIDC_CLIENT_ID must be set where PORTAL_OIDC_ISSUER is"
    if values.get("ca_file") and values.get("private_hosts") == frozenset():
        yield "PORTAL_PRIVATE_HOSTS must be set where PORTAL_CA_FILE is"
    if values.get("mail") == "page" and values.get("allow_local_endpoints") is False:
        yield "PORTAL_MAIL may be page only where PORTAL_ALLOW_LOCAL_ENDPOINTS is on"
    if values.get("mail", "").startswith("smtp") and values.get("mail_from") == "":
        yield "PORTAL_MAIL_FROM must be set where PORTAL_MAIL is a server"
    if values.get("registration") == "statement" and values.get("registration_keys", "") is None:
        yield "PORTAL_REGISTRATION_KEYS must be set where PORTAL_REGISTRATION is statement: else nobody can register"
    if "secret_key" in values and values["secret_key"] == values.get("index_key"):
        yield "PORTAL_SECRET_KEY and PORTAL_INDEX_KEY must differ"


def _addresses(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is called over plain http and leaves this machine."""
    if values.get("allow_local_endpoints") is not False:
        return
    if "base_url" in values and not is_encrypted_or_near(values["base_url"]):
        yield "PORTAL_BASE_URL must be https: http is for this machine and private networks only"
    for field, variable in (("chart_base", "PORTAL_CHART_BASE"), ("oidc_issuer", "PORTAL_OIDC_ISSUER")):
        if values.get(field, "").startswith("http:"):
            yield f"{variable} must be https: http is for PORTAL_ALLOW_LOCAL_ENDPOINTS only"


def files(stored: Mapping[str, Path], named: Mapping[str, Path]) -> Iterator[str]:
    """Yield a sentence for each secret that others may read.

    ``stored`` are the files of the data directory, which we made; ``named`` those that a ``…_FILE`` variable names,
    which may be their group's too.
    """
    for paths, mask, words in ((stored, _OF_GROUP_AND_OTHERS, "chmod 600"), (named, _OF_OTHERS, "chmod o=")):
        for variable, path in paths.items():
            if path.is_file() and path.stat().st_mode & mask:
                yield f"{variable} is in {path}, which others may read: {words}"
