"""Whoever reads English is refused, answered and told where he is in English."""

import re

import pytest
from django.utils import translation

from dianliang.engines.measurement import BadFiguresError
from dianliang.engines.measurement._checks import confidence, figures, within
from dianliang.faces.ui.templatetags.ui import listed, translated
from dianliang.kernel.actor import Role
from dianliang.kernel.phrases import Phrase
from tests.town import PASSWORD

ENGLISH = {"accept-language": "en"}
CHINESE = re.compile("[\u4e00-\u9fff]")
PRICE = ("价格", "a price")


@pytest.fixture
def admin(client, town):
    town.user("admin", Role.ADMINISTRATOR, "LM")
    client.login(username="admin", password=PASSWORD)
    return client


def alert(page):
    (told,) = re.findall(r'<div[^>]*role="alert"[^>]*>(.*?)</div>', page, re.DOTALL)
    return re.sub("<[^>]+>", "", told).strip()


def test_a_form_sent_empty_is_refused_in_the_readers_language(admin):
    form = {"verb": "add", "target": "danger/起火", "words": "", "seen": "0"}
    english = admin.post("/console/words/try/", form, headers=ENGLISH).content.decode()
    chinese = admin.post("/console/words/try/", form).content.decode()

    assert alert(english) == "Enter a word."
    assert alert(chinese) == "请填写词语。"


def test_a_refusal_names_the_row_and_the_word_in_the_readers_language(admin):
    form = {"verb": "add", "target": "danger/起火", "words": "火", "seen": "0"}
    told = alert(admin.post("/console/words/try/", form, headers=ENGLISH).content.decode())

    assert told.startswith("Row 1: “火” is one character")
    assert len(CHINESE.findall(told)) == 1


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: confidence(90),
        lambda: within(-1, PRICE),
        lambda: within(-1, PRICE, low=2),
        lambda: figures([[1.0, float("nan")]], ("造价", "cost")),
    ],
)
def test_what_measuring_refuses_has_english_without_a_word_of_chinese(refuse):
    with pytest.raises(BadFiguresError) as caught:
        refuse()
    with translation.override("en"):
        told = translated(caught.value.words)

    assert told != caught.value.words
    assert not CHINESE.search(told.replace("价格", "").replace("造价", ""))


def test_names_in_a_row_are_translated_where_they_are_words_of_ours():
    with translation.override("en"):
        assert listed(["抢修", "林溪队", Phrase("%(n)d 人", n=3)]) == (
            f"emergency repair, 林溪队, {translated(Phrase('%(n)d 人', n=3))}"
        )
    with translation.override("zh-hans"):
        assert listed(["抢修", "林溪队"]) == "抢修、林溪队"


def test_administration_names_models_and_fields_in_the_readers_language(admin):
    english = admin.get("/admin/catalog/service/", headers=ENGLISH).content.decode()
    chinese = admin.get("/admin/catalog/service/").content.decode()

    assert "Service code" in english
    assert "事项编码" not in english
    assert "事项编码" in chinese


def test_an_english_page_says_that_files_are_in_chinese(admin):
    note = "they are the official text"

    assert note in admin.get("/console/words/", headers=ENGLISH).content.decode()
    assert "是正式文本" not in admin.get("/console/words/").content.decode()
