"""Facts of insurance: the numbers of the card, what is insured, for when, and who pays."""

import re

from portal.domain.entry import Entry, Insurance
from portal.merge.facts import Notebook
from portal.merge.words.moments import local_day
from portal.merge.words.text import plain, synonyms, word_set

DAYS_BETWEEN_PERIODS = 31
"""A contract that is renewed goes on the day after; one of years ago is another."""
_EVER, _NEVER = "0001-01-01", "9999-12-31"


def insurance(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Insurance):
        return
    member = card_number(detail.member_id)
    group, plan = card_number(detail.group_number or detail.group), card_number(detail.plan_number)
    named, payer = plain(detail.plan), payer_words(detail.payer or entry.title)
    prefix = _PREFIXED.fullmatch(member)
    if prefix:
        member = prefix[2]
        notebook.say("prefix", prefix[1])
    notebook.say("member", member)
    notebook.say("group", group)
    notebook.say("plan number", plan if any(map(str.isdigit, plan)) else "")
    notebook.say("plan", *([f"number {plan}"] if plan else []), *([f"name {named}"] if named else []))
    covers, network = covered(f"{detail.kind} {detail.plan} {detail.payer} {entry.title}")
    notebook.say("cover", *covers)
    special = set(covers) & _SPECIAL if not set(covers) & _GENERAL else set()
    notebook.say("special", *(special or {"-"}))
    notebook.say("network", network)
    notebook.say("dependent", detail.dependent.lstrip("0"))
    notebook.say("relationship", RELATIONSHIPS.get(plain(detail.relationship), plain(detail.relationship)))
    notebook.say("card", *card(entry, detail))
    if entry.start or entry.end:
        start, end = local_day(entry.start) or _EVER, local_day(entry.end) or _NEVER
        notebook.say_in_order("period", start, end, str(DAYS_BETWEEN_PERIODS))
    notebook.say("payer number", *(card_number(text) for text in detail.payer_identifiers))
    notebook.say("payer", payer)
    notebook.is_("member", member)
    notebook.meet("member", member)
    # Without a number on both sides nothing proves that two cards are one: they only name each other.
    for part in filter(None, (group, plan, named)):
        notebook.meet("plan", payer, part)
    notebook.meet("payer", payer)


def card(entry: Entry, detail: Insurance) -> list[str]:
    """Return the further numbers of a card as "label|number": each must agree where both cards have it."""
    numbers = [f"{fact.label}|{card_number(fact.text)}" for fact in entry.facts if fact.label in _CARD and fact.text]
    return [*numbers, *([f"Subgroup|{card_number(detail.subgroup)}"] if detail.subgroup else [])]


_CARD = frozenset(
    {
        "Pharmacy number (BIN)",
        "Pharmacy number (PCN)",
        "Pharmacy group",
        "Pharmacy member number",
        "Part of the plan",
        "Class",
        "Subclass",
    }
)
"""Labels of ``portal.normalise.phrases`` for the classes of FHIR R4 coverage-class that tell two contracts apart."""

RELATIONSHIPS = {
    "self": "self",
    "subscriber": "self",
    "18": "self",
    "insured": "self",
    "policyholder": "self",
    "policy holder": "self",
    "husband": "spouse",
    "wife": "spouse",
    "01": "spouse",
    "son": "child",
    "daughter": "child",
    "19": "child",
    "dependent child": "child",
    "hijo": "child",
    "hija": "child",
    "esposo": "spouse",
    "esposa": "spouse",
    "conyuge": "spouse",
    "titular": "self",
    "dependent": "",
    "other": "",
    "unknown": "",
    "g8": "",
}
"""Words and X12 codes of subscriber-relationship; what only says that there is one says nothing."""


def card_number(text: str) -> str:
    """Return a number without blanks, dashes and leading zeros."""
    return re.sub(r"[\s-]", "", text.casefold()).lstrip("0")


_PREFIXED = re.compile(r"([a-z]{3})([0-9][a-z0-9]{7,})")
"""Blue Cross and Blue Shield write three letters of the plan before the number; not every system keeps them."""
_COVERS = {
    "dental": "dental",
    "dentist": "dental",
    "vision": "vision",
    "optical": "vision",
    "pharmacy": "drugs",
    "prescription": "drugs",
    "drug": "drugs",
    "drugs": "drugs",
    "medical": "medical",
    "medigap": "supplement",
    "supplement": "supplement",
    "supplemental": "supplement",
    "advantage": "part c",
    "workers": "work",
    "auto": "accident",
    "hospice": "hospice",
    "behavioral": "behavioral",
    "dentprg": "dental",
    "dentpol": "dental",
    "vispol": "vision",
    "drugpol": "drugs",
    "mentpol": "behavioral",
    "wcbpol": "work",
    "autopol": "accident",
}
_SPECIAL = frozenset(
    ["dental", "vision", "drugs", "supplement", "work", "accident", "hospice", "behavioral", "part c", "part d"]
)
_GENERAL = frozenset(["medical", "part a", "part b"])
"""A card that says nothing of what it is for is of health insurance: a dental card is another one."""
_PARTS = re.compile(r"\bparts? ([abcd])\b(?:(?: and)? ([abcd])\b)?")


def covered(text: str) -> tuple[list[str], str]:
    """Return what is insured (medical, dental, vision, parts of Medicare …) and how: hmo, ppo, epo or pos."""
    words = plain(text.replace("&", " and ").replace("/", " "))
    covers = {_COVERS[word] for word in words.split() if word in _COVERS}
    covers |= {f"part {letter}" for match in _PARTS.finditer(words) for letter in match.groups() if letter}
    networks = {word for word in words.split() if word in _NETWORKS}
    return sorted(covers), next(iter(networks)) if len(networks) == 1 else ""


_LEGAL = word_set("""
inc llc lp ltd co company corp corporation the of and cms insurance ins
""")
_EVERY_INSURERS = word_set("""
health healthcare healthplan healthplans plan plans life group commercial services assurance usa america national
""")
"""Words behind the name of an insurer that another card leaves out: "Aetna Life", "Molina Healthcare"."""
_OF_PHARMACY = frozenset({"pharmacy", "rx", "prescription", "drug", "drugs", "farmacia"})
_MANAGERS = re.compile(
    r"\b(?:express scripts|esi|cvs caremark|caremark|optum ?rx|medimpact|prime therapeutics|navitus|magellan rx|medco"
    r"|elixir|capital rx)\b"
)


def _managed_for(name: str) -> str:
    """Return an insurer without who manages its pharmacy benefit: "Express Scripts / Tricare" is Tricare's."""
    return " ".join(_MANAGERS.sub(" ", name).split()) or name


_SHORT = {
    "bcbs": "blue cross blue shield",
    "bcbsm": "blue cross blue shield michigan",
    "bc": "blue cross",
    "uhc": "united healthcare",
    "mcr": "medicare",
    "mcd": "medicaid",
    "mcaid": "medicaid",
    "hphc": "harvard pilgrim",
}
_PAYERS = synonyms("""
horizon, horizon blue cross blue shield, horizon blue cross blue shield new jersey: blue cross blue shield new jersey
florida blue: blue cross blue shield florida
triple s, triple s salud: blue cross blue shield puerto rico
independence, independence blue cross: independence blue cross
kaiser, kaiser foundation health plan, kaiser foundation, kp: kaiser permanente
medi cal, dhcs medi cal, medi cal dhcs: california medicaid
masshealth: massachusetts medicaid
badgercare, badgercare plus, forwardhealth: wisconsin medicaid
tenncare: tennessee medicaid
husky, husky health: connecticut medicaid
apple health: washington medicaid
mainecare: maine medicaid
soonercare: oklahoma medicaid
ahcccs: arizona medicaid
medicare a b, original medicare, traditional medicare, medicare fee service, medicare ffs: medicare
aetna cvs, cvs aetna, aetna cvs health, cvs health aetna: aetna
va, veterans affairs, department veterans affairs, us department veterans affairs: veterans affairs
veterans administration: veterans affairs
centene superior, superior centene, superior: superior
united health care, united health, unitedhealthcare, unitedhealth, united: united healthcare
tricare east, tricare west, tricare north, tricare south, tricare life: tricare
""")
"""Other names of one payer; a row shows both wordings."""
_STATES = {
    line.partition(" ")[0]: line.partition(" ")[2]
    for line in """
al alabama; ak alaska; az arizona; ar arkansas; ca california; co colorado; ct connecticut; de delaware; fl florida;
ga georgia; hi hawaii; id idaho; il illinois; in indiana; ia iowa; ks kansas; ky kentucky; la louisiana; me maine;
md maryland; ma massachusetts; mi michigan; mn minnesota; ms mississippi; mo missouri; mt montana; ne nebraska;
nv nevada; nh new hampshire; nj new jersey; nm new mexico; ny new york; nc north carolina; nd north dakota; oh ohio;
ok oklahoma; or oregon; pa pennsylvania; ri rhode island; sc south carolina; sd south dakota; tn tennessee; tx texas;
ut utah; vt vermont; va virginia; wa washington; wv west virginia; wi wisconsin; wy wyoming
""".replace("\n", " ")
    .strip()
    .split("; ")
}
_WITH_STATE = re.compile(r"\b(bcbs|medicaid)(?: of)? ?([a-z]{2})\b")
_OF_STATE = re.compile(
    r"\bof ([a-z]{2})$|(?<=\w{3}) (ca|ny|nj|tx|fl|il|mi|mn|mo|nc|nm|ny|pa|sc|tn|va|wa|wi|az|ct|ga|ky|md)$"
)
_STATE_FIRST = re.compile(r"^([a-z]{2})(?= medicaid\b)")
_BOTH_BLUES = re.compile(r"\b(?:bc bs|bcbs|blue ?cross (?:and )?blue ?shield|bc/bs)\b")
_MEDICAID = re.compile(r"\b(?:mcd|mcaid)\b")
_STATE_BEFORE = re.compile(r"^([a-z]{2}) bcbs\b")


def payer_words(name: str) -> str:
    """Return a payer's name without legal words and blanks, in full: "BCBSNJ" is Blue Cross Blue Shield of New Jersey.

    Never fuzzy: two names are one payer's where the tables say so.
    """
    words = _BOTH_BLUES.sub("bcbs", plain(name.replace("/", " ")))
    words = _WITH_STATE.sub(
        lambda match: f"{match[1]} {_STATES.get(match[2], match[2])}", _MEDICAID.sub("medicaid", words)
    )
    words = _STATE_BEFORE.sub(lambda match: f"bcbs {_STATES.get(match[1], match[1])}", words)
    words = _OF_STATE.sub(lambda match: f" {_STATES.get(match[1] or match[2], match[0])}", words)
    words = _STATE_FIRST.sub(lambda match: _STATES.get(match[1], match[1]), words)
    distinctive = [word for word in words.split() if word not in _NETWORKS and word not in _LEGAL]
    if "medicaid" in distinctive:
        distinctive = sorted(word for word in distinctive if word not in ("state", "program"))
    while len(distinctive) > 1 and distinctive[-1] in _EVERY_INSURERS | _OF_PHARMACY:
        distinctive.pop()
    written = _managed_for(" ".join(_SHORT.get(word, word) for word in distinctive))
    written = _PAYERS.get(written, written)
    return "".join(sorted(written.split()) if "medicaid" in written else written.split())


def same_name(left: str, right: str) -> bool:
    """Tell whether two names of a payer are one but for legal words and blanks."""
    first, second = ([word for word in plain(name).split() if word not in _LEGAL] for name in (left, right))
    return "".join(first) == "".join(second)


def same_house(left: str, right: str) -> bool:
    """Tell whether two payers, written out, may be one: a name within the other, or the same beginning."""
    return one_within_other(left, right) or left[:_BEGINNING] == right[:_BEGINNING]


def one_within_other(left: str, right: str) -> bool:
    """Tell whether one of two payers, written out, is called all that the other is: "Ambetter from Superior"."""
    return left in right or right in left


_BEGINNING = 6
_NETWORKS = frozenset(["hmo", "ppo", "epo", "pos"])
_TELLING = 5


def telling(number: str) -> bool:
    """Tell whether a group's or plan's number is so long that two payers do not share it by chance."""
    digits = number.removeprefix("number ")
    return len(digits) >= _TELLING and any(sign.isdigit() for sign in digits)
