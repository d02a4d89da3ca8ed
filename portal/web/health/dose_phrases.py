"""The phrases that a sentence of a dose is put together from, by the words or codes of its parts.

Units, methods, sites and reasons are words of the source in English, folded: what is in no table has no phrase.
"""

from collections.abc import Mapping

from portal.domain.phrases import N_

METHODS: Mapping[str, str] = {
    "take": N_("Take %(how)s"),
    "swallow": N_("Swallow %(how)s"),
    "chew": N_("Chew %(how)s"),
    "drink": N_("Drink %(how)s"),
    "apply": N_("Apply %(how)s"),
    "inhale": N_("Inhale %(how)s"),
    "inject": N_("Inject %(how)s"),
    "insert": N_("Insert %(how)s"),
    "instill": N_("Put in %(how)s"),
    "place": N_("Place %(how)s"),
    "spray": N_("Spray %(how)s"),
    "use": N_("Use %(how)s"),
}
"""What is done with it, before how much of it and which way."""

AMOUNTS: Mapping[str, str] = {
    "": N_("%(number)s per dose"),
    "tablet": N_("%(number)s tablet"),
    "tablets": N_("%(number)s tablets"),
    "capsule": N_("%(number)s capsule"),
    "capsules": N_("%(number)s capsules"),
    "pill": N_("%(number)s pill"),
    "pills": N_("%(number)s pills"),
    "puff": N_("%(number)s puff"),
    "puffs": N_("%(number)s puffs"),
    "inhalation": N_("%(number)s inhalation"),
    "inhalations": N_("%(number)s inhalations"),
    "drop": N_("%(number)s drop"),
    "drops": N_("%(number)s drops"),
    "spray": N_("%(number)s spray"),
    "sprays": N_("%(number)s sprays"),
    "patch": N_("%(number)s patch"),
    "patches": N_("%(number)s patches"),
    "lozenge": N_("%(number)s lozenge"),
    "lozenges": N_("%(number)s lozenges"),
    "packet": N_("%(number)s packet"),
    "packets": N_("%(number)s packets"),
    "teaspoon": N_("%(number)s teaspoon"),
    "teaspoons": N_("%(number)s teaspoons"),
    "tablespoon": N_("%(number)s tablespoon"),
    "tablespoons": N_("%(number)s tablespoons"),
    "application": N_("%(number)s application"),
    "applications": N_("%(number)s applications"),
    "suppository": N_("%(number)s suppository"),
    "suppositories": N_("%(number)s suppositories"),
    "syringe": N_("%(number)s syringe"),
    "syringes": N_("%(number)s syringes"),
    "vial": N_("%(number)s vial"),
    "vials": N_("%(number)s vials"),
    "dose": N_("%(number)s dose"),
    "doses": N_("%(number)s doses"),
    "units": N_("%(number)s units"),
}
SYMBOLS = frozenset({"mg", "mcg", "g", "kg", "mL", "L", "mEq", "mmol", "%", "mg/kg", "mcg/kg", "mL/kg"})
"""Units that are written alike in every language of the portal."""

PER: Mapping[str, tuple[str, str]] = {
    "min": (N_("%(amount)s per minute"), N_("%(amount)s per %(span)s minutes")),
    "h": (N_("%(amount)s per hour"), N_("%(amount)s per %(span)s hours")),
    "d": (N_("%(amount)s per day"), N_("%(amount)s per %(span)s days")),
    "wk": (N_("%(amount)s per week"), N_("%(amount)s per %(span)s weeks")),
    "mo": (N_("%(amount)s per month"), N_("%(amount)s per %(span)s months")),
}
EACH: Mapping[str, str] = {
    "s": N_("%(times)s a second"),
    "min": N_("%(times)s a minute"),
    "h": N_("%(times)s an hour"),
    "d": N_("%(times)s a day"),
    "wk": N_("%(times)s a week"),
    "mo": N_("%(times)s a month"),
    "a": N_("%(times)s a year"),
}
EVERY: Mapping[str, str] = {
    "s": N_("every %(span)s seconds"),
    "min": N_("every %(span)s minutes"),
    "h": N_("every %(span)s hours"),
    "d": N_("every %(span)s days"),
    "wk": N_("every %(span)s weeks"),
    "mo": N_("every %(span)s months"),
    "a": N_("every %(span)s years"),
}
SPANS: Mapping[str, tuple[str, str]] = {
    "s": (N_("%(span)s second"), N_("%(span)s seconds")),
    "min": (N_("%(span)s minute"), N_("%(span)s minutes")),
    "h": (N_("%(span)s hour"), N_("%(span)s hours")),
    "d": (N_("%(span)s day"), N_("%(span)s days")),
    "wk": (N_("%(span)s week"), N_("%(span)s weeks")),
    "mo": (N_("%(span)s month"), N_("%(span)s months")),
    "a": (N_("%(span)s year"), N_("%(span)s years")),
}
"""By UCUM's unit of time: of one, of several."""

ONCE: Mapping[str, str] = {
    "at a time": N_("%(amount)s at a time"),
    "in a lifetime": N_("%(amount)s in a lifetime"),
}
WEEKDAYS: Mapping[str, str] = {
    "mon": N_("Mondays"),
    "tue": N_("Tuesdays"),
    "wed": N_("Wednesdays"),
    "thu": N_("Thursdays"),
    "fri": N_("Fridays"),
    "sat": N_("Saturdays"),
    "sun": N_("Sundays"),
}
SITES: Mapping[str, str] = {
    "left eye": N_("left eye"),
    "right eye": N_("right eye"),
    "both eyes": N_("both eyes"),
    "left ear": N_("left ear"),
    "right ear": N_("right ear"),
    "both ears": N_("both ears"),
    "left arm": N_("left arm"),
    "right arm": N_("right arm"),
    "abdomen": N_("belly"),
    "skin": N_("skin"),
}
REASONS: Mapping[str, str] = {
    "pain": N_("as needed for pain"),
    "severe pain": N_("as needed for severe pain"),
    "moderate pain": N_("as needed for moderate pain"),
    "mild pain": N_("as needed for mild pain"),
    "chest pain": N_("as needed for chest pain"),
    "headache": N_("as needed for headache"),
    "migraine": N_("as needed for migraine"),
    "fever": N_("as needed for fever"),
    "pain or fever": N_("as needed for pain or fever"),
    "nausea": N_("as needed for nausea"),
    "nausea or vomiting": N_("as needed for nausea or vomiting"),
    "vomiting": N_("as needed for vomiting"),
    "cough": N_("as needed for cough"),
    "wheezing": N_("as needed for wheezing"),
    "shortness of breath": N_("as needed for shortness of breath"),
    "itching": N_("as needed for itching"),
    "anxiety": N_("as needed for anxiety"),
    "sleep": N_("as needed for sleep"),
    "insomnia": N_("as needed for trouble sleeping"),
    "constipation": N_("as needed for constipation"),
    "diarrhea": N_("as needed for diarrhea"),
    "heartburn": N_("as needed for heartburn"),
    "allergies": N_("as needed for allergies"),
    "muscle spasms": N_("as needed for muscle spasms"),
}
"""Why it is taken only when needed, each as a whole: what stands before the word differs by language."""

ROUTES: Mapping[str, str] = {
    "oral": "by mouth",
    "orally": "by mouth",
    "oral route": "by mouth",
    "sublingual": "under the tongue",
    "nasal": "in the nose",
    "ophthalmic": "in the eye",
    "otic": "in the ear",
    "topical": "on the skin",
    "transdermal": "through the skin",
    "subcutaneous": "under the skin",
    "intramuscular": "into a muscle",
    "intravenous": "into a vein",
    "rectal": "rectally",
    "vaginal": "vaginally",
    "inhalation": "by breathing it in",
}
"""Other names of the routes that ``portal.normalise.dosage`` has a phrase for."""

TIMINGS: Mapping[str, str] = {
    "daily": "once a day",
    "once daily": "once a day",
    "every day": "once a day",
    "2 times daily": "twice a day",
    "2 times a day": "twice a day",
    "two times daily": "twice a day",
    "twice daily": "twice a day",
    "3 times daily": "3 times a day",
    "three times daily": "3 times a day",
    "three times a day": "3 times a day",
    "4 times daily": "4 times a day",
    "four times daily": "4 times a day",
    "four times a day": "4 times a day",
    "every morning": "in the morning",
    "every evening": "in the evening",
    "nightly": N_("every night"),
    "every night": "every night",
    "every 12 hours": N_("every 12 hours"),
    "every 24 hours": N_("every 24 hours"),
    "weekly": "once a week",
    "once weekly": "once a week",
    "monthly": "once a month",
}
"""Words that timings have instead of a code, with the phrase that says the same."""
