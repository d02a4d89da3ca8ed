"""Three ways to work a page: by pointer, by keyboard alone, and by ear. Each counts what it costs.

By ear is the order of the accessibility tree, as a screen reader walks it with the key for the next heading: what is
counted as announced is each heading that is jumped to, and everything from there to what was looked for.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from portal.demo.network import PASSWORD

_TOO_FAR = 400
_CONTROLS = {
    *("link", "button", "checkbox", "radio", "textbox", "searchbox", "combobox", "DisclosureTriangle", "Date"),
    *("tab", "menuitem", "InputTime", "spinbutton"),
}
_FOCUSED = "element => element === document.activeElement"
_MARK = "data-looked-for"


@dataclass(slots=True)
class Hand:
    """By pointer: a click is an act, and so is writing into what was clicked."""

    page: Page
    acts: int = 0
    announced: int = 0

    def press(self, kind: str, name: str, *, exact: bool = False) -> None:
        """Follow a link, press a button, change a box, fold something out."""
        self._activate(self._one(kind, name, exact), kind)
        self.page.wait_for_load_state()

    def write(self, name: str, text: str) -> None:
        box = self.page.get_by_label(name, exact=True).locator("visible=true").first
        self._reach(box)
        self._type(box, text)

    def sign_in(self, username: str) -> None:
        """Sign in at the other portal, where it asks for that before it asks whose record is to be shared."""
        self.page.locator("[name=password]").or_(self.page.get_by_role("radio", name="Maria")).first.wait_for()
        if self.page.locator("[name=password]").count():
            self.write("User name", username)
            self.write("Password", PASSWORD)
            self.press("button", "Sign in", exact=True)

    def search(self, text: str) -> None:
        """Search the whole record, from whatever page."""
        self.press("link", "Record", exact=True)
        self.write("Search all sections", text)
        self.press("button", "Search")

    def save(self, button: str, name: str) -> None:
        """End a task: pressing this gives a file."""
        with self.page.expect_download() as download:
            self._activate(self._one("button", button, exact=True), "button")
        assert download.value.suggested_filename == name

    def see(self, text: str) -> None:
        """End a task: this stands on the page."""
        place = self.page.locator("main").get_by_text(text).locator("visible=true").first
        expect(place).to_be_visible(timeout=5000)
        self._hear(place)

    def _one(self, kind: str, name: str, exact: bool) -> Locator:
        if kind == "fold":
            return self.page.locator("summary").filter(has_text=name).locator("visible=true").first
        role: Any = kind
        return self.page.get_by_role(role, name=name, exact=exact).locator("visible=true").first

    def _activate(self, target: Locator, kind: str) -> None:
        del kind
        self.acts += 1
        target.click(timeout=5000)

    def _reach(self, target: Locator) -> None:
        self.acts += 1
        target.click(timeout=5000)

    def _type(self, target: Locator, text: str) -> None:
        self.acts += 1
        target.fill(text)

    def _hear(self, target: Locator) -> None:
        """Nothing is heard by who sees."""


@dataclass(slots=True)
class Keys(Hand):
    """By keyboard alone: each key is an act, and so is writing. It jumps over the navigation where that is short."""

    def _activate(self, target: Locator, kind: str) -> None:
        self._reach(target)
        if kind == "radio":
            for _step in range(20):
                if target.is_checked():
                    return
                self._key("ArrowDown")
        self._key("Space" if kind in ("checkbox", "radio") else "Enter")

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=5000)
        name = target.get_attribute("name") if target.get_attribute("type") == "radio" else None
        fresh = self.page.evaluate("document.activeElement === document.body")
        if fresh and target.evaluate("element => document.querySelector('main').contains(element)"):
            self._key("Tab")
            self._key("Enter")
        for _step in range(_TOO_FAR):
            there = self.page.evaluate("name => document.activeElement.name === name", name) if name else False
            if there or target.evaluate(_FOCUSED):
                return
            self._key("Tab")
        raise AssertionError("the keyboard does not come there")

    def _type(self, target: Locator, text: str) -> None:
        self.acts += 1
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
        else:
            self.page.keyboard.type(text)

    def _key(self, key: str) -> None:
        self.acts += 1
        self.page.keyboard.press(key)


@dataclass(slots=True)
class Ears(Hand):
    """By ear: every announcement is one key before it, and pressing or writing is another."""

    _tree: CDPSession | None = field(default=None)
    _at: tuple[str, int] = ("", 0)  # the page, and how far it was read

    def _activate(self, target: Locator, kind: str) -> None:
        self._reach(target)
        self.acts += 1
        self.page.keyboard.press("Space" if kind in ("checkbox", "radio") else "Enter")

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=5000)
        self._hear(target)
        target.focus()

    def _type(self, target: Locator, text: str) -> None:
        self.acts += 1
        target.fill(text)

    def _hear(self, target: Locator) -> None:
        target.evaluate(f"element => element.setAttribute('{_MARK}', '')")
        order, aim = self._order()
        target.evaluate(f"element => element.removeAttribute('{_MARK}')")
        assert aim is not None, "it is not in the accessibility tree"
        page, at = self._at
        start = at if page == self.page.url and at <= aim else 0
        headings = [place for place in range(start, aim + 1) if order[place] == "heading"]
        steps = min(aim - start, len(headings) + aim - headings[-1]) if headings else aim - start
        self.announced += max(steps, 1)
        self.acts += max(steps, 1)
        self._at = (self.page.url, aim)

    def _order(self) -> tuple[list[str], int | None]:
        """Return the roles of what is announced, in reading order, and the place of what is marked."""
        tree = self._tree = self._tree or self.page.context.new_cdp_session(self.page)
        tree.send("DOM.enable")
        root = tree.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        marked = tree.send("DOM.querySelector", {"nodeId": root, "selector": f"[{_MARK}]"})["nodeId"]
        inside = _ids(tree.send("DOM.describeNode", {"nodeId": marked, "depth": -1})["node"])
        nodes = tree.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        order: list[str] = []
        aim: int | None = None

        def walk(node: dict[str, Any]) -> None:
            nonlocal aim
            role = node.get("role", {}).get("value", "")
            name = node.get("name", {}).get("value", "")
            if node.get("backendDOMNodeId") in inside and aim is None:
                aim = len(order)
            speaks = not node.get("ignored") and (role in _CONTROLS or role == "heading" or (role == "image" and name))
            if speaks or (role == "StaticText" and name.strip()):
                order.append("heading" if role == "heading" else role)
            if role in _CONTROLS:
                return  # its text is its name
            for child in node.get("childIds", ()):
                if child in by_id and not (role == "heading" and by_id[child]["role"]["value"] == "StaticText"):
                    walk(by_id[child])

        walk(nodes[0])
        return order, None if aim is None else min(aim, len(order) - 1)


def _ids(node: dict[str, Any]) -> set[int]:
    found = {node["backendNodeId"]}
    for child in node.get("children", ()):
        found |= _ids(child)
    return found
