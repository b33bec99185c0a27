"""The secrets of an installation are whole, or their file is refused in words and left alone."""

import pytest

from dianliang.core import home


@pytest.mark.parametrize("text", ["{}", "not json", '{"field_keys": {"k1": "00"}}'])
def test_a_broken_file_of_secrets_is_refused_and_left_as_it_was(tmp_path, monkeypatch, text):
    monkeypatch.delenv("DIANLIANG_SECRETS", raising=False)
    path = tmp_path / "secrets.json"
    path.write_text(text)

    with pytest.raises(home.BrokenHomeError, match="已损坏"):
        home.load_secrets(tmp_path)

    assert path.read_text() == text
