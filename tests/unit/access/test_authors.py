"""Whose a message is, by who wrote it and what it answers."""

import pytest

from portal.access.authors import author_of, may_answer

_WRITERS = {"a": "mother", "urn": "mother", "c": "father"}


@pytest.mark.parametrize(
    ("chain", "author"),
    [
        ((), ""),
        (("a",), "mother"),
        (("x", "urn"), "mother"),  # its id, then its identifier
        (("x",), ""),  # the patient, or an organization
        (("answer", "a"), "mother"),
        (("again", "answer", "a"), "mother"),
        (("c", "answer", "a"), "mother"),  # who was the first has the whole of it
        (("a", "letter"), "mother"),  # an answer to what everybody reads is hers; that stays everybody's
        (("letter",), ""),
    ],
)
def test_whose_a_message_is(chain: tuple[str, ...], author: str) -> None:
    assert author_of(chain, _WRITERS) == author


@pytest.mark.parametrize(
    ("author", "writer", "allowed"),
    [
        ("", "mother", True),
        ("mother", "mother", True),
        ("father", "mother", False),
        ("father", "", True),
        ("", "", True),
    ],
)
def test_who_may_answer(author: str, writer: str, *, allowed: bool) -> None:
    assert may_answer(author, writer=writer) is allowed
