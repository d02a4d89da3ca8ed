"""States of the United States, as people write them."""

from portal.domain.words import fold

_NAMES = """
AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware
DC:District_of_Columbia FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa KS:Kansas
KY:Kentucky LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota MS:Mississippi
MO:Missouri MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire NJ:New_Jersey NM:New_Mexico NY:New_York
NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon PA:Pennsylvania RI:Rhode_Island
SC:South_Carolina SD:South_Dakota TN:Tennessee TX:Texas UT:Utah VT:Vermont VA:Virginia WA:Washington
WV:West_Virginia WI:Wisconsin WY:Wyoming PR:Puerto_Rico GU:Guam VI:Virgin_Islands AS:American_Samoa
MP:Northern_Mariana_Islands
"""
STATES: dict[str, str] = {pair[:2]: pair[3:].replace("_", " ") for pair in _NAMES.split()}
_CODES = {name.casefold(): code for code, name in STATES.items()}


def state_code(text: str) -> str:
    """Return the two letters of a state given by code or name; other text as it is."""
    text = text.strip()
    return text.upper() if text.upper() in STATES else _CODES.get(text.casefold(), text)


def state_words(state: str) -> list[str]:
    """Return how a state is indexed: "sxnj" (a code like "in" or "co" is also a word), and the words of its name."""
    code = state_code(state)
    if code not in STATES:
        return fold(code) if code else []
    return [f"sx{code.lower()}", *fold(STATES[code])]
