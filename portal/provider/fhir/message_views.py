"""The FHIR endpoints of messages that patients write."""

from flask import Blueprint, Response, request

from portal.endpoints import oauth_protected
from portal.extensions import current_services
from portal.provider.fhir import communications
from portal.provider.fhir.access import Caller
from portal.provider.fhir.answering import Record, answered, caller_of, recording
from portal.provider.fhir.formats import fhir_json
from portal.store import Tx


def bind(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/Communication", view_func=create_message, methods=["POST"])
    blueprint.add_url_rule("/Communication/$received", view_func=receive_messages, methods=["POST"])
    blueprint.add_url_rule("/Communication/$recipients", view_func=message_recipients)


@oauth_protected
def create_message() -> Response:
    """Take a message to a clinician; with If-None-Exist it is taken once, however often it is sent."""
    caller = caller_of("Communication")
    stored, is_new = communications.create(current_services(), caller, request)

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        resource = communications.shown(tx, caller, stored)
        response = fhir_json(resource, 201 if is_new else 200)
        response.headers["Location"] = f"{current_services().settings.fhir_base}/Communication/{stored.fhir_id}"
        return response, Record(communications.recording(caller, is_new=is_new, author=stored.author))

    return answered("Communication", work)


@oauth_protected
def receive_messages() -> Response:
    """Note which messages the person has read."""
    caller = caller_of("Communication")
    received = communications.receive(current_services(), caller, request)
    record = Record(communications.recording(caller, is_new=False))
    return answered("Communication", lambda _tx, _caller: (received, record))


@oauth_protected
def message_recipients() -> Response:
    """List to whom the person may write."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        bundle = communications.recipients(tx, caller)
        record = recording(caller, kind="PractitionerRole", person_id=caller.person_id, n=len(bundle["entry"]))
        return fhir_json(bundle), record

    return answered("Communication", work)
