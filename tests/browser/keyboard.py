"""A clerk who works by keyboard alone; what they do is counted."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass(slots=True)
class Keyboard:
    """A clerk who uses no mouse. Filling in a field is an act, and so is pressing a key."""

    page: Page
    acts: int = 0

    def press(self, key: str) -> None:
        self.acts += 1
        self.page.keyboard.press(key)
        self.page.wait_for_load_state()

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.acts += 1
        self.page.keyboard.type(text)

    def key(self, letter: str) -> None:
        """Hold Alt and press the key that the page shows in a box: as the browser's own protocol, for access keys."""
        self.acts += 1
        code = f"Digit{letter}" if letter.isdigit() else f"Key{letter.upper()}"
        event = {"modifiers": 1, "key": letter, "code": code, "windowsVirtualKeyCode": ord(letter.upper())}
        session = self.page.context.new_cdp_session(self.page)
        session.send("Input.dispatchKeyEvent", event | {"type": "keyDown", "text": letter, "unmodifiedText": letter})
        session.send("Input.dispatchKeyEvent", event | {"type": "keyUp"})
        session.detach()
        self.page.wait_for_load_state()

    def find(self, number: str, birth_date: str) -> None:
        """Scan a number, which ends with Enter as scanners do, then type the birth date."""
        if self.page.evaluate("document.activeElement.id") != "number":
            self.key("f")
        self.write(number)
        self.key("b")
        self.write(birth_date)
        self.press("Enter")
        expect(self.page.get_by_role("region", name="Patient being helped")).to_be_visible()
