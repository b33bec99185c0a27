"""Codes that differ in nothing but spelling are one code."""

import pytest

from dianliang.kernel.text import spelling_free


@pytest.mark.parametrize("spelt", ["gec-a1", "GEC—A１", "GEC－A 1", "ＧＥＣ——a1", " GEC−A1"])
def test_width_case_dashes_and_spaces_do_not_count(spelt):
    assert spelling_free(spelt) == "GEC-A1"


def test_other_codes_stay_other():
    assert len({spelling_free(code) for code in ("1号表", "2号表", "A-1", "A1", "")}) == 5
