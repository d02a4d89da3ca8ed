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
