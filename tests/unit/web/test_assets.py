"""Style sheets as they are sent."""

import pytest

from portal.web.assets import compact


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a {\n  color: red;\n  margin: 0 auto;\n}\n", "a{color:red;margin:0 auto}"),
        ("/* why */\n.a > .b,\n.c :focus {\n  top: calc(1px + 2rem);\n}", ".a > .b,.c :focus{top:calc(1px + 2rem)}"),
        ('q::before {\n  content: ": a ,  b; /* c */";\n}', 'q::before{content:": a ,  b; /* c */"}'),
        ("@media (min-width: 60rem) {\n  a {\n    b: c;\n  }\n}", "@media (min-width:60rem){a{b:c}}"),
    ],
)
def test_what_says_nothing_is_left_out(written: str, sent: str) -> None:
    assert compact(written) == sent
