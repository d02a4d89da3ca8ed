"""A course in the size of a word."""

from decimal import Decimal

from portal.web.health.spark import HEIGHT, WIDTH, spark


def _values(*numbers: int) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


def test_one_value_is_no_course() -> None:
    assert spark(_values(5), None, None) is None


def test_only_the_last_six_are_drawn_and_the_last_is_the_dot() -> None:
    course = spark(_values(9, 1, 2, 3, 4, 5, 6), None, None)
    assert course is not None
    assert course.values == ("1", "2", "3", "4", "5", "6")
    assert course.path.endswith(f"{course.x:g} {course.y:g}")
    assert 0 < course.x < WIDTH


def test_values_are_told_as_their_sources_wrote_them() -> None:
    course = spark([Decimal("7.2"), Decimal("7.0"), Decimal("7.10"), Decimal("1E+2")], None, None, unit="%")
    assert course is not None
    assert course.text == "7.2, 7.0, 7.10, 100 %"


def test_everything_stays_in_the_picture() -> None:
    for values, low, high in (
        (_values(1, 1000), Decimal(4), Decimal(6)),
        (_values(5, 5), Decimal(4), Decimal(6)),
        (_values(-3, 2), None, Decimal(1)),
        (_values(50, 54), Decimal(60), None),
    ):
        course = spark(values, low, high)
        assert course is not None
        assert course.band is not None
        top, height = course.band
        assert 0 <= top <= top + height <= HEIGHT
        assert 0 <= course.y <= HEIGHT


def test_a_small_change_looks_small() -> None:
    """Values a hundredth apart filled the whole height, as values a half apart do."""
    for low, high in ((None, None), (Decimal(100), None)):
        course = spark(_values(100, 101), low, high)
        assert course is not None
        first, last = _heights(course.path)
        assert 0 < first - last <= HEIGHT / 8
    steep = spark(_values(100, 200), None, None)
    assert steep is not None
    first, last = _heights(steep.path)
    assert first - last > HEIGHT / 2


def _heights(path: str) -> list[float]:
    return [float(number) for number in path.removeprefix("M").split(" ")[1::2]]


def test_a_range_with_both_ends_is_the_scale() -> None:
    """A fifth of 145 is more than the range of sodium: its band must not shrink for that."""
    course = spark(_values(139, 141), Decimal(135), Decimal(145))
    assert course is not None
    assert course.band is not None
    assert course.band[1] > HEIGHT / 2
