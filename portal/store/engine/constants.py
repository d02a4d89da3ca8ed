"""Statements that are made once and executed for every page: what is the same each time stands in their text.

SQLAlchemy else binds it anew at each execution, and writes every ``IN`` of a list anew: for the home page 120 values.
"""

import re
from typing import Any, TypeVar, cast

from sqlalchemy import BindParameter, Integer, Select, String, lambda_stmt, literal_column
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.lambdas import StatementLambdaElement

S = TypeVar("S", bound=ClauseElement)
_PLAIN = re.compile(r"[a-z0-9_-]*")


def with_constants(statement: S) -> S:
    """Return a statement with the numbers and words of our own that it was made with written out.

    Named parameters stay, and so does every text that is not plainly a word of ours: nothing of anybody's gets here.
    """
    return cast(S, visitors.replacement_traverse(statement, {}, _written_out))


def once(statement: Select[Any]) -> StatementLambdaElement:
    """Return a statement of many columns as one that SQLAlchemy finds compiled without describing it.

    It does by a key of everything that the statement is made of: a thousand parts for 38 columns, which are hashed anew
    for each execution, wherever in memory they are. Its values are named parameters, or the same each time.
    """
    # With an object of its own beside the code, which all statements share, as the key.
    return lambda_stmt(lambda: statement, track_on=[object()], track_bound_values=False)


def _written_out(element: Any, **_options: Any) -> Any:
    if not isinstance(element, BindParameter) or element.required or not isinstance(element.type, Integer | String):
        return None
    value: Any = element.value
    several = isinstance(value, list | tuple)
    written = [_text(each) for each in (value if several else (value,))]
    if not written or None in written:
        return None
    text = ", ".join(str(each) for each in written)
    return literal_column(f"({text})" if several else text, element.type)


def _text(value: object) -> str | None:
    """Return a value as SQL writes it; None for what is not ours to write."""
    if isinstance(value, str):
        return "'" + value + "'" if _PLAIN.fullmatch(value) else None  # not formatted: an enumeration may say its class
    return str(int(value)) if isinstance(value, int) and not isinstance(value, bool) else None
