"""Jinja's environment for pages: the same language, with less asked about each call.

A page calls hundreds of macros and functions, and puts out a thousand texts: Jinja looks at each call for four ways in
which it may want the context, and makes an object of each text, which is joined with the others at once.
"""

import re
from collections import ChainMap
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, nullcontext
from keyword import iskeyword
from types import CodeType, FunctionType
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator as JinjaCodeGenerator
from jinja2.compiler import Frame
from jinja2.environment import Template as JinjaTemplate
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

from portal.web.phrases import as_markup
from portal.web.sent import Sent


class _Context(JinjaContext):
    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a plain function at once, and anything else as Jinja does."""
        kind = type(called)
        if kind is FunctionType and not vars(called):  # what wants the context is marked by an attribute
            if kwargs:
                kwargs.pop("_block_vars", None)
                kwargs.pop("_loop_vars", None)
            return called(*args, **kwargs)
        if kind is not Macro:
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        lacking = len(called.arguments) - len(args)
        if kwargs or lacking < 0 or not self.eval_ctx.autoescape or _takes_more(called):
            return called(self.eval_ctx, *args, **kwargs)
        if lacking:
            args += (missing,) * lacking  # by which a macro's function knows that it is to take the default
        return as_markup(called._func(*args))  # noqa: SLF001 - as the macro itself does, in three calls


def _takes_more(macro: Macro) -> bool:
    """Tell whether a macro takes more than its arguments: what a block calls it with, or any others."""
    return macro.caller or macro.explicit_caller or macro.catch_kwargs or macro.catch_varargs


_special = re.compile("[&<>\"']").search


def _escaped(text: Any) -> str:
    """Return a text as HTML, as ``markupsafe.escape`` does; what needs no change stays the object that it is."""
    kind = type(text)
    if kind is Markup or ((kind is str or kind is Sent) and not _special(text)):
        return text  # type: ignore[no-any-return]
    return str(text) if kind is int or kind is float else escape(text)


PLAIN = frozenset(
    {
        *("_", "gettext", "ngettext", "once", "blank", "symbol", "first_paint", "csp_nonce", "csrf_token"),
        *("url_for", "asset", "section_word", "state_word", "state_help"),
    }
)
"""Functions of all templates (``portal.web.templating``) that want no context; no template takes one of these names."""


class _CodeGenerator(JinjaCodeGenerator):
    """Writes calls of the functions that every template has as they are, and attributes as Python does."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802, FBT001, FBT002
        if forward_caller or not self._is_plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        between = "("
        for argument in (*node.args, *node.kwargs):
            self.write(between)
            self.visit(argument, frame)
            between = ", "
        self.write(")" if between == ", " else "()")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write an attribute of a variable as that; Jinja looks there first, too, and only a dict has it as an item."""
        if not isinstance(node.node, nodes.Name) or self._may_lack or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write("(environment.getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}) if isinstance(")
        self.visit(node.node, frame)
        self.write(", dict) else ")
        self.visit(node.node, frame)
        self.write(f".{node.attr})")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802
        with self._lacking():
            super().visit_Test(node, frame)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802
        with self._lacking() if node.name in ("default", "d") else nullcontext():
            super().visit_Filter(node, frame)

    @contextmanager
    def _lacking(self) -> Iterator[None]:
        """Write what may lack its attribute, as it is asked whether it is defined."""
        before, self._may_lack = self._may_lack, True
        try:
            yield
        finally:
            self._may_lack = before

    _may_lack = False

    def _is_plain(self, node: nodes.Call) -> bool:
        """Tell whether one of these functions is called by its name."""
        named = isinstance(node.node, nodes.Name) and node.node.name in PLAIN
        return named and not (node.dyn_args or node.dyn_kwargs)


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
    code_generator_class = _CodeGenerator
    context_class = _Context
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: nearly always those of all of them, which are then no chain of two."""
        return ChainMap(d, self.globals) if d else self.globals
