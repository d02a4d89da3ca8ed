"""End a token at the other organization."""

from jobs import context
from portal.linking.oauth.revocation import revoke


def run(*, instance: str, revocation: str) -> str:
    return revoke(context.services(instance), revocation)
