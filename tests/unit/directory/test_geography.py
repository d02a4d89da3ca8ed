"""Where postal codes and places are."""

from portal.directory import geography


def test_postal_codes_and_places() -> None:
    place = geography.of_postal_code("08103-1234")
    assert place is not None
    assert (place.city, place.state) == ("Camden", "NJ")
    assert geography.of_postal_code("00000") is None
    assert geography.of_postal_code("x") is None
    assert geography.of_text("Camden, NJ") is not None
    assert geography.of_text("camden new jersey") is not None
    assert geography.of_text("nowhere at all") is None


def test_distances_and_areas() -> None:
    miles = geography.miles_between(39.94, -75.11, 40.71, -74.01)  # Camden to Manhattan
    assert 75 < miles < 85
    areas = geography.areas_near(39.94, -75.11, 20)
    assert areas[0] in {"081", "191"}
    assert "900" not in areas
