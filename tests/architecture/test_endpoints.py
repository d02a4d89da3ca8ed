"""Every endpoint says who may call it, and does little itself."""

import ast
import inspect
import textwrap

from flask import Flask

from portal.access import Permission
from portal.endpoints import Kind, access_of, page_before

_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
_MOST_STATEMENTS = 25
_PUBLIC = {
    "account.sign_in",
    "links.callback",  # the way back: it finds out itself who is signed in
    "links.ended",
    "account.code",  # after the password
    "account.passkey_options",
    "account.passkey_sign_in",
    "account.activate",
    "account.openid_sign_in",
    "account.openid_back",  # the way back: it finds out itself whose attempt it answers
    "account.openid_ended",
    "account.forgotten",
    "account.new_password",  # the link in an e-mail
    "desk.keep_factor",  # the link in an e-mail
    "desk.stop_proxy",  # the link in an e-mail
    "desk.print_summary",  # the code is the secret
    "viewing.page",  # the key is behind the "#" of a shared link
    "viewing.open_with_code",  # the code is the secret
    "viewing.leave_note",  # what opened it is the secret
    "account.keep",  # after the time was up
    "account.time_left",
    "account.mailbox",  # only in the demo
    "account.signed_out",
    "static",
    "metrics.metrics",  # only for this machine itself, or with the token
    "system.alive",
    "system.ready",
}  # further public endpoints must be of these kinds:
BIG_STEPS = {
    # linking and unlinking
    "links.start",
    "links.record",
    "links.verify",
    "links.do_unlink",
    # letting an app or another portal read a record
    "oauth.decide",
    # how one signs in
    "account.password",
    "account.email",
    "account.authenticator",
    "account.remove_authenticator",
    "account.codes",
    "account.remove_printed",
    "account.new_passkey_options",
    "account.add_passkey",
    "account.remove_passkey",
    "share.new",
    "share.create",
    "share.vaccines",
    "share.vaccines_file",
    "calendar.create",
    # who acts for whom; to end it asks nothing
    "family.new_invitation",
    "family.invite",
    "family.answer_of",
    "family.proxy",
    "family.change_proxy",
    # all that is kept, and a print of one's summary
    "settings.download",
    "settings.take_prepared",
    # what cannot be undone
    "admin.ask_erasure",
    "admin.change",
    "admin.change_account",
    "admin.change_details",
    # to where patients go with a link, and what may ask for a record
    "admin.correct",
    "admin.merge",
    "admin.policy",
    "registered.add",
    "registered.keys",
    # how somebody else signs in, or acts for a patient
    "admin.invite_many",
    "desk.activation",
    "desk.add_proxy",
    "desk.factor",
    "admin.change_factors",
    "admin.decide",
    "admin.decide_erasure",
    "admin.invite",
    "admin.prepare_export",
    "admin.propose",
    "desk.check_papers",
    "admin.propose_rules",
    "staff.decide_merge",
    "staff.propose_merge",
    "desk.release_print",
    "desk.agree_visit",
}
"""What asks who it is once more (requirement C2)."""
NO_STEP_UP = {
    "closes a door, or only narrows: nobody waits for a code to do that": {
        "account.end_sign_in",
        "account.end_other_sign_ins",
        "account.sign_out",
        "admin.stop",
        "calendar.end",
        "calendar.remove_own",
        "desk.end_proxy",
        "family.end_proxy",
        "family.keep_private",
        "family.stop_seeing_as",
        "granted.end",
        "links.cancel",
        "links.hide",
        "links.later",
        "links.not_me",
        "links.not_mine",
        "registered.end",
        "share.change",  # pauses, resumes and ends what was shared with a step-up
    },
    "is the asking itself": {
        "account.confirm",
        "account.confirm_by_passkey",
        "account.stay",
        "oauth.sign_in_again",
    },
    "only looks, with an entry in the log": {
        "admin.audit_search",
        "admin.find_account",
        "admin.reach",
        "desk.find",
        "family.see_as",
    },
    "opens nothing: answers, sorts, waits, or what the patient does again on a device of theirs": {
        "admin.answer",
        "calendar.add_own",
        "care_team.answer",
        "care_team.assign",
        "care_team.close",
        "care_team_settings.change",
        "desk.ask",
        "desk.call",
        "desk.document",
        "desk.finish",
        "desk.get_in_line",
        "desk.go_form",
        "desk.hand_over",
        "desk.hear_code",
        "desk.open_code",
        "desk.update",
        "desk.visit",  # it opens with a passcode that only the patient's own page showed
        "desk.wait",
        "health.add_reading",
        "health.change_reading",
        "health.choose_release",
        "health.clear_new",
        "health.correction",
        "health.remove_reading",
        "health.show_waiting",
        "health.undo_reading",
        "links.keep",
        "links.show",
        "links.update",
        "messages.again",
        "messages.discard",
        "messages.reply",
        "messages.write",
        "notices.save",
        "received.team_read",
        "receiving.decide",
        "receiving.fetch",
        "receiving.frame",
        "settings.save",
        "staff.answer",
        "staff.open_request",
    },
    "the patient may have lost what they would be asked for": {"desk.answer"},
    "decides on a match that both sides computed, within a link that was begun with a step-up": {
        "desk.decide",
        "links.confirm",
    },
    "says whether partners may match; nothing is opened without a link": {"links.set_finding"},
}
"""Endpoints that change something and do not ask, with the reason; each was looked at."""
_PUBLIC_PREFIXES = (
    "help.",
    "install.",
    "smart",
    "oauth",
    "fhir",
    "links.jwks",
    "health_cards.keys",
    "settings.quick",
    "brands",
    "health_links.",  # the address is the secret, as is a calendar's
    "calendar.feed",
    "notices.ask_stop",  # the address in an e-mail
    "notices.stop",
    "developers.",
    "family.answer",  # the code is the secret, and shows nothing of a record
)


def test_every_endpoint_is_classified(app: Flask) -> None:
    unclassified = [endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None]
    assert not unclassified


def test_person_endpoints_name_a_permission(app: Flask) -> None:
    without = [
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.kind is Kind.PERSON and access.permission is None
    ]
    assert not without


def test_what_is_public_is_known(app: Flask) -> None:
    """A new public endpoint is added here on purpose."""
    public = {
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.kind is Kind.PUBLIC
    }
    unexpected = {endpoint for endpoint in public - _PUBLIC if not endpoint.startswith(_PUBLIC_PREFIXES)}
    assert not unexpected


def test_big_steps_ask_who_it_is(app: Flask) -> None:
    asking = {endpoint: back for endpoint in app.view_functions if (back := page_before(app, endpoint))}
    assert set(asking) == BIG_STEPS
    rules = {endpoint: list(app.url_map.iter_rules(endpoint)) for endpoint in {*asking, *asking.values()}}
    for endpoint, back in asking.items():
        assert any("GET" in (rule.methods or ()) for rule in rules[back]), f"{endpoint}: {back} is no page"
        own = {argument for rule in rules[endpoint] for argument in rule.arguments}
        assert {argument for rule in rules[back] for argument in rule.arguments} <= own, endpoint


def test_what_changes_something_asks_who_it_is_or_was_looked_at(app: Flask) -> None:
    """Of who is signed in: a new one gets a step-up, or a reason why not."""
    kinds = {Kind.DUTY, Kind.SIGNED_IN, Kind.PERSON}
    changing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (access := access_of(app, rule.endpoint)) and access.kind in kinds and (rule.methods or set()) & _CHANGING
    }
    asking = {endpoint for endpoint in changing if page_before(app, endpoint)}
    reviewed = [endpoint for endpoints in NO_STEP_UP.values() for endpoint in endpoints]
    assert len(reviewed) == len(set(reviewed))
    assert changing - asking == set(reviewed)


def test_person_endpoints_have_both_addresses(app: Flask) -> None:
    """Oneself, and somebody one acts for (``/for/<person>/…``)."""
    rules: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        rules.setdefault(rule.endpoint, set()).add(rule.rule)
    one_sided = [
        endpoint
        for endpoint, addresses in rules.items()
        if (access := access_of(app, endpoint))
        and access.kind is Kind.PERSON
        and access.permission is not Permission.MANAGE_FAMILY  # one's own alone
        and not (
            any(address.startswith("/for/<") for address in addresses)
            and any(not address.startswith("/for/") for address in addresses)
        )
    ]
    assert not one_sided


def test_views_are_short(app: Flask) -> None:
    """A route guards, parses its form, makes one call, builds a view model, renders."""
    too_long = {
        endpoint: count
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and (count := _statements(view)) > _MOST_STATEMENTS
    }
    assert not too_long


def _statements(view: object) -> int:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))  # type: ignore[arg-type]
    function = ast.parse(source).body[0]
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
