"""Jinja's environment for pages: the same language, with less asked about each call.

A page calls hundreds of macros and functions, and puts out a thousand texts: Jinja looks at each call for four ways in
which it may want the context, and makes an object of each text, which is joined with the others at once.
"""

import re
from collections import ChainMap
from collections.abc import Callable, MutableMapping
from types import CodeType, FunctionType
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2.environment import Template as JinjaTemplate
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import Macro
from markupsafe import Markup, escape


class _Context(JinjaContext):
    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a plain function at once, and anything else as Jinja does."""
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or vars(called):  # what wants the context is marked by an attribute
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


_special = re.compile("[&<>\"']").search


def _escaped(text: Any) -> str:
    """Return a text as HTML, as ``markupsafe.escape`` does; what needs no change stays the object that it is."""
    kind = type(text)
    if kind is Markup or (kind is str and not _special(text)):
        return text  # type: ignore[no-any-return]
    return escape(text)


class _Template(JinjaTemplate):
    @classmethod
    def from_code(
        cls,
        environment: Any,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - Jinja's names
        uptodate: Callable[[], bool] | None = None,
    ) -> JinjaTemplate:
        """Return the template, which escapes what it puts out by the function above."""
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__["escape"] = _escaped
        return template


class Environment(FlaskEnvironment):
    context_class = _Context
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: nearly always those of all of them, which are then no chain of two."""
        return ChainMap(d, self.globals) if d else self.globals
