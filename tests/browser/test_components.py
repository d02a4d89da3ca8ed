"""Every component, from the macros that the pages use, on one page: in both schemes and in forced colours."""

import re
from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, StringField
from wtforms.validators import InputRequired

from portal.domain.links import Shown
from portal.endpoints import public
from portal.paths import STATIC, TEMPLATES
from portal.store.directory.values import Mark
from tests.browser.steps import Visitor, keep, picture

PAGE = Path(__file__).with_name("components.html")
LOOK = Path(__file__).with_name("look.js").read_text()
NEED_A_RECORD = {"record.html", "place.html"}


class Fields(FlaskForm):  # type: ignore[misc]
    """A field of each kind; the first is empty, which it may not be."""

    name = StringField("A field that is wrong", [InputRequired("Enter a name.")])
    birth_date = DateField("A date")
    password = PasswordField("A password")


class Origin(NamedTuple):
    """Where an item comes from."""

    name: str
    as_of: None = None


def test_every_macro_is_on_the_page() -> None:
    files = [path for path in (TEMPLATES / "components").glob("*.html") if path.name not in NEED_A_RECORD]
    macros = {name for path in files for name in re.findall(r"macro ([a-z]\w*)\(", path.read_text())}
    assert not {name for name in macros if not re.search(rf"\b{name}\(", PAGE.read_text().split("block main")[1])} - {
        "back_link"
    }


def test_the_components(visitor: Visitor, app: Flask, scripts: bool) -> None:
    app.add_url_rule("/components", view_func=public(components))
    visitor.go("/components")
    assert visitor.page.title().startswith("Components")
    page = visitor.page
    picture(page, "components", f"components-{'js' if scripts else 'nojs'}")
    if not scripts:
        return
    for scheme, forced in (("light", "none"), ("dark", "none"), ("dark", "active")):
        page.emulate_media(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
        visitor.go("/components")  # anew: colours change slowly
        page.set_viewport_size({"width": 320, "height": 256})
        assert page.evaluate(LOOK) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        keep(page, "components", f"components-{scheme}-{forced}")
        found = Axe().run(page)
        problems = {each["id"] for each in found.response["violations"]}
        # In forced colours the browser paints others than those that axe reads.
        assert not problems - ({"color-contrast"} if forced == "active" else set()), found.generate_report()


def components() -> str:
    """Return the page."""
    form = Fields(formdata=None)
    form.validate()
    symbols = re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text())
    return render_template_string(
        PAGE.read_text(),
        form=form,
        states=list(Shown),
        mark=Mark.of("Riverbend"),
        symbols=symbols,
        origins=(Origin("Riverbend"),),
    )
