"""What patterns with two open ends look at is bounded: a text of thousands of characters is no name."""

from portal.merge.notes.about_it import _NEXT, LONGEST_WORD, goes_on_of_it
from portal.merge.words.concepts import LONGEST_SHORTHAND, read_concept


def test_a_run_of_blanks_is_one_blank() -> None:
    assert read_concept("Rheumatoid arthritis" + " " * 3000 + "(RA)") == read_concept("Rheumatoid arthritis (RA)")
    assert read_concept(" " * 3000) == read_concept("")


def test_a_name_has_its_own_abbreviation_and_a_long_text_has_none() -> None:
    name = "Rheumatoid arthritis of " + "the " * 60
    assert "ra" not in read_concept(f"{name}(ra)").words
    text = "Rheumatoid arthritis of " + "the " * LONGEST_SHORTHAND
    assert "ra" in read_concept(f"{text}(ra)").words


def test_no_more_is_read_of_a_word_than_words_have() -> None:
    beginning = _NEXT.match(" " + "a" * 3000)
    assert beginning is not None
    assert len(beginning[1]) == LONGEST_WORD + 1
    assert not goes_on_of_it("stopped " + "a" * 3000, len("stopped"), frozenset({"aspirin"}))
    assert goes_on_of_it("stopped aspirin", len("stopped"), frozenset({"aspirin"}))
