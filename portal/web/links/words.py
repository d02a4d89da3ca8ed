"""What the pages about links say: causes, outcomes, moves. Codes stay in the code; people read words."""

from dataclasses import dataclass

from portal.domain.links import LinkState, Outcome, Shown
from portal.identity.comparison import Difference
from portal.web import formats
from portal.web.links.failures import UNREADABLE, failure
from portal.web.phrases import gettext as _
from portal.web.words import sex


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended: what happened, and what to do. ``again``: trying again may help."""

    title: str
    happened: str
    do: str
    again: bool = True


def ending(code: str, organization: str) -> Ending:
    """Return the page of a ``LinkingError`` or ``OutsideError`` code."""
    name = organization or _("the other organization")
    start_again = _("Start again from here; nothing was linked and nothing was kept.")
    return {
        "denied": Ending(
            _("You did not agree, so nothing was linked"),
            _("You chose not to share, or closed the sign-in at %(name)s.", name=name),
            _("If that was not what you wanted, start again."),
        ),
        "scope-refused": Ending(
            _("%(name)s does not release what was asked for", name=name),
            _("Its server refused the kinds of records that this portal asks for."),
            _(
                "This cannot be fixed from here. Ask %(name)s if it shares records with other portals.",
                name=name,
            ),
            again=False,
        ),
        "confidential": Ending(
            _("Only the person themselves can link %(name)s", name=name),
            _("This part is marked as private, and your access does not cover private information."),
            _("They can link it from their own sign-in."),
            again=False,
        ),
        "not-registered": Ending(
            _("This portal cannot sign you in at %(name)s yet", name=name),
            _("%(name)s does not know this portal, or no longer does.", name=name),
            _("The operator of this portal has to register with it. You can ask the help desk to do so."),
            again=False,
        ),
        "unavailable-there": Ending(
            _("%(name)s could not be reached", name=name),
            _("Its sign-in service did not answer as it should."),
            _("Try again in a while. Nothing was linked and nothing was kept."),
        ),
        "request-refused": Ending(
            _("%(name)s did not accept the request", name=name),
            _("Its sign-in service refused to let this portal ask you."),
            _("Try again; if it happens again, tell the help desk."),
        ),
        "state-unknown": Ending(
            _("This sign-in is not known here"),
            _("The address you came back with does not belong to a sign-in that was started in this portal."),
            start_again,
        ),
        "other-session": Ending(
            _("This sign-in was started somewhere else"),
            _("It began in another browser, or someone else began it. Or you signed in here again since."),
            start_again,
        ),
        "signed-out": Ending(
            _("You are no longer signed in here"),
            _("You were signed out of this portal while you were at the other organization."),
            _("Sign in here and start again; nothing was linked and nothing was kept."),
        ),
        "attempt-used": Ending(
            _("This sign-in was used already"),
            _("The page was loaded a second time, or the first time did not come to its end."),
            start_again,
        ),
        "attempt-expired": Ending(
            _("That took longer than ten minutes"),
            _("To protect you, a sign-in at another place works for 10 minutes only."),
            start_again,
        ),
        "not-allowed": Ending(
            _("You may not link accounts for this person"),
            _("Your access to this record ended, or does not include this link."),
            _("Ask the front desk which access you have."),
            again=False,
        ),
        "issuer-mismatch": Ending(
            _("The answer came from the wrong place"),
            _("Somebody other than %(name)s answered. It was not used.", name=name),
            _(
                "Start again, and look at the address of the page on which you sign in. Tell the help desk "
                "if it happens again."
            ),
        ),
        "issuer-unproven": Ending(
            _("%(name)s does not show who signs you in", name=name),
            _("It would send you to the sign-in of somebody who does not confirm that. Nothing was asked there."),
            _("This cannot be fixed from here. Tell the help desk."),
            again=False,
        ),
        "issuer-missing": Ending(
            _("The answer did not say where it came from"),
            _(
                "%(name)s says that it signs its answers with its name, but this one had none. It was not used.",
                name=name,
            ),
            _("Start again. Tell the help desk if it happens again."),
        ),
        "code-refused": Ending(
            _("%(name)s did not confirm the sign-in", name=name),
            _("What it sent back with you was not good for access: it may have been too old or used already."),
            start_again,
        ),
        "no-patient": Ending(
            _("No record came with that account"),
            _("You signed in at %(name)s, but the account there has no patient record, or none was chosen.", name=name),
            _(
                "Start again and choose your record there. If you have none there, ask %(name)s to set it up.",
                name=name,
            ),
        ),
        "patient-unnamed": Ending(
            _("%(name)s did not say which record is yours", name=name),
            _("You signed in there, but its server named no record, and gave none when it was asked for yours."),
            _("Start again, and choose your record there if you can. If it happens again, tell the help desk."),
        ),
        "several-patients": Ending(
            _("The account at %(name)s opens several records", name=name),
            _("We can’t be sure which one belongs to the person whose health information is open here."),
            _("Start again, and choose one record there if you are asked to, or sign in with another account."),
        ),
        "no-match": Ending(
            _("%(name)s could not be sure which record is yours", name=name),
            _("It is shown only when name, birth date and address or number leave no doubt."),
            _("You can sign in there instead, if you have an account."),
        ),
        "cannot-tell": Ending(
            _("We can't tell if the record at %(name)s is yours", name=name),
            _("%(name)s found a record, but what it says about you does not match enough of what we have.", name=name),
            _(
                "You can sign in there instead, if you have an account. Our front desk can also help; bring an ID "
                "with a photo."
            ),
        ),
        "policy-off": Ending(
            _("%(name)s has switched linking off", name=name),
            _("Linking with this organization is not possible at present."),
            _("You can ask %(name)s for your records directly.", name=name),
            again=False,
        ),
        "exchange-required": Ending(
            _("%(name)s can be linked only after records were exchanged", name=name),
            _("This organization links accounts of patients whose records it has exchanged with us before."),
            _(
                "Ask your care team here to request your records from %(name)s. It then appears among your "
                "suggestions.",
                name=name,
            ),
            again=False,
        ),
        "no-address": Ending(
            _("%(name)s cannot be linked yet", name=name),
            _("It is in the directory, but how to reach its records is not known."),
            _("You can ask %(name)s whether it offers records to patients' portals.", name=name),
            again=False,
        ),
        "id-token": Ending(
            _("The answer could not be trusted"),
            _("The proof of sign-in that %(name)s sent is not properly signed. It was not used.", name=name),
            _("Start again. Tell the help desk if it happens again."),
        ),
        "registration-changed": Ending(
            _("Please start again"),
            _("The way this portal is known at %(name)s changed while you were there.", name=name),
            start_again,
        ),
    }.get(code) or _other_ending(code, name)


def _other_ending(code: str, name: str) -> Ending:
    if code in ("no-s256", "token-type", "token-malformed", "token-redirect", "code-missing") or (
        code.startswith("registration-")
    ):
        return Ending(
            _("%(name)s did not answer as the standard says", name=name),
            _("Its answer was not used, because it was not safe to."),
            _("This cannot be fixed from here. Tell the help desk, and try again another day."),
        )
    return Ending(
        _("%(name)s could not be reached", name=name),
        _("Its server did not answer, or not as it should."),
        _("Try again in a while. Nothing was linked and nothing was kept."),
    )


def state_reason(state: LinkState, shown: Shown, reason: str | None, name: str) -> str:
    """Why a link is as it is, in a sentence; empty when its state says it all."""
    if shown is Shown.UNAVAILABLE:
        return _("%(name)s has switched linking off. What was loaded before stays.", name=name)
    if shown is Shown.UPDATE_DUE:
        return _("%(name)s needs your permission for each update.", name=name)
    if shown is Shown.THROTTLED:
        return _("%(name)s allows only a few updates a day.", name=name)
    if state is LinkState.LINKING:
        return _checking(reason, name)
    if state is LinkState.CONFIRM:
        return _confirm_reason(reason, name)
    if state is LinkState.NEEDS_VERIFICATION:
        return _verification_reason(reason, name)
    if state is LinkState.ERROR:
        return failure(reason, name)
    if state is LinkState.REFUSED:
        return _(
            "The account you signed in to at %(name)s belongs to somebody else. Nothing of it was kept.", name=name
        )
    return ""


def _checking(reason: str | None, name: str) -> str:
    if not reason:
        return _("We are checking that the account there is yours. This takes a moment.")
    if reason in UNREADABLE or reason == "fhir-version":
        return _("%(what)s We will try a few more times.", what=failure(reason, name))
    return _("%(name)s did not answer yet. We will ask again.", name=name)


def _confirm_reason(reason: str | None, name: str) -> str:
    if reason == "cannot-tell":
        return _("We can't tell if the account at %(name)s is yours. Please compare what is on file.", name=name)
    return _("The account at %(name)s looks like yours, but something there is not the same.", name=name)


def _verification_reason(reason: str | None, name: str) -> str:
    return {
        "answer-lost": _("An answer from %(name)s got lost. Please sign in there again.", name=name),
        "year-passed": _("You verified this account more than a year ago."),
        "wrong-person": _(
            "Records of somebody else came from %(name)s. They were not kept, and somebody here is looking into it.",
            name=name,
        ),
        "different-person": _(
            "The account you signed in to at %(name)s belongs to somebody else. Sign in there as the "
            "person whose record "
            "is open here.",
            name=name,
        ),
        "cannot-tell": _(
            "We can't tell if the account at %(name)s is yours: a birth date or another detail is missing or does not "
            "match. Nothing was loaded from it. Our front desk can help; bring an ID with a photo. You can also ask "
            "%(name)s to check your details there, and then verify again.",
            name=name,
        ),
        "patient-withheld": _("%(name)s did not release the name and birth date that are needed to verify.", name=name),
        "not-reached": _("%(name)s could not be reached to verify the account.", name=name),
        "patient-unreadable": _(
            "What %(name)s sent to verify the account cannot be read by this portal. Tell the help desk.", name=name
        ),
        "switched-on": _("%(name)s had linking switched off. It is on again.", name=name),
        "proxy-ended": _(
            "Somebody else had signed in at %(name)s for this record and no longer acts here. What was loaded stays; "
            "sign in there yourself to get updates again.",
            name=name,
        ),
    }.get(reason or "") or _(
        "%(name)s ended the link. The time was up, you ended it there, or you changed your password there.",
        name=name,
    )


def outcome(value: Outcome, reason: str | None, name: str) -> str:
    """How one section of an update ended."""
    if value is Outcome.FAILED:
        return failure(reason, name)
    if value is Outcome.PARTLY and reason:
        return _("Not everything could be loaded. %(why)s", why=failure(reason, name))
    if value is Outcome.NOT_OFFERED and reason == "not-granted":
        return _("You did not allow this when you signed in there.")
    return {
        Outcome.WAITING: _("Waiting"),
        Outcome.RUNNING: _("Being loaded"),
        Outcome.DONE: _("Loaded"),
        Outcome.PARTLY: _("Not everything could be loaded"),
        Outcome.REFUSED: _("Not shared by %(name)s", name=name),
        Outcome.NOT_OFFERED: _("Not offered by %(name)s", name=name),
        Outcome.CANCELLED: _("Stopped"),
    }[value]


def move(word: str) -> str:
    """One line of a link's history."""
    return {
        "authorized": _("You signed in there and agreed"),
        "renewed": _("You signed in there again"),
        "matched": _("Your record there was found, and you confirmed it"),
        "verified": _("The account was verified"),
        "near": _("Something differed, and you were asked"),
        "cannot-tell": _("We could not tell if it was you, and you were asked"),
        "undecided": _("We could not tell if it was you, and did not link it"),
        "confirmed": _("You confirmed that it is you"),
        "not-me": _("You said that it is not you"),
        "refused": _("The account belonged to somebody else and was not linked"),
        "token-lost": _("The link ended. You need to verify it again."),
        "wrong-person": _("Records of somebody else came. We stopped the link."),
        "expired": _("A year had passed since it was verified"),
        "failed": _("An update failed"),
        "recovered": _("Updates work again"),
        "switched-off": _("The organization switched linking off"),
        "switched-on": _("The organization switched linking on"),
        "cancelled": _("You cancelled"),
        "unlinked": _("You unlinked it"),
    }.get(word, word)


def why(reason: str, name: str) -> str:
    """Why an organization is suggested."""
    return {
        "told": _("You told us that it was missing. It can be linked now."),
        "match": _("Is this you? %(name)s has a record that matches you.", name=name),
        "chart": _("It is mentioned in your record here."),
        "reverse": _("It is linked to your account here."),
        "near": _("Near you."),
    }.get(reason, "")


def difference(value: Difference) -> str:
    """Return what differs, as a heading."""
    return {
        "name": _("Name"),
        "birth-date": _("Birth date"),
        "sex": _("Sex"),
        "number": _("ID number, such as Social Security"),
        "deceased": _("Recorded as deceased"),
        "birth-order": _("Place among twins"),
    }.get(value.aspect, value.aspect)


def side(aspect: str, text: str, *, is_theirs: bool) -> str:
    """Return what one side of a difference says, where it is no name; a number itself is never shown."""
    if aspect == "number":
        return _("A different number") if is_theirs else _("On file")
    if aspect == "deceased" and text in ("yes", "no"):
        return _("Yes") if text == "yes" else _("No")
    if aspect in ("birth-date", "deceased"):
        return formats.date_text(text) if text else ""
    return sex(text) if aspect == "sex" else text


def refusal(code: str) -> str:
    """Why an account was not linked, for the history."""
    return _("It was somebody else's account") if code == "different-person" else ""
