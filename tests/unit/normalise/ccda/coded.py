"""Coded sections of clinical documents, written for these tests in the shapes of C-CDA R2.1."""

SNOMED, LOINC, RXNORM = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.88"
CVX = "2.16.840.1.113883.12.292"


def coded(name: str, code: str, system: str, display: str = "", *, inner: str = "", kind: str = "") -> str:
    shown = f' displayName="{display}"' if display else ""
    typed = f' xsi:type="{kind}"' if kind else ""
    return f'<{name}{typed} code="{code}" codeSystem="{system}"{shown}>{inner}</{name}>'


def part(code: str, *entries: str, text: str = "x") -> str:
    """A section of this LOINC code."""
    listed = "".join(f"<entry>{entry}</entry>" for entry in entries)
    head = f'<code code="{code}" codeSystem="{LOINC}"/><title>Part</title><text>{text}</text>'
    return f"<component><section>{head}{listed}</section></component>"


def concern(observation: str, status: str = "active") -> str:
    related = f'<entryRelationship typeCode="SUBJ">{observation}</entryRelationship>'
    return f'<act classCode="ACT" moodCode="EVN"><statusCode code="{status}"/>{related}</act>'


def allergy(agent: str, *, status: str = "active", negated: bool = False, inner: str = "") -> str:
    negation = ' negationInd="true"' if negated else ""
    entity = f"<participant><participantRole><playingEntity>{agent}</playingEntity></participantRole></participant>"
    value = coded("value", "419199007", SNOMED, "Allergy to substance", kind="CD")
    when = '<effectiveTime><low value="2010"/></effectiveTime>'
    return concern(f"<observation{negation}>{when}{value}{entity}{inner}</observation>", status)


def problem(value: str, *, low: str = "2015", high: str = "", negated: bool = False, inner: str = "") -> str:
    negation = ' negationInd="true"' if negated else ""
    end = f'<high value="{high}"/>' if high else ""
    when = f'<effectiveTime><low value="{low}"/>{end}</effectiveTime>'
    return concern(f"<observation{negation}>{when}{value}{inner}</observation>")


def medication(
    drug: str,
    *,
    mood: str = "EVN",
    status: str = "active",
    high: str = "",
    negated: bool = False,
    sig: str = "",
    more: str = "",
) -> str:
    negation = ' negationInd="true"' if negated else ""
    end = f'<high value="{high}"/>' if high else ""
    inner = f'<substanceAdministration><code code="76662-6"/><text>{sig}</text></substanceAdministration>'
    words = f"<entryRelationship>{inner}</entryRelationship>"
    return (
        f'<substanceAdministration moodCode="{mood}"{negation}><statusCode code="{status}"/>'
        f'<effectiveTime xsi:type="IVL_TS"><low value="20230105"/>{end}</effectiveTime>{more}'
        f"<consumable><manufacturedProduct><manufacturedMaterial>{drug}</manufacturedMaterial></manufacturedProduct>"
        f"</consumable>{words if sig else ''}</substanceAdministration>"
    )


def result(code: str, value: str, *, status: str = "completed", inner: str = "") -> str:
    observation = (
        f'<observation>{code}<statusCode code="{status}"/><effectiveTime value="20240301"/>{value}{inner}</observation>'
    )
    return f"<organizer><component>{observation}</component></organizer>"


PENICILLIN = coded("code", "70618", RXNORM, "Penicillin")
LISINOPRIL = coded("code", "314076", RXNORM, "lisinopril 10 MG Oral Tablet")
GOUT = coded("value", "90560007", SNOMED, "Gout", kind="CD")
SODIUM = coded("code", "2951-2", LOINC, "Sodium")
