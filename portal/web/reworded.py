"""Phrases that say "your" of a record, and what they say when it is another's: "Leo's chart".

The catalogue of the request asks here for every phrase, so that no page has to know whose record is open. Pure.
"""

from collections.abc import Mapping
from typing import Any

from portal.domain.phrases import N_

REWORDED: Mapping[str, str] = {
    "You have no active account at %(names)s. Without one, this section does not come here.": N_(
        "%(person)s has no active account at %(names)s. Without one, this section does not come here."
    ),
    "You might not have this documented at %(names)s.": N_("%(person)s might not have this documented at %(names)s."),
    "Items that are in your record here and elsewhere are shown once, without the symbol.": N_(
        "Items that are in %(person)s’s record here and elsewhere are shown once, without the symbol."
    ),
    "Is the account at %(name)s yours?": N_("Is the account at %(name)s %(person)s’s?"),
    "%(name)s did not say which record is yours": N_("%(name)s did not say which record is %(person)s’s"),
    "Start again and choose your record there. If you have none there, ask %(name)s to set it up.": N_(
        "Start again and choose %(person)s’s record there. If there is none, ask %(name)s to set it up."
    ),
    "You signed in there, but its server named no record, and gave none when it was asked for yours.": N_(
        "You signed in there, but its server named no record, and gave none when it was asked for %(person)s’s."
    ),
    "Start again, and choose your record there if you can. If it happens again, tell the help desk.": N_(
        "Start again, and choose %(person)s’s record there if you can. If it happens again, tell the help desk."
    ),
    "We can't tell if the record at %(name)s is yours": N_("We can't tell if the record at %(name)s is %(person)s’s"),
    "%(name)s found a record, but what it says about you does not match enough of what we have.": N_(
        "%(name)s found a record, but what it says about %(person)s does not match enough of what we have."
    ),
    "You can ask %(name)s for your records directly.": N_("You can ask %(name)s for %(person)s’s records directly."),
    "Ask your care team here to request your records from %(name)s. It then appears among your suggestions.": N_(
        "Ask %(person)s’s care team here to request the records from %(name)s. It then appears among the suggestions."
    ),
    "We are checking that the account there is yours. This takes a moment.": N_(
        "We are checking that the account there is %(person)s’s. This takes a moment."
    ),
    "We can't tell if the account at %(name)s is yours. Please compare what is on file.": N_(
        "We can't tell if the account at %(name)s is %(person)s’s. Please compare what is on file."
    ),
    "The account at %(name)s looks like yours, but something there is not the same.": N_(
        "The account at %(name)s looks like %(person)s’s, but something there is not the same."
    ),
    "We can't tell if the account at %(name)s is yours: a birth date or another detail is missing or does not "
    "match. Nothing was loaded from it. Our front desk can help; bring an ID with a photo. You can also ask "
    "%(name)s to check your details there, and then verify again.": N_(
        "We can't tell if the account at %(name)s is %(person)s’s: a birth date or another detail is missing or does "
        "not match. Nothing was loaded from it. Our front desk can help; bring an ID with a photo. You can also ask "
        "%(name)s to check the details there, and then verify again."
    ),
    "Your record there was found, and you confirmed it": N_("%(person)s’s record there was found, and confirmed here"),
    "Something differed, and you were asked": N_("Something differed, and we asked"),
    "We could not tell if it was you, and you were asked": N_("We could not tell if it was %(person)s, and asked"),
    "We could not tell if it was you, and did not link it": N_(
        "We could not tell if it was %(person)s, and did not link it"
    ),
    "You confirmed that it is you": N_("Confirmed here that it is %(person)s"),
    "You said that it is not you": N_("Said here that it is not %(person)s"),
    "You signed in there and agreed": N_("Somebody signed in there and agreed"),
    "You signed in there again": N_("Somebody signed in there again"),
    "You cancelled": N_("Cancelled here"),
    "You unlinked it": N_("Unlinked here"),
    "Is this you? %(name)s has a record that matches you.": N_(
        "Is this %(person)s? %(name)s has a record that matches."
    ),
    "It is mentioned in your record here.": N_("It is mentioned in %(person)s’s record here."),
    "It is linked to your account here.": N_("It is linked to %(person)s’s account here."),
    "Near you.": N_("Near %(person)s’s home."),
    "Who has looked at my record": N_("Who has looked at %(person)s’s record"),
    "Getting your records": N_("Getting %(person)s’s records"),
    "Please confirm that this is you": N_("Please confirm that this is %(person)s"),
    "Ask your doctor which one is right.": N_("Ask %(person)s’s doctor which one is right."),
    "%(both)s. Ask your doctor which one is right.": N_("%(both)s. Ask %(person)s’s doctor which one is right."),
    "%(names)s say different things. Ask your doctor which one is right.": N_(
        "%(names)s say different things. Ask %(person)s’s doctor which one is right."
    ),
    "%(names)s noted that there is none, but something is listed. Ask your doctor which is right.": N_(
        "%(names)s noted that there is none, but something is listed. Ask %(person)s’s doctor which is right."
    ),
    "What you or someone else said you take": N_("What %(person)s or someone else said %(person)s takes"),
    "The staff of %(name)s who take care of records read what you write here, with the name of the item. They answer "
    "here. If it is about your health and cannot wait, call instead.": N_(
        "The staff of %(name)s who take care of records read what you write here, with the name of the item. They "
        "answer here. If it is about %(person)s’s health and cannot wait, call instead."
    ),
    "You have not asked for a correction": N_("Nobody has asked for a correction"),
    "Open an item of your record and choose “Is something wrong here?”.": N_(
        "Open an item of %(person)s’s record and choose “Is something wrong here?”."
    ),
    "Request to correct my health record": N_("Request to correct %(person)s’s health record"),
    "Please correct the following in my record. I ask for this under 45 CFR 164.526 (the right to have health "
    "information amended).": N_(
        "Please correct the following in %(person)s’s record. I ask for this under 45 CFR 164.526 (the right to have "
        "health information amended)."
    ),
    "Search my record": N_("Search %(person)s’s record"),
    "In your record here": N_("In %(person)s’s record here"),
    "Noted while examining you": N_("Noted while examining %(person)s"),
    "Summary of my record": N_("Summary of %(person)s’s record"),
    "Laboratories measure in different ways; a small step between two of them need not mean a change. Ask your care "
    "team what it means for you.": N_(
        "Laboratories measure in different ways; a small step between two of them need not mean a change. Ask the care "
        "team what it means for %(person)s."
    ),
    "Your next visit": N_("%(person)s’s next visit"),
    "Link My Accounts": N_("Link %(person)s’s accounts"),
    "Bring your health information together": N_("Bring %(person)s’s health information together"),
    "Have you been seen somewhere besides %(name)s? Link your account there, and its records appear here beside "
    "yours.": N_(
        "Has %(person)s been seen somewhere besides %(name)s? Link the account there, and its records appear here, too."
    ),
    "Have you been a patient here?": N_("Has %(person)s been here?"),
    "Not me": N_("Not %(person)s"),
    "Bring your health information together.": N_("Bring %(person)s’s health information together."),
    "You have no active account at %(name)s": N_("%(person)s has no active account at %(name)s"),
    "You see allergies, health issues, implants and medications. Verify your account to see the rest.": N_(
        "You see allergies, health issues, implants and medications. Verify %(person)s’s account to see the rest."
    ),
    "Verify your account to see more than the four basic sections.": N_(
        "Verify %(person)s’s account to see more than the four basic sections."
    ),
    "You see your %(name)s record here. Nothing is added to your chart at %(organization)s.": N_(
        "You see %(person)s’s %(name)s record here. Nothing is added to the chart at %(organization)s."
    ),
    "These portals show your %(portal)s information: %(names)s.": N_(
        "These portals show %(person)s’s %(portal)s information: %(names)s."
    ),
    "Is this you?": N_("Is this %(person)s?"),
    "%(name)s has switched linking off. You can ask it for your records directly.": N_(
        "%(name)s has switched linking off. You can ask it for %(person)s’s records directly."
    ),
    "%(name)s links accounts only after records were exchanged. Ask your care team here to request your records from "
    "there; it then appears among your suggestions.": N_(
        "%(name)s links accounts only after records were exchanged. Ask %(person)s’s care team here to request the "
        "records from there; it then appears among the suggestions."
    ),
    "%(name)s has a record that matches your name, birth date and address or number. "
    "You can see its allergies, health issues, implants and medications here without an account there.": N_(
        "%(name)s has a record that matches %(person)s’s name, birth date and address or "
        "number. You can see its allergies, health issues, implants and medications here without an account there."
    ),
    "Yes, show my basic records": N_("Yes, show %(person)s’s basic records"),
    "Then your records from there are shown beside yours. Each has a symbol that says where it comes from.": N_(
        "Then %(person)s’s records from there are shown with the rest. Each has a symbol that says where it comes from."
    ),
    "Linking does not add anything to your chart at %(name)s. Your doctors here won’t see it unless you show them.": N_(
        "Linking does not add anything to %(person)s’s chart at %(name)s. Doctors here won’t see it unless you show "
        "them."
    ),
    "%(name)s can show your %(portal)s information too. %(name)s will ask you about this separately. You can say no "
    "and still link.": N_(
        "%(name)s can show %(person)s’s %(portal)s information too. %(name)s will ask you about this separately. "
        "You can say no and still link."
    ),
    "Finding my records elsewhere": N_("Finding %(person)s’s records elsewhere"),
    "%(organization)s can ask its partner organizations if they have a record of yours. You need no account there.": N_(
        "%(organization)s can ask its partner organizations if they have a record of %(person)s. No account is "
        "needed there."
    ),
    "They are told what identifies you: name, birth date, sex, address, phone and e-mail. Nothing about your "
    "health.": N_(
        "They are told what identifies %(person)s: name, birth date, sex, address, phone and e-mail. Nothing about "
        "health."
    ),
    "They answer only when it is certain. It is then suggested to you, and nothing is shown before you say that it is "
    "you.": N_(
        "They answer only when it is certain. It is then suggested, and nothing is shown before you say that it is "
        "%(person)s."
    ),
    "They may ask in the same way, for your record here.": N_(
        "They may ask in the same way, for %(person)s’s record here."
    ),
    "“No” works at once: what was found and you did not confirm is forgotten, and partners that found you here read "
    "nothing more. What you confirmed stays linked until you unlink it.": N_(
        "“No” works at once: what was found and not confirmed is forgotten, and partners that found %(person)s here "
        "read nothing more. What was confirmed stays linked until it is unlinked."
    ),
    "The people who keep the directory read this. They see the name and the place, not who you are. Please write "
    "nothing about your health.": N_(
        "The people who keep the directory read this. They see the name and the place, not who you are. Please write "
        "nothing about %(person)s’s health."
    ),
    "It does not take part in linking. You can ask it for your records directly.": N_(
        "It does not take part in linking. You can ask it for %(person)s’s records directly."
    ),
    "It does not take part in linking yet. You can ask it for your records directly.": N_(
        "It does not take part in linking yet. You can ask it for %(person)s’s records directly."
    ),
    "We can't tell if this is you": N_("We can't tell if this is %(person)s"),
    "Say yes only if this is your own record. If you are not sure, ask our front desk before you answer.": N_(
        "Say yes only if this is %(person)s’s record. If you are not sure, ask our front desk before you answer."
    ),
    "Yes, this is me": N_("Yes, this is %(person)s"),
    "Checking that the account is yours …": N_("Checking that the account is %(person)s’s …"),
    "%(name)s shows your %(portal)s information too.": N_("%(name)s shows %(person)s’s %(portal)s information too."),
    "%(name)s does not show your %(portal)s information. If you want it to, link it in its own portal.": N_(
        "%(name)s does not show %(person)s’s %(portal)s information. If you want it to, link it in its own portal."
    ),
    "Your record and your account at %(name)s stay as they are.": N_(
        "%(person)s’s record and account at %(name)s stay as they are."
    ),
    "%(name)s still shows your %(portal)s information. End that on the page of this link, or under Settings.": N_(
        "%(name)s still shows %(person)s’s %(portal)s information. End that on the page of this link."
    ),
    "The list of who looked at your record still shows that there was a link, but no health information.": N_(
        "The list of who looked at %(person)s’s record still shows that there was a link, but no health information."
    ),
    "Everything you share": N_("What is shared of %(person)s’s record"),
    "My doctor isn’t in the list": N_("%(person)s’s doctor isn’t in the list"),
    "Try a name, or “my heart doctor”.": N_("Try a name, or “heart doctor”."),
    "The care team reads your message too, and it becomes part of your record there.": N_(
        "The care team reads the message too, and it becomes part of %(person)s’s record there."
    ),
    "Verify your account at %(name)s to write there.": N_("Verify the account at %(name)s to write there."),
    "Print my summary at the desk": N_("Print %(person)s’s summary at the desk"),
    "Put me on the list": N_("Put %(person)s on the list"),
    "You share nothing by a link": N_("Nothing is shared by a link"),
    "Your link": N_("The link"),
    "They also see your name and birth date, and that you chose what is here. It is in English.": N_(
        "They also see %(person)s’s name and birth date, and that somebody chose what is here. It is in English."
    ),
}
"""Each phrase that speaks of the reader's own record, with what stands for it in another's."""


class Reworded:
    """A catalogue (gettext's) that speaks of ``person``, by their first name, where it would say "your".

    For templates ``person`` is escaped by the caller. A per cent sign would begin a placeholder, and is left out.
    """

    def __init__(self, catalogue: Any, person: str) -> None:
        self._catalogue = catalogue
        self._person = person.replace("%", "")

    def ugettext(self, text: str) -> str:
        other = REWORDED.get(text)
        if other is None:
            return str(self._catalogue.ugettext(text))
        return str(self._catalogue.ugettext(other)).replace("%(person)s", self._person)

    def ungettext(self, text: str, plural: str, number: int) -> str:
        return str(self._catalogue.ungettext(text, plural, number))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)
