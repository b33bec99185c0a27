"""A damaged or hostile upload of a grid is refused in words that show no path of the server."""

import zipfile
from io import BytesIO

import pytest

from dianliang.flows.studies import grid
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError
from tests.town import NOON

pytestmark = pytest.mark.django_db


def packed(names, *, method=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in names:
            archive.writestr(name, "a;b\n" * 400)
    return out.getvalue()


def damaged(method):
    content = bytearray(packed(["Node.csv"], method=method))
    content[50:70] = b"\xff" * 20
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("g.zip", damaged(zipfile.ZIP_LZMA), "打不开"),
        ("g.zip", damaged(zipfile.ZIP_DEFLATED), "打不开"),
        ("g.zip", damaged(zipfile.ZIP_BZIP2), "打不开"),
        ("g.zip", packed(["长" * 300 + ".csv"]), "文件名过长"),
        ("g.zip", packed(["Node.csv"]), "没有电网表"),
        ("g." + "长" * 300, b"{}", "."),
        ("长" * 300 + ".json", b"{}", "."),
        ("\0.json", b"{}", "."),
        ("\ud800.xlsx", b"no workbook", "."),
    ],
)
def test_an_upload_that_cannot_be_read_is_refused_in_words(town, name, content, words):
    sent = grid.Sent(name=name, model=content)

    with pytest.raises(DomainError, match=words) as refusal:
        grid.order(sent=sent, title="馈线", by=town.actor("S1", Role.DISPATCHER), at=NOON)

    assert "/tmp" not in refusal.value.message
    assert "workshop" not in refusal.value.message
