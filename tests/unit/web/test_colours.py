"""Every instance has a hue of its own: text and controls keep their contrast for all of them, light and dark.

WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for the edges of controls and focus (1.4.11).
"""

import colorsys
import re

import pytest

from portal.web.assets import style_parts

CSS = "".join(path.read_text() for path in style_parts())
Colour = tuple[float, float, float]

TEXT = [
    ("--ink", "--bg"),
    ("--ink", "--surface"),
    ("--ink", "--tint"),
    ("--muted", "--bg"),
    ("--muted", "--surface"),
    ("--muted", "--tint"),
    ("--link", "--bg"),
    ("--link", "--surface"),
    ("--link", "--tint"),
    ("--on-accent", "--accent"),
    ("--bad", "--surface"),
    ("--bad", "--bg"),
    ("--bad", "--bad-tint"),
    ("--ink", "--bad-tint"),
    ("--warn", "--surface"),
    ("--warn", "--bg"),
    ("--warn", "--warn-tint"),
    ("--ink", "--warn-tint"),
    ("--muted", "--warn-tint"),
    ("--good", "--surface"),
    ("--good", "--bg"),
    ("--good", "--good-tint"),
    ("--ink", "--good-tint"),
]
EDGES = [("--edge", "--surface"), ("--edge", "--bg"), ("--ring", "--bg"), ("--ring", "--surface"), ("--ring", "--tint")]


def themes() -> dict[str, dict[str, str]]:
    light = dict(re.findall(r"(--[a-z-]+):\s*([^;]+);", CSS.split("@media")[0]))
    dark_block = CSS.split("@media (prefers-color-scheme: dark) {", 1)[1].split("\n}", 1)[0]
    return {"light": light, "dark": light | dict(re.findall(r"(--[a-z-]+):\s*([^;]+);", dark_block))}


def colour(value: str, hue: int) -> Colour:
    """A colour of the style sheet as linear-light RGB."""
    if value.startswith("#"):
        digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
        rgb = tuple(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    else:
        found = re.fullmatch(r"hsl\(var\(--hue\) ([\d.]+)% ([\d.]+)%\)", value)
        assert found, value
        rgb = colorsys.hls_to_rgb(hue / 360, float(found[2]) / 100, float(found[1]) / 100)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    light, dark = sorted((0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_edges_keep_their_contrast_for_every_hue(theme: str) -> None:
    names = themes()[theme]
    for pairs, least in ((TEXT, 4.5), (EDGES, 3.0)):
        for front, back in pairs:
            worst = min((contrast(colour(names[front], hue), colour(names[back], hue)), hue) for hue in range(360))
            assert worst[0] >= least, f"{front} on {back}: {worst[0]:.2f} at hue {worst[1]}"


def test_the_header_and_the_organizations_marks_keep_their_contrast() -> None:
    white = (1.0, 1.0, 1.0)
    for theme, names in themes().items():
        assert min(contrast(white, colour(names["--band"], hue)) for hue in range(360)) >= 4.5, theme
    assert contrast(white, colour("#b3140c", 0)) >= 4.5  # the bubble
    marks = {"light": ((70, 18), (48, 86)), "dark": ((60, 88), (35, 22))}
    for front, back in marks.values():
        for hue in range(0, 360, 30):
            ratio = contrast(*(colour(f"hsl(var(--hue) {s}% {light}%)", hue) for s, light in (front, back)))
            assert ratio >= 4.5
