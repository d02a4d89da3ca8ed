"""The help page's questions and answers, as text. ``%(portal)s`` and the like are put in when a page is made.

The questions are those that patients of linked portals ask; the answers say what this portal does.
"""

from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from portal.web.phrases import lazy_gettext as _

Text = LazyString


@dataclass(frozen=True, slots=True)
class Topic:
    """One question. ``anchor`` is its place in the page, linked to from states and empty sections: never renamed."""

    anchor: str
    question: Text
    answer: tuple[Text, ...]
    points: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()
    states: tuple[str, ...] = ()


LINKING = (
    Topic(
        "where-seen",
        _("How does %(portal)s know where I have been seen before, or where I have other health data?"),
        (_("We suggest organizations for four reasons, and each suggestion says which one applies:"),),
        (
            _("Your chart at %(home)s names them: a visit, a referral, a document or an insurance plan."),
            _(
                "A partner organization told us that it has a record that matches you. You can turn this "
                "kind of check off in Settings."
            ),
            _("That organization linked its portal to your account here."),
            _("They are near your postal code."),
        ),
        (
            _(
                "A suggestion shows nothing of your health information. “Ask me later” hides it for 30 days. "
                "“Never been there” removes it for good and tells us that the match was wrong."
            ),
        ),
        ("suggested",),
    ),
    Topic(
        "not-found",
        _("Why doesn’t the organization I want to link to show up in the search results?"),
        (
            _(
                "You can search by name, old name, owner, city, postal code, web address or NPI. Small typing "
                "errors do no harm. If you still do not see it, it may be for one of these reasons:"
            ),
        ),
        (
            _(
                "It goes by another name. The name on the door can differ from the name of the organization that owns "
                "the clinic, and names change over the years. Try the owner’s name, or only the city."
            ),
            _("It does not let patients link yet, or has switched linking off."),
            _(
                "It allows linking only after it has exchanged records with us. Ask its staff to send your records "
                "first."
            ),
        ),
        (_("From an empty search result you can report the missing organization to us."),),
    ),
    Topic(
        "after-link",
        _("What happens after I link my account to another healthcare organization?"),
        (
            _(
                "We ask that organization for your information and add it to yours, section by section: %(sections)s. "
                "Where it offers them, you also get %(more_sections)s."
            ),
            _(
                "This takes from a few seconds to a few minutes. You can leave the page: it goes on without you, and "
                "one slow organization does not hold back another."
            ),
            _(
                "What you see depends on what that organization lets you see in your account there. Without an active "
                "account there you see allergies, health issues, implants and medications."
            ),
        ),
        states=("linking", "active"),
    ),
    Topic(
        "symbol",
        _("What does the symbol beside an item mean?"),
        (
            _(
                "The item comes from an outside organization. Choose the symbol, with a finger, the mouse or the "
                "keyboard, to see which organization it is and how recent the information is."
            ),
            _(
                "An item without the symbol is in your record at %(home)s. When the same item is in your record here "
                "and there, it is shown once, without the symbol. Its details name every organization that has it."
            ),
        ),
    ),
    Topic(
        "differs",
        _("What does “places say different things” mean?"),
        (
            _(
                "Two organizations have the same item but do not say the same about it, for example another dose of a "
                "medicine. We show what each of them says and change nothing. Ask your doctor or pharmacist which one "
                "is right."
            ),
        ),
    ),
    Topic(
        "reverse-link",
        _("What is a reverse link?"),
        (
            _(
                "Sometimes linking works both ways: the other organization can then show you, in its portal, what is "
                "in your %(portal)s account. This happens only where the settings of both organizations allow it."
            ),
            _(
                "You are told before you link. Each direction is shown under Link My Accounts, and you can end each "
                "one without the other."
            ),
        ),
    ),
    Topic(
        "mobile",
        _("Can I access this information on both the mobile app and the website?"),
        (
            _(
                "Yes. Everything works in a phone’s browser, on the smallest screens too, and you can add %(portal)s "
                "to your home screen. One thing is different in a mobile app: messages to providers of other "
                "organizations can be written only in a web browser. A phone’s browser counts as a browser."
            ),
        ),
    ),
    Topic(
        "hide-or-unlink",
        _("Can I stop seeing information from an organization I’ve linked?"),
        (_("Yes, in two ways:"),),
        (
            _(
                "Hide takes the organization off your home page. It stays linked and its items stay in your record "
                "here."
            ),
            _("Unlink ends the link. Its items leave every page here. We ask you to confirm first."),
        ),
        states=("hidden", "unlinked"),
    ),
    Topic(
        "unlink",
        _("What happens to my data when I unlink an organization?"),
        (
            _(
                "At once, we give up our access at that organization and destroy our keys to it. We stop all "
                "that is under way. Its items, messages and red numbers go from every page here."
            ),
            _(
                "Your record and your account at that organization stay as they are. Our access log keeps the fact "
                "that the link existed, without any health information. You can link again at any time, and start "
                "clean."
            ),
        ),
        states=("unlinked",),
    ),
    Topic(
        "other-people",
        _(
            "I can see other people’s information (e.g. my child) at a different organization. When my accounts are "
            "linked, can I also see that information here?"
        ),
        (
            _(
                "A link belongs to one person’s record. To bring in your child’s information, open your child’s record "
                "here first, then link. You need access to that person’s record at both organizations; linking never "
                "gives anyone a right they did not have."
            ),
            _(
                "If the account you sign in to there belongs to somebody else, nothing is linked. Information of two "
                "people is never mixed."
            ),
        ),
    ),
    Topic(
        "protection",
        _("How is my information protected?"),
        (
            _(
                "You sign in at the other organization itself; your password there never reaches us. Health "
                "information and keys are encrypted where we keep them. Every look at your record is written to a log, "
                "and you can read it."
            ),
            _(
                "Linking shows the information to you, and to those you let act for you. Nobody else sees it unless "
                "you share it."
            ),
        ),
    ),
)

QUESTIONS = (
    Topic(
        "not-recognized",
        _("What if I do not recognize an organization that appears on my list of accounts?"),
        (
            _(
                "Open its card. It shows the address, the owner, former names and, if known, your last visit. There "
                "are two common reasons why a name looks strange:"
            ),
        ),
        (
            _("A clinic can have another name than the organization that owns it."),
            _("An organization where you were seen long ago can have changed its name since."),
        ),
        (_("If you were never there, choose “Never been there”. It disappears from your list, and we look into it."),),
    ),
    Topic(
        "mistake",
        _("What do I do if I believe there is a mistake in the information I see?"),
        (
            _(
                "Open the item. Its page names the organization that documented it and says how to reach it. We cannot "
                "change what another organization wrote: it corrects its own record, and the correction comes here "
                "with the next update."
            ),
            _(
                "For an item that %(home)s documented, ask our staff for the correction, on the page of the item. For "
                "one of another organization that page makes a letter to it."
            ),
        ),
    ),
    Topic(
        "doctor",
        _("Can my doctor see the external data that I link?"),
        (
            _(
                "No. Linking puts nothing into your doctor’s chart. Tell your doctor what matters, or show it. "
                "You can print every page here, and it says where each item comes from."
            ),
        ),
    ),
    Topic(
        "bubbles",
        _("What do the red numbers mean under Other Providers on the home page?"),
        (
            _(
                "The number counts what is new at that organization since you last looked: unread messages, new "
                "results and changed appointments. Red bubbles appear only for organizations where you have an active "
                "account. Reading the message or result here takes it off the count."
            ),
            _("Choose the organization’s icon to go to your account there. It opens in a new tab."),
        ),
        states=("active", "active-new"),
    ),
    Topic(
        "state-no-account",
        _("An organization says “No active account”. What can I see?"),
        (
            _(
                "That organization has a record that matches you, but you have not signed in there. You "
                "see the medications, allergies, health issues and implants that it has documented."
            ),
            _(
                "To see test results, messages, appointments and more, sign up at that organization’s own "
                "patient portal. Your doctor there can tell you how. Then come back and choose “Verify account”."
            ),
        ),
        states=("no-account",),
    ),
    Topic(
        "state-linking",
        _("An organization says “Getting your records”. What is happening?"),
        (
            _(
                "We check that the account is yours and then fetch each section. The link’s page shows how far it is. "
                "You can do something else meanwhile."
            ),
        ),
        states=("linking",),
    ),
    Topic(
        "state-error",
        _("There was an error while retrieving my information. What should I do?"),
        (
            _(
                "The last information that we received stays on the page, with its date. Try again later: most errors "
                "pass. If it keeps happening, contact the organization; the link’s page shows how."
            ),
        ),
        states=("error",),
    ),
    Topic(
        "state-unavailable",
        _("An organization says “Unavailable”. Why?"),
        (
            _(
                "That organization has switched linking off, so nothing new can come from it. Its staff can tell you "
                "whether and when it comes back."
            ),
        ),
        states=("unavailable",),
    ),
    Topic(
        "verify",
        _("How do I verify my account at another organization?"),
        (
            _(
                "Choose “Verify account” and sign in at that organization. We then compare the name, the birth date "
                "and the sex in the account there with those in your record here. If they fit, the link becomes "
                "active. If they nearly fit, for example because of a maiden name, we ask you to confirm. If they do "
                "not fit, nothing is linked."
            ),
            _(
                "You may have to verify again. This is so when your permission there has ended, or when you "
                "changed your password there."
            ),
        ),
        states=("needs-verification", "confirm"),
    ),
    Topic(
        "missing",
        _("Why is information from a linked organization missing, or not marked with the symbol?"),
        (_("Every section ends with the reasons that apply to your own links. In general:"),),
        (
            _("That organization may not have it documented."),
            _("The same information is in your record here too. It is then shown once, without the symbol."),
            _(
                "That organization does not let patients see it. What you see here depends on what it lets you see "
                "there."
            ),
            _("You have no active account there, so only the four basic sections come here."),
            _("Not everything has been loaded yet, or the last update did not succeed."),
        ),
    ),
    Topic(
        "missing-results",
        _("Why don’t I see the test results I expect?"),
        (_("Check these first:"),),
        (
            _("“Show” at the top of the test results may be set to one organization. Set it to all organizations."),
            _("You may have no active account at that organization. Results need one."),
            _(
                "That organization may not release this result, or any. What you cannot see in its own portal does not "
                "come here either."
            ),
            _("The information may be from before the result was ready. The page says as of when it is."),
        ),
    ),
    Topic(
        "manual-update",
        _("Why do I need to manually update my data for some organizations?"),
        (
            _(
                "Some organizations let us fetch your information only while you are signed in there. We cannot "
                "update it when you are away. Choose “Update now”. You may have to sign in there again. All "
                "others are updated when you sign in here, and every night."
            ),
            _("If you can update only later, that organization limits how often we may ask."),
        ),
        states=("update-due", "throttled"),
    ),
    Topic(
        "messages",
        _("Why can’t I message a provider from a linked organization?"),
        (_("One of these applies:"),),
        (
            _("You have no active account at that organization."),
            _("You are using a mobile app. Messages to other organizations can be written only in a web browser."),
            _(
                "That organization does not use messaging here. If you have sent messages through its own portal "
                "before, sign in there."
            ),
            _("That provider, or that organization, does not allow messages from patients."),
        ),
    ),
    Topic(
        "reduce-data",
        _("How do I use less mobile data?"),
        (
            _(
                "Choose “Reduce data” at the foot of any page or in Settings. You still see everything we have. "
                "We load no pictures and check for updates only when you ask. If your browser’s own data saver "
                "is on, we do this for you."
            ),
        ),
    ),
)
