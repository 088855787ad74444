import pytest

from tests.policy.planting import PackCopy


@pytest.fixture
def copy(tmp_path) -> PackCopy:
    return PackCopy(tmp_path)
