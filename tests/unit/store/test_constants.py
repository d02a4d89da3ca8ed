"""What a statement is made with is written out; what it is asked with, and every text that is not ours, is bound."""

from enum import Enum

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from portal.domain.sections import Section
from portal.store.engine.constants import once, with_constants

_TABLE = Table("thing", MetaData(), Column("name", String), Column("number", Integer))
_NAME, _NUMBER = _TABLE.c.name, _TABLE.c.number


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_words_and_numbers_of_ours_are_written_out(dialect: Dialect) -> None:
    part = select(_NAME).where(_NAME.in_([Section.MESSAGES, Section.TEST_RESULTS]), _NUMBER.in_([1, 2])).limit(3)
    other = select(_NAME).where(_NAME.is_(Section.VISITS), _NAME.is_(bindparam("person_id")), _NUMBER > 5)
    compiled = with_constants(union_all(select(part.subquery()), other)).compile(dialect=dialect)
    text = " ".join(str(compiled).split())
    assert "IN ('messages', 'test-results')" in text
    assert "IN (1, 2)" in text
    assert "LIMIT 3" in text
    assert "IS 'visits'" in text
    others = {name: value for name, value in compiled.params.items() if name != "person_id"}
    assert set(others.values()) <= {0}, "SQLite's dialect adds an OFFSET of its own"
    assert "person_id" in compiled.params
    assert not compiled.post_compile_params


class _Word(str, Enum):  # noqa: UP042 - one that says its class where it is formatted
    OPEN = "open"


def test_a_word_is_written_as_it_is_stored() -> None:
    assert "name IS 'open'" in str(with_constants(select(_NAME).where(_NAME.is_(_Word.OPEN))))


@pytest.mark.parametrize("text", ["O'Neil", "a b", "Ünal", "x;--", "%s"])
def test_any_other_text_is_bound(text: str) -> None:
    compiled = with_constants(select(_NAME).where(or_(_NAME.is_(text), _NAME.in_(["ours", text])))).compile()
    assert text not in str(compiled)
    assert text in compiled.params.values()
    assert ["ours", text] in compiled.params.values()


def test_statements_that_are_found_without_being_described_stay_apart() -> None:
    engine = create_engine("sqlite://")
    more = bindparam("more", type_=Integer)
    statements = [once(select(literal_column(str(number), Integer) + more)) for number in range(3)]
    with engine.connect() as conn:
        sums = [conn.execute(each, {"more": added}).scalar_one() for added in (10, 20) for each in statements]
    assert sums == [10, 11, 12, 20, 21, 22]
