"""A runnable organization that can misbehave: real HTTP on loopback, SMART on FHIR, invented people.

    with FakeOrganization() as org:
        org.fhir_base                       # "http://127.0.0.1:<port>/fhir"
        org.misbehave("/fhir/Observation", misbehaviour.html())          # every request to that path
        org.misbehave("/fhir/Condition", misbehaviour.status(503), times=1)   # only the first one
        org.behave()                        # forget all misbehaviour
        token = org.grant("maria", scopes="patient/*.read offline_access")   # a Grant with access and refresh token
        org.add(resource)   org.remove("Condition", "c1")                # change the record
        org.calls("/fhir/Observation")      # what was asked: list of Call(method, path, query, authorization)

The OAuth side: ``/oauth/authorize`` consents at once for the person in ``login_hint`` (default "maria") and redirects
with ``code``, ``state``, ``iss``; ``/oauth/token`` knows authorization_code (S256), refresh_token (rotating) and
client_credentials; ``/oauth/revoke``; ``/oauth/register``. Any client id is accepted unless ``clients`` is given.

A misbehaviour is a function of an ``Exchange``: what ``misbehaviour`` lacks is written in the test itself. For a person
here who is linked to the fake, see ``tests.fakes.linked.link_to``.

``python -m tests.fakes --help`` runs one from the command line.
"""

from tests.fakes import misbehaviour
from tests.fakes.http import Exchange
from tests.fakes.organization import Call, FakeOrganization

__all__ = ["Call", "Exchange", "FakeOrganization", "misbehaviour"]
