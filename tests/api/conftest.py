"""Programs start each test with their whole allowance."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_was_counted():
    cache.clear()
