"""A medicine as ingredients, salts, strengths, form, release and route, read from any way of writing its name.

RxNorm's semantic clinical drug is "Ingredient Strength Dose-form" ("24 HR Metformin hydrochloride 500 MG Extended
Release Oral Tablet"; RxNorm Technical Documentation, §3); Epic writes "metFORMIN (GLUCOPHAGE-XR) 500 MG 24 hr tablet",
VA "METFORMIN HCL 500MG 24HR SA TAB", pharmacies "METFORMIN ER 500MG". What is left when form, route, release, strength
and salt are taken out is the ingredient: a word that nothing explains stays in it and so keeps apart.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from portal.merge.medications.drug_brands import ingredients_of
from portal.merge.medications.drug_forms import BEFORE_A_LETTER, FILLERS, FORM_ROUTES, ROUTES, SOLIDS, WEAR
from portal.merge.medications.drug_names import (
    INGREDIENTS,
    INHERENT_RELEASE,
    KEY_SALTS,
    REWRITES,
    SALTS,
    UNITS_PER_MICROGRAM,
)
from portal.merge.medications.drug_salts import salted
from portal.merge.medications.listed_brands import ALL_BRANDS
from portal.merge.medications.name_parts import look_up
from portal.merge.medications.strengths import (
    NUMBER,
    STRENGTH,
    Strength,
    by_unit,
    in_one_volume,
    in_package,
    strengths_in,
    unitless,
    without_day,
    without_package,
    without_weight,
)
from portal.merge.words.text import plain, with_points, written_out


class Product(msgspec.Struct, frozen=True):
    """What a name says, empty where it says nothing. ``ingredients`` are sorted; ``strengths`` in their order."""

    ingredients: tuple[str, ...]
    salts: tuple[str, ...]
    strengths: tuple[Strength, ...]
    form: str
    release: str
    hours: str
    routes: tuple[str, ...]
    volume: Decimal
    wear: str
    remarks: tuple[str, ...]


_BARE = re.compile(rf"(?<![\w.#])({NUMBER}(?:\s*[-/]\s*{NUMBER})+)(?![\w.])")
_CONCENTRATION = re.compile(r"\bu\s?-?\s?(100|200|300|500)\b")
_BRACKETS = re.compile(r"\[([^\]]*)\]|\(([^()]*(?:\([^()]*\))?[^()]*)\)")
_BARE_POINT = re.compile(r"(?<![\w.])\.(?=\d)")
_MILLIONS = re.compile(rf"({NUMBER})\s*million\s+units?\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_HOURS = re.compile(r"\b(12|24|72|84|96|168)\s*-?\s*(?:hrs?|hours?|h)\b")
_RATE_HOURS = re.compile(r"(/\s*)(24|72)\s*(?:hrs?|hours?|h)\b")
_LEAD = re.compile(rf"^\s*(?:nda\d+\s+)?(?:({NUMBER})\s*ml\s+|\d+\s*actuat\s+)")
_VOLUME = re.compile(rf"^\s*({NUMBER})\s*ml\b")
_VIAL = re.compile(rf"\b({NUMBER})\s*ml\s+(?:vial|bag|bottle)\b|\b(?:vial|pen|inhl|inj),?\s+({NUMBER})\s*ml\b")
_SPLIT = re.compile(r"\s*(?:/|\+|&|\band\b|\bwith\b)\s*")
_HYPHEN = re.compile(r"(?<=[a-z]{4})-(?=[a-z]{4})")
_RATIO = re.compile(r"\b1\s*:\s*([1-9]\d*)\b")
_REWRITES = tuple((re.compile(pattern), meaning) for pattern, meaning in REWRITES)


@lru_cache(maxsize=8192)
def read_product(text: str) -> Product:
    """Return what a name says; a name without any ingredient gives its words as one."""
    return _Reader(text).product()


def _fold(text: str) -> str:
    text = with_points(text.casefold()).replace("μ", "mc").replace("mcg.", "mcg")
    text = _BARE_POINT.sub("0.", _THOUSANDS.sub("", text))
    text = _MILLIONS.sub(lambda match: f"{written_out(Decimal(match[1]) * 1_000_000, 0)} units", text)
    for pattern, meaning in _REWRITES:
        text = pattern.sub(meaning, text)
    return _RATE_HOURS.sub(lambda match: f"{match[1]}{match[2]}hr", text)


class _Reader:
    def __init__(self, text: str) -> None:
        self.form = self.release = self.hours = self.wear = ""
        self.routes: dict[str, None] = {}
        self.remarks: list[str] = []
        self.volume = Decimal(0)
        self.lead = Decimal(0)
        self.brand_form = self.brand_release = ""
        self.concentration = ""
        self.within: list[Strength] = []  # beside a name in brackets: "clopidogrel (Plavix 75 mg)"
        self.packages: list[Strength] = []  # alone in brackets: "0.6 mg/0.1 mL (18 mg/3 mL)"
        self.bare = False  # the strength was written without its unit
        folded = _fold(text)
        lead = _LEAD.match(folded)
        if lead:
            self.lead = Decimal(lead[1] or 0)
            folded = folded[lead.end() :]
        self.inside = [square or other for square, other in _BRACKETS.findall(folded)]
        self.outside = _BRACKETS.sub(" ", folded)

    def product(self) -> Product:
        self._concentration()
        vial = _VIAL.search(self.outside)
        if vial:
            self.volume = Decimal(vial[1] or vial[2])
            self.outside = self.outside.replace(
                vial[0], " vial " if "vial" in vial[0] else " " + vial[0].split()[0] + " "
            )
        strengths, names = self._parts(self.outside)
        bracketed = self._brackets()
        strengths = in_package(strengths or self.within, self.packages)
        for name in bracketed:
            if not names or (names == ["vitamin d"] and name in UNITS_PER_MICROGRAM):
                names = [name]  # which of the vitamins is said in brackets
            elif name not in names and name in ALL_BRANDS:
                self._implied(name)
        ingredients = [pair for name in names for pair in self._ingredients(name)]
        if not strengths and len(ingredients) > 1:
            ingredients, strengths = self._parts_in_brackets(ingredients)
        if self.concentration and not strengths:
            strengths = [Strength(Decimal(self.concentration), "unt/ml")]
        return self._product(ingredients, strengths)

    def _concentration(self) -> None:
        """ "U-100" says 100 units per mL and is no word of the ingredient."""
        for text in (self.outside, *self.inside):
            match = _CONCENTRATION.search(text)
            if match and not re.search(rf"{match[1]}\s*u(?:nits?)?\s*/", text):
                self.concentration = match[1]
        self.outside = _CONCENTRATION.sub(" ", self.outside)

    def _brackets(self) -> list[str]:
        """Return the names in brackets; strengths there count when there is none outside, other words are remarks."""
        names = []
        for text in self.inside:
            volume = _VOLUME.match(text)
            if (volume and STRENGTH.fullmatch(text.strip()) is None) or (volume and "/" not in text):
                self.volume = self.volume or Decimal(volume[1])
                continue
            for part in _CONCENTRATION.sub(" ", text).split(","):
                rest = " ".join(self._words(STRENGTH.sub(" ", part)))
                drug = rest if rest in UNITS_PER_MICROGRAM else _drug_name(rest)
                if not rest:
                    self.packages += [each for match in STRENGTH.finditer(part) for each in strengths_in(match)]
                if drug:
                    names.append(drug)
                    self.within += [each for match in STRENGTH.finditer(part) for each in strengths_in(match)]
                elif INGREDIENTS.get(rest, "-") in self.outside:
                    continue  # "ergocalciferol (vitamin D2)"
                elif rest and not rest.isdigit() and rest not in INGREDIENTS.values():
                    self.remarks.append(rest)
        return names

    def _parts_in_brackets(self, ingredients: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[Strength]]:
        """Return the parts of a combination with the strengths in brackets: "Zestoretic (lisinopril 20 mg / …)"."""
        names = tuple(sorted(name for name, _salt in ingredients))
        for text in self.inside:
            written = read_product(text)
            if written.ingredients == names and len(written.strengths) == len(names):
                self.remarks = [
                    remark for remark in self.remarks if not set(remark.split()) <= set(plain(text).split())
                ]
                return sorted(ingredients), list(written.strengths)
        return ingredients, []

    def _parts(self, text: str) -> tuple[list[Strength], list[str]]:
        strengths = [strength for match in STRENGTH.finditer(text) for strength in strengths_in(match)]
        rest = STRENGTH.sub(" / ", text) if len(strengths) > 1 else STRENGTH.sub(" ", text)
        if not strengths:
            bare = _BARE.search(rest)
            if bare:
                strengths = [Strength(Decimal(number) * 1000, "mcg") for number in re.findall(NUMBER, bare[1])]
                self.bare = True
                rest = _BARE.sub(" ", rest)
        ratio = _RATIO.search(rest)
        if ratio and not strengths:
            strengths = [Strength(1_000_000 / Decimal(ratio[1]), "mcg/ml")]  # 1:1000 is a gram in 1000 mL
            rest = _RATIO.sub(" ", rest)
        names = []
        for part in _SPLIT.split(_hyphens(rest)):
            words = " ".join(self._words(part))
            if words:
                names.append(words)
        if not strengths and len(names) == 1:
            strengths, names[0] = unitless(names[0])
            self.bare = bool(strengths)
        return strengths, names

    def _words(self, text: str) -> Iterator[str]:
        """Return the words that no table explains; form, route, release and wear are taken out on the way."""
        text = _HOURS.sub(r" \1hr ", text)
        for phrase, meaning in WEAR.items():
            if phrase in text and re.search(rf"\b{phrase}\b", text):
                self.wear = self.wear or meaning
                text = re.sub(rf"\b{phrase}\b", " ", text)
        yield from self._rest(plain(text).split())

    def _rest(self, words: Sequence[str]) -> Iterator[str]:
        index = 0
        while index < len(words):
            length, kind, meaning = look_up(words, index)
            if length == 0:
                word = words[index]
                if word not in FILLERS or (word == "a" and index and words[index - 1] in BEFORE_A_LETTER):
                    yield word
                index += 1
                continue
            if kind in ("brand", "name"):
                yield " ".join(words[index : index + length])
            elif kind == "release":
                self._released(meaning)
            elif kind == "route":
                self.routes[meaning] = None
            else:
                self.form = _stronger(self.form, meaning)
                route = next((ROUTES[word] for word in words[index : index + length] if word in ROUTES), "")
                if route:
                    self.routes[route] = None
            index += length

    def _released(self, meaning: str) -> None:
        release, _, hours = meaning.partition(" ")
        self.release = self.release or release
        self.hours = self.hours or hours

    def _implied(self, brand: str) -> list[str]:
        """Return the ingredients of a brand; what else it implies is noted."""
        form = re.search(r"#(\w+)(?: (\d+))?", ALL_BRANDS[brand])
        release = re.search(r"@(\w+)(?: (\d+))?", ALL_BRANDS[brand])
        if form:
            self.brand_form = form[1]
            self.concentration = self.concentration or form[2] or ""
        if release:
            self.brand_release = " ".join(part for part in release.groups() if part)
        return ingredients_of(ALL_BRANDS[brand])

    def _ingredients(self, name: str) -> Iterator[tuple[str, str]]:
        brand = name if name in ALL_BRANDS else self._brand_beside(name) or self._brand_with_strength(name)
        if brand:
            for part in self._implied(brand):
                yield salted(part)
            return
        yield salted(name)

    @staticmethod
    def _brand_beside(name: str) -> str:
        """Return a brand beside words that repeat what is in it: "Toujeo SoloStar insulin", "Zoloft sertraline hcl"."""
        words = name.split()
        for end in range(len(words), 0, -1):
            for start in range(len(words) - end + 1):
                brand = " ".join(words[start : start + end])
                rest = words[:start] + words[start + end :]
                if brand not in ALL_BRANDS or not rest:
                    continue
                inside = ingredients_of(ALL_BRANDS[brand])
                named = INGREDIENTS.get(" ".join(rest), "")
                if set(rest) <= {brand, *" ".join(inside).split(), *SALTS} or inside == [named]:
                    return brand
        return ""

    def _brand_with_strength(self, name: str) -> str:
        """Return a brand whose name ends in the number of its strength: "Duragesic-50 50 mcg/hr"."""
        brand, _, figure = name.rpartition(" ")
        numbers = {match[1] for match in STRENGTH.finditer(self.outside)}
        return brand if brand in ALL_BRANDS and figure in numbers else ""

    def _micrograms(self, names: Sequence[str], strengths: Sequence[Strength]) -> Sequence[Strength]:
        """Return strengths without a unit as micrograms where a medicine is breathed in, else as they were read."""
        if not self.bare or not (self.form in ("inhaler", "spray") or _INHALED & set(names)):
            return strengths
        return [msgspec.structs.replace(strength, number=strength.number / 1000) for strength in strengths]

    def _product(self, ingredients: Sequence[tuple[str, str]], strengths: Sequence[Strength]) -> Product:
        names = [name for name, _salt in ingredients]
        strengths, package = without_package(in_one_volume(strengths, len(names)))
        strengths = self._micrograms(names, without_weight(strengths, self.form, len(names)))
        if len(strengths) == len(names) and len(names) > 1:
            order = sorted(range(len(names)), key=lambda index: names[index])
            names, strengths = [names[index] for index in order], [strengths[index] for index in order]
        elif len(names) <= 1 or len(strengths) != len(names):
            names = sorted(names)
        form = self.form
        if self.brand_form and form in ("", *_LESS_SAID.get(self.brand_form, ("injection", "liquid"))):
            form = self.brand_form
        if form == "powder" and any("/ml" in strength.dimension for strength in strengths):
            form = "liquid"
        routes = tuple(self.routes) or ((FORM_ROUTES[form],) if form in FORM_ROUTES else ())
        form = _form_by_route(form, routes)
        if self.brand_release:
            self._released(self.brand_release)
        only = names[0] if len(names) == 1 else ""
        if form in ("tablet", "capsule") and any(strength.dimension.endswith("/day") for strength in strengths):
            strengths = [without_day(strength) for strength in strengths]
            self._released("er 24")  # "240 mg/24 hr capsule"
        release = (self.release or INHERENT_RELEASE.get((only, form), "")) if form in SOLIDS else ""
        if form in ("inhaler", "nebule"):
            routes = ("lungs",)
        return Product(
            ingredients=tuple(dict.fromkeys(names)),
            salts=tuple(sorted({f"{name}:{salt}" for name, salt in ingredients if salt})),
            strengths=tuple(by_unit(strength, only) for strength in strengths),
            form=form,
            release=release,
            hours=self.hours if release == "er" else "",
            routes=tuple(sorted(routes)),
            volume=self.lead or self.volume or package,
            wear=self.wear,
            remarks=tuple(sorted(self.remarks)),
        )


def _form_by_route(form: str, routes: Sequence[str]) -> str:
    """Return a solution as what its route makes of it: "Oral Solution Reconstituted", "Subcutaneous Solution"."""
    if form == "liquid" and {"under the skin", "muscle", "vein"} & set(routes):
        return "injection"
    return "liquid" if form == "injection" and set(routes) == {"mouth"} else form


_LESS_SAID = {"inhaler": ("injection", "liquid", "capsule"), "tablet": (), "capsule": ()}
"""Forms of which a brand says more: a liquid is in its pen, a capsule in its inhaler, but in no tablet."""
_INHALED = frozenset({"salmeterol", "formoterol", "vilanterol", "umeclidinium", "olodaterol", "glycopyrrolate"})
"""Only breathed in, beside another: their strengths without a unit are micrograms ("160-4.5")."""


def _stronger(form: str, other: str) -> str:
    """Of two forms in one name the one that says more: a "solution" in a syringe is a syringe."""
    if {form, other} == {"capsule", "inhaler"}:
        return "inhaler"  # a capsule to breathe in from a device
    order = ("", "liquid", "injection", "powder")
    if form in order and (other not in order or order.index(other) > order.index(form)):
        return other
    return form


def _hyphens(text: str) -> str:
    """Part ingredients at a hyphen between two; the four letters of a biosimilar's suffix stay with its name."""

    def part(match: re.Match[str]) -> str:
        after = re.match(r"[a-z]+", text[match.end() :])
        suffix = after[0] if after else ""
        return "-" if len(suffix) == 4 and suffix not in INGREDIENTS else " / "

    return _HYPHEN.sub(part, text)


def _drug_name(text: str) -> str:
    if text in ALL_BRANDS:
        return text
    return next((brand for brand in (text.replace(" ", ""), text.split(" ", maxsplit=1)[0]) if brand in ALL_BRANDS), "")


def decimal_text(number: Decimal) -> str:
    return written_out(number, 9)


def key_salts(product: Product) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(salts that make another product even against silence, other salts)."""
    key: list[str] = []
    other: list[str] = []
    for salt in product.salts:
        ingredient, _, names = salt.partition(":")
        special = KEY_SALTS.get(ingredient, frozenset()) | KEY_SALTS[""]
        (key if special & set(names.split()) else other).append(salt)
    return tuple(key), tuple(other)
