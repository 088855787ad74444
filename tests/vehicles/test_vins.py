"""What a VIN says of itself."""

import pytest

from wenguo.vehicles.vins import check_digit, is_doubtful, model_year


@pytest.mark.parametrize("vin", ["LATPAB071W1005301", "1M8GDM9AXKP042788", "1" * 17, "LX0GA41C9M0012845"])
def test_the_ninth_place_is_the_rest_by_eleven(vin: str):
    assert check_digit(vin) == vin[8]
    assert not is_doubtful(vin)


@pytest.mark.parametrize("vin", ["LATPAB070W1005301", "1M8GDM9A0KP042788", "LATPAB071W1005310", "LSVAU2180N2183294"])
def test_another_digit_is_doubtful(vin: str):
    assert is_doubtful(vin)


def test_where_there_is_no_vin_nothing_is_doubtful():
    assert not is_doubtful("")


@pytest.mark.parametrize(
    ("tenth", "year"),
    [("W", 1998), ("Y", 2000), ("1", 2001), ("9", 2009), ("A", 2010), ("N", 2022), ("T", 2026), ("V", 2027),
     ("0", None), ("U", None), ("Z", None)],
)  # fmt: skip
def test_the_tenth_place_names_the_latest_model_year_that_can_be_on_the_road(tenth: str, year: int | None):
    assert model_year(f"LX0GA41C9{tenth}0012845", 2026) == year
    assert model_year("", 2026) is None
