from functools import cache
from tomllib import TOMLDecodeError, loads
from types import SimpleNamespace

import pytest

from tests.policy.planting import PackCopy
from wenguo.policy import source


@pytest.fixture(scope="session", autouse=True)
def parsed_once():
    """Hundreds of copies of one pack differ in a line each: what is the same is parsed once."""
    with pytest.MonkeyPatch.context() as patch:
        number = source._line_numbers
        patch.setattr(source, "_line_numbers", cache(lambda text: tuple(number(text))))
        patch.setattr(source, "tomllib", SimpleNamespace(loads=cache(loads), TOMLDecodeError=TOMLDecodeError))
        yield


@pytest.fixture
def copy(tmp_path) -> PackCopy:
    return PackCopy(tmp_path)
