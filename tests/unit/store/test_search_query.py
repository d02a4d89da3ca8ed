"""A person's words and what records write for them: both languages, misspellings, weak words."""

import pytest

from portal.merge.words.text import plain
from portal.store.records import search_query
from portal.store.records.search_synonyms import SYNONYMS


def fits(text: str, title: str, words: str = "") -> bool:
    return all(search_query.parse(text).scores(plain(title), plain(words)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("blood sugar", "Glucose [Mass/volume] in Blood"),
        ("my blood sugar", "Hemoglobin A1c"),
        ("azúcar en la sangre", "Glucose"),
        ("biopsy", "Surgical pathology report"),
        ("blood pressure pills", "Lisinopril 10 mg tablet"),
        ("pastillas para la presión", "Amlodipine 5 mg"),
        ("allergies", "Allergy to peanut"),
        ("vacuna de la gripe", "Influenza, seasonal, injectable"),
        ("x-ray", "XR Chest 2 views"),
        ("Lipitor", "atorvastatin 20 MG Oral Tablet"),
    ],
)
def test_what_people_say_finds_what_records_write(text: str, title: str) -> None:
    assert fits(text, title)


@pytest.mark.parametrize(
    ("text", "title"),
    [("blood sugar", "Sodium"), ("low sugar", "Hemoglobin A1c"), ("ct", "Ectopic beats"), ("ms", "Amsler grid")],
)
def test_other_things_are_not_found(text: str, title: str) -> None:
    assert not fits(text, title)


def test_every_word_has_to_be_there() -> None:
    assert fits("Dr Owen July", "Office visit", "Dr. Owen, Jul 4, 2024")
    assert not fits("Dr Owen July", "Office visit", "Dr. Owen, Jan 4, 2024")


def test_a_title_weighs_more_than_a_note() -> None:
    (title,) = search_query.parse("glucose").scores("glucose", "")
    (synonym,) = search_query.parse("sugar").scores("glucose", "")
    (note,) = search_query.parse("glucose").scores("visit", "visits glucose")
    (section,) = search_query.parse("visits").scores("check up", "visits check up")
    assert section > title > synonym > note


def test_of_a_phrase_the_first_meaning_weighs_most() -> None:
    query = search_query.parse("esrd")
    assert query.scores("end stage renal disease", "") > query.scores("renal dialysis", "")


def test_a_month_of_a_year_is_one_thing() -> None:
    for text in ("march 2021", "marzo de 2021", "mar 2021"):
        assert fits(text, "test results march 3, 2021 2021 03 03")
        assert not fits(text, "test results march 3, 2020 2021 06 03"), text
    assert fits("flu march 2021", "influenza 2021 03 03")


def test_what_a_record_misspells_is_found() -> None:
    assert search_query.parse("statin", {"simvistatin"}).scores("simvistatin 10 mg", "")[0]
    assert not search_query.parse("statin").scores("simvistatin 10 mg", "")[0]


def test_that_it_is_a_medicine_need_not_be_written() -> None:
    assert fits("anti rejection drug", "tacrolimus 1 mg")
    assert fits("drug", "drug screen")


def test_weak_words_are_looked_for_where_there_is_nothing_else() -> None:
    assert fits("what is it", "what is it")
    assert not fits("what is it", "glucose")
    assert not search_query.parse("  !?  ").terms


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("diabetis", "diabetes"),
        ("colesterl", "colesterol"),
        ("metformn", "metformin"),
        ("Owen", "owen"),
        ("a1c", "a1c"),
    ],
)
def test_a_misspelt_word_is_the_nearest_one(typed: str, right: str) -> None:
    assert search_query.respelled(typed, {"metformin", "owen"}) == right


def test_the_table_is_written_as_it_is_compared() -> None:
    for phrase, written in SYNONYMS.items():
        for text in (phrase, *written):
            assert text == plain(text), text
        assert phrase
        assert all(written)


def test_a_brand_of_the_directory_is_what_is_in_it_without_its_salts() -> None:
    assert SYNONYMS["amerge"] == ("naratriptan",)
    assert SYNONYMS["epzicom"] == ("abacavir", "lamivudine")
