"""Templates say the same in this environment as in Jinja's own, however it calls and escapes."""

from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from portal.web.environment import Environment


class _Kind(StrEnum):
    AB = "ab"


class _Written:
    """Something with its own HTML, whose text is not safe."""

    def __html__(self) -> str:
        return "<b>own</b>"

    def __str__(self) -> str:
        return "<script>"


@pytest.fixture
def environment() -> Environment:
    environment = Environment(Flask("templates"), autoescape=True, undefined=StrictUndefined)
    environment.globals.update(named=_named, same=lambda value: value, plain=lambda text, times=1: text * times)
    return environment


@pass_context
def _named(context: Context, name: str) -> Any:
    return context[name]


@pytest.mark.parametrize(
    "value",
    ["plain", "", "<b>", "a & b", "it's", 'a "quote"', "ü <", Markup("<i>ours</i>"), 3, 1.5, None, True, _Written()],
)
def test_what_is_put_out_is_escaped_as_markupsafe_does(environment: Environment, value: object) -> None:
    template = environment.from_string(
        "{{ value }}|{% macro m(x) %}{{ x }}{% endmacro %}{{ m(value) }}|{{ same(value) }}"
    )
    assert template.render(value=value) == "|".join([str(escape(value))] * 3)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ named('who') }}", "Leo &amp; Ana"),
        ("{% for n in ['a', 'b'] %}{% set m = n %}{{ named('m') }}{% endfor %}", "ab"),
        (
            "{% macro m(x, y='d') %}{{ x }}{{ y }}{% endmacro %}{{ m('<') }}{{ m('a', y='b') }}",
            "&lt;dab",
        ),
        (
            "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}<i>{{ who }}</i>{% endcall %}",
            "[<i>Leo &amp; Ana</i>]",
        ),
        ("{% for n in [1, 2] %}{{ plain('<', times=n) }}{{ loop.index }}{% endfor %}", "&lt;1&lt;&lt;2"),
        ("{{ who.upper() }}{{ '<'.join(['a', 'b']) }}", "LEO &amp; ANAa&lt;b"),
        ("{% import 'macros' as macros %}{{ macros.shout(who) }}", "<b>Leo &amp; Ana</b>"),
        (
            "{% set part %}<p>{{ who }}</p>{% endset %}{{ part }}{{ part ~ '<' }}",
            "<p>Leo &amp; Ana</p><p>Leo &amp; Ana</p>&lt;",
        ),
        ("{% set part %}<p>{% endset %}{{ 'a<' ~ 1 ~ none }}{{ '&' ~ 2.5 ~ part ~ kind }}", "a&lt;1None&amp;2.5<p>ab"),
        (
            "{% macro m(x, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ m(1) }}{{ m(y=1, x=2) }}",
            "1121",
        ),
        ("{% macro m(x) %}{{ x }}{{ kwargs.y }}{{ varargs|join }}{% endmacro %}{{ m(1, 2, 3, y='<') }}", "1&lt;23"),
        ("{% macro m(x) %}{{ x is defined }}{% endmacro %}{{ m() }}{{ m(none) }}", "FalseTrue"),
    ],
)
def test_functions_and_macros_are_called_as_jinja_does(environment: Environment, source: str, text: str) -> None:
    environment.loader = DictLoader({"macros": "{% macro shout(x) %}<b>{{ x }}</b>{% endmacro %}"})
    assert environment.from_string(source).render(who="Leo & Ana", kind=_Kind.AB) == text


@pytest.mark.parametrize("call", ["m(1, 2)", "m(1, x=2)", "m(z=1)"])
def test_a_macro_that_is_called_wrongly_says_so(environment: Environment, call: str) -> None:
    template = environment.from_string("{% macro m(x) %}{{ x }}{% endmacro %}{{ " + call + " }}")
    with pytest.raises(TypeError, match="macro 'm'"):
        template.render()
