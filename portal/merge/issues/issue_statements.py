"""What a health issue states: whether it is over, since when, how severe, at which stage."""

import re
from collections.abc import Set as AbstractSet

from portal.domain.entry import Allergy, Entry, HealthIssue, Status
from portal.merge.issues.issue_fields import severity_in_title, severity_of, stage_of, stage_or_grade
from portal.merge.notes.about_it import goes_on_of_it, names, of_it, own_words
from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.note_events import parts
from portal.merge.notes.noted import affirmations, degree, labelled
from portal.merge.notes.noted_answers import Answers, agree, answers_of, findings_of
from portal.merge.notes.standing_notes import standing, verification
from portal.merge.reports.conclusions import not_contradictory
from portal.merge.stating import Statements, same_dates, state
from portal.merge.words.concepts import read_concept, read_noted
from portal.merge.words.moments import local_day, worded_date
from portal.merge.words.text import plain, word_set
from portal.merge.words.wording import same_text


def status_word(entry: Entry) -> str:
    """Return the status of an entry by its word; empty where it is unknown."""
    return "" if entry.status is Status.UNKNOWN else entry.status.value


_STANDINGS = {
    "past": frozenset({"past", "inactive", "resolved", "remission"}),
    "active": frozenset({"active", "recurrence", "relapse"}),
}


def _overlap(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left.isdisjoint(right)


def state_standing(entry: Entry, clinical: str, stated: Statements) -> None:
    """State FHIR's clinical status, else whether it is over: that agrees with every clinical status that says so.

    That it is over is what a note says of it, where the code calls it active."""
    over = (
        standing(entry.notes, entry.title, allergic=isinstance(entry.detail, Allergy))
        if clinical in ("", "active")
        else ""
    )
    clinical = over or clinical
    words = frozenset({clinical}) if clinical else _STANDINGS.get(status_word(entry), frozenset())
    state(stated, "status", words, clinical or status_word(entry), _overlap)


def health_issue(entry: Entry, detail: HealthIssue, stated: Statements) -> None:
    """State what may differ between two places that treat one illness."""
    over = "resolved" if read_concept(entry.title).over else ""
    state_standing(entry, detail.clinical_status or over, stated)
    state_onset(entry, detail.onset, stated)
    told = next((fact.text for fact in entry.facts if fact.label == "Ended at"), "")
    told = told or next((part for part in affirmations(entry.notes, 4) if _RESOLVED.match(part)), "")
    state(stated, "end", local_day(entry.end) or worded_date(told), local_day(entry.end) or told, same_dates)
    severity = detail.severity or degree(entry.notes, own_words(entry.title)) or severity_in_title(entry.title)
    state(stated, "severity", severity_of(severity) if severity else (), severity, _same_severity)
    state(stated, "verification", verification_of(entry, detail))
    answers, told = answers_of(entry.notes)
    findings = findings_of([note for note in entry.notes if not _SCORE.search(note)])
    if answers or findings:
        state(stated, "note", (answers, findings), told or findings, _agree)
    stages = (*detail.stages, *_restaged(entry)) or _noted_stages(entry)
    state(stated, "stage", tuple(sorted(set(map(stage_or_grade, stages)))), "; ".join(stages))


_RESOLVED = re.compile(r"(?:resolved|ended|resuelt[oa])\b", re.IGNORECASE)


def verification_of(entry: Entry, detail: HealthIssue) -> str:
    """Return the verification: what notes deny or doubt, else the code, else what notes call confirmed."""
    noted = verification(entry.notes, entry.title)
    if detail.verification == "refuted" or (detail.verification and noted == "confirmed"):
        return detail.verification
    return noted or detail.verification


def _agree(left: tuple[Answers, str], right: tuple[Answers, str]) -> bool:
    """Tell whether what notes answer, and what they tell of findings, may both be so."""
    return agree(left[0], right[0]) and not_contradictory(left[1], right[1])


def _same_severity(left: tuple[str, str], right: tuple[str, str]) -> bool:
    return all(text == other or not text or not other for text, other in zip(left, right, strict=True))


def _noted_stages(entry: Entry) -> tuple[str, ...]:
    """Return the stages of notes that say little else; what the title says keeps apart."""
    stage, grade = (labelled(entry.notes, field) for field in ("stage", "grade"))
    told = [f"{name} {text}" for name, text in (("Stage", stage), ("Grade", grade)) if text]
    told = told or [clause for clause in affirmations(entry.notes) if _of_this_stage(clause, entry.title)]
    scores = [match[0] for clause in affirmations(entry.notes, 12) for match in _SCORE.finditer(clause)]
    return tuple(text for text in told if any(map(str.isdigit, stage_of(text)))) or tuple(scores[:1])


_SCORE = re.compile(
    r"\bchild[- ](?:turcotte[- ])?pugh(?: class| score)? [abc]\b"
    r"|\bnyha(?: (?:functional )?class)? (?:iv|i{1,3}|[1-4])\b"
    r"|\bgold (?:stage |group |grade )?(?:[1-4]|[abde])\b|\bgleason (?:score )?\d ?\+ ?\d\b|\becog (?:ps )?[0-4]\b",
    re.IGNORECASE,
)
"""Scores of one illness each, whatever stands beside them."""
_MEASURED = re.compile(
    r"%|\b(?:lv)?ef\b|\b(?:bmi|psa|cr|e?gfr|fev1|cpap)\b|\d ?(?:mm|cm|mg|mcg|kg|lbs?|ml|bpm)\b", re.IGNORECASE
)
"""A number that is no age: "EF 25%"."""


_RESTAGED = re.compile(
    r"(?:\b(?:up|down|re)-?staged\b[^.;]*?|\b(?:now|progress(?:ed|ion) to|advanced to|path(?:ology)?)\b:?\s+)"
    r"\b((?:stage|grade)\s+(?:[ivIV]{1,3}|[0-5])[a-dA-D]?)\b"
    r"|\b(?:up|down|re)-?staged (?:as|to)\s+(?P<alone>[ivIV]{1,3}[a-dA-D]?)\b",
    re.IGNORECASE,
)


def _restaged(entry: Entry) -> tuple[str, ...]:
    """Return the stage that notes give since the one of the field: "upstaged: stage IIIB", "now stage 4"."""
    stated = (_RESTAGED.search(clause) for clause in affirmations(entry.notes, 12))
    return tuple(match[1] or f"stage {match['alone']}" for match in stated if match)[:1]


def _of_this_stage(clause: str, title: str) -> bool:
    """Tell whether a clause names a stage, and nothing before it or right behind it that has stages of its own."""
    stated = _STAGE.search(clause) if read_noted(clause).stages else None
    if stated is None:
        return False
    own = own_words(title)
    if _OR_ANOTHER.match(clause, stated.end()):
        return False
    return of_it(clause[: stated.start()], own) and goes_on_of_it(clause, stated.end(), own)


_STAGE = re.compile(r"\b(?:stage|grade|estadio|etapa|grado)\s*[\w/-]+|\bp?t\d\w*\s*n\d\w*(?:\s*m\d\w*)?", re.IGNORECASE)
_OR_ANOTHER = re.compile(r"\s*(?:or|o|vs|to|/)\b", re.IGNORECASE)
_Onset = tuple[str, str, str]
_SPANS = {
    **dict.fromkeys(("childhood", "child", "as a child", "in childhood", "childhood onset"), (0, 17)),
    **dict.fromkeys(("infancia", "ninez", "en la infancia", "en la ninez", "de nino", "de nina"), (0, 17)),
    **dict.fromkeys(
        ("adulthood", "adult", "as an adult", "in adulthood", "adult onset", "adulto", "adulta"), (18, 120)
    ),
    **dict.fromkeys(("infancy", "infant"), (0, 2)),
    **dict.fromkeys(("birth", "congenital", "at birth", "since birth"), (0, 0)),
    **dict.fromkeys(("teens", "teenager", "as a teenager", "adolescence", "adolescent"), (10, 19)),
}
"""The ages in years of which words speak."""


def state_onset(entry: Entry, told: str, stated: Statements) -> None:
    """State a day, or a span of days; else an age or words; of notes what can be read as one of these."""
    if not told and not entry.start:
        short = (
            text
            for text in affirmations(entry.notes, 3)
            if not (_SCORE.search(text) or _MEASURED.search(text) or _STAGE.search(text))
        )
        noted = (labelled(entry.notes, "onset"), *short)
        told = next((text for text in noted if worded_date(text) or _ages(_by_digits(plain(text)))), "")
        told = told or _begun(entry)
    day = local_day(entry.start) or worded_date(told)
    last = next((local_day(fact.end) for fact in entry.facts if fact.label == "Began at" and fact.end), "")
    if decade := "" if day else _decade(told):
        day, last = f"{decade}0-01-01", f"{decade}9-12-31"
    if day or told:
        state(
            stated,
            "onset",
            (day, last or day, "" if day else plain(told)),
            told if decade else day or told,
            _same_onset,
        )


_DATE = re.compile(
    r"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]*\.? (?:de |del )?)?"
    r"\b(?:\d{1,2}/){0,2}(?P<year>(?:19|20)\d\d)(?:'?s)?\b(?! (?:episode|exacerbation|flare))",
    re.IGNORECASE,
)
_BEGAN = word_set("""
diagnosed diagnosis dx dxd d onset began begun started first 1st 1er primer primera
since reaction happened occurred child childhood kid
teen teenager infant baby young school diagnosticada diagnosticado desde inicio comenzo empezo nina nino
""")
_AROUND = word_set("""
in on at the a an as was were is back around about circa approximately early late mid by per patient pt reports states
he she it this that had has have his her when with noted seen en el la los las de del fue a por paciente anos about ago
attack ataque episode episodio seizure crisis brote flare event symptoms sintomas sometime
""")


def _begun(entry: Entry) -> str:
    """Return the date with which a note tells when it began: "Dx'd 2003 at County", "as a teenager in the 1970s"."""
    own = own_words(entry.title, allergic=isinstance(entry.detail, Allergy))
    for note in entry.notes:
        for clause in clause_texts(note):
            for part, _earlier in parts(clause):
                match = _DATE.search(part)
                if match and _tells_beginning(part, match, own):
                    return _with_month(match)
                age = _AGE.search(part)
                if age and _tells_beginning(part, age, own):
                    return age["words"] or age[0]
    return ""


_AGE = re.compile(
    r"\b(?:age|aged|edad de(?: los)?) \d{1,3}\b|\b\d{1,3}[- ]?(?:y/?o|yrs?|years?(?: of age| old)?|a[nñ]os)\b"
    r"|\b(?P<words>(?:teens|twenties|thirties|forties|fifties|sixties|seventies|[2-8]0'?s)|childhood|infancy|adolescence"
    r"|adulthood|birth|ni[nñ]ez|infancia)\b",
    re.IGNORECASE,
)


def _tells_beginning(part: str, match: re.Match[str], own: AbstractSet[str]) -> bool:
    """Tell whether words before a date or an age say that it began then, and no other thing."""
    words = plain(part[: match.start()]).split()
    told = set(words) & _BEGAN and all(word in _BEGAN | _AROUND or names(word, own) for word in words)
    return bool(told) and goes_on_of_it(part, match.end(), own)


def _with_month(match: re.Match[str]) -> str:
    return match[0] if worded_date(match[0]) or _decade(match[0]) else match["year"]


def _decade(text: str) -> str:
    """Return "197" of "in the 1970s"; empty for no decade."""
    match = re.search(r"\b((?:19|20)\d)0'?s\b", text)
    return match[1] if match else ""


def _same_onset(left: _Onset, right: _Onset) -> bool:
    """Tell whether both began then: an age cannot be compared with a date, other words do not fit one."""
    if left[0] and right[0]:
        return same_dates(left[0], right[0]) or (left[0] <= right[1] and right[0] <= left[1])
    told = [words for words in (left[2], right[2]) if words]
    ages = [_ages(_by_digits(words)) for words in told]
    if len(told) == 1:
        return any(map(str.isdigit, told[0])) and not any(word in _SPANS for word in told[0].split())
    if ages[0] and ages[1]:
        return ages[0][0] <= ages[1][1] and ages[1][0] <= ages[0][1]
    return same_text(told[0], told[1])


def _ages(words: str) -> tuple[float, float] | None:
    """Return the youngest and the oldest age in years that words name: "6 months", "in her 20s", "childhood"."""
    if words in _SPANS:
        return _SPANS[words]
    numbers = [int(number) for number in re.findall(r"\b\d{1,3}(?!\d)", words)]
    if not numbers:
        return None
    if _DECADE.search(words):
        return numbers[0], numbers[-1] + 9
    per_year = next((count for unit, count in _PER_YEAR.items() if re.search(unit, words)), 1)
    return min(numbers) / per_year, max(numbers) / per_year


def _by_digits(words: str) -> str:
    return " ".join(_DECADES.get(word, word) for word in words.split())


_DECADES = {
    "twenties": "20s", "thirties": "30s", "forties": "40s", "fifties": "50s", "sixties": "60s", "seventies": "70s",
    "eighties": "80s",
}  # fmt: skip
_DECADE = re.compile(r"\d0s\b")
_PER_YEAR = {r"\bmo(?:nths?)?\b": 12, r"\bw(?:ee)?ks?\b": 52, r"\bdays?\b": 365}
