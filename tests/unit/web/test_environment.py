"""Templates say the same in this environment as in Jinja's own, however it calls and escapes."""

from collections import Counter
from enum import StrEnum
from types import FunctionType
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader, StrictUndefined, UndefinedError, nodes, pass_context
from jinja2 import Environment as JinjaEnvironment
from jinja2.runtime import Context
from markupsafe import Markup, escape

from portal.paths import TEMPLATES
from portal.web.environment import PLAIN, Environment
from portal.web.sent import Sent, Several


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
    environment = Environment(Flask(__name__), autoescape=True, undefined=StrictUndefined)
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


class _Slotted:
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ thing.name }}{{ record.name }}{{ counts.name }}", "a &lt; bitem3"),
        ("{{ record.items is defined }}{{ thing.other is defined }}{{ record.other is defined }}", "TrueFalseFalse"),
        ("{{ thing.other|default('none') }}{{ record.other|d('none') }}", "nonenone"),
        ("{% for each in [record, thing] %}{{ each.name }}{% endfor %}", "itema &lt; b"),
        ("{{ record['items'] }}{{ record.class }}", "howeverstyle"),
        ("{% set n = namespace(x=1) %}{% set n.x = n.x + 1 %}{{ n.x }}", "2"),
    ],
)
def test_attributes_are_found_where_jinja_finds_them(environment: Environment, source: str, text: str) -> None:
    record = {"name": "item", "items": "however", "class": "style"}
    counts = Counter({"name": 3})
    for each in (environment, JinjaEnvironment(autoescape=True, undefined=StrictUndefined)):
        assert each.from_string(source).render(thing=_Slotted("a < b"), record=record, counts=counts) == text


@pytest.mark.parametrize("source", ["{{ thing.other }}", "{{ record.other }}", "{{ nobody.name }}"])
def test_what_is_not_there_fails(environment: Environment, source: str) -> None:
    with pytest.raises((UndefinedError, AttributeError)):
        environment.from_string(source).render(thing=_Slotted("a"), record={})


def test_a_text_of_a_source_is_escaped(environment: Environment) -> None:
    template = environment.from_string("{{ plainly }}{{ hostile }}{{ several }}")
    texts = {"plainly": Sent.of("a", "en"), "hostile": Sent.of("<b>", "en")}
    pieces = Several.of([Sent.of("<i>", "en")])
    assert template.render(several=pieces, **texts) == 'a&lt;b&gt;<span lang="en" dir="auto">&lt;i&gt;</span>'


def test_what_all_templates_call_as_it_is_wants_no_context(app: Flask) -> None:
    functions = {name: app.jinja_env.globals[name] for name in PLAIN}
    assert all(type(function) is FunctionType and not vars(function) for function in functions.values())


def test_no_template_gives_their_names_to_anything_else(app: Flask) -> None:
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.endswith(".html")):
        parsed = app.jinja_env.parse((TEMPLATES / name).read_text())
        taken = {each.name for each in parsed.find_all(nodes.Name) if each.ctx != "load"}
        taken |= {each.name for each in parsed.find_all(nodes.Macro)}
        imported = (each for statement in parsed.find_all(nodes.FromImport) for each in statement.names)
        taken |= {each if isinstance(each, str) else each[1] for each in imported}
        assert not taken & PLAIN, name
