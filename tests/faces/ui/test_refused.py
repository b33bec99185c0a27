"""A form that was refused comes back as it was sent, beside the reason."""

from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.faces.ui.refused import RefusedMiddleware, refused
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests.town import PASSWORD

PAGE = """<h1>页</h1>
<details><summary>甲</summary><form method="post" action="/do/"><input type="hidden" name="item"
 value="one"><input name="a" value="old"></form></details>
<details><summary>乙</summary><form method="post" action="/do/"><input type="hidden" name="key"
 value="fresh"><input type="hidden" name="item" value="two"><input type="hidden" name="seen"
 value="9"><input name="a" value="old"><input name="a"><textarea name="t">old</textarea><input
 type="checkbox" name="c" value="x" checked><input type="checkbox" name="c" value="y"><select
 name="s"><option value="p" selected>P</option><option value="q">Q</option></select><input
 type="file" name="f"><button name="a" value="b">好</button></form></details>"""
REFUSAL = InvalidInputError("不行<b>。")
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


class Shown(HTMLParser):
    """Reads the second form as a browser would send it again."""

    def __init__(self, page):
        super().__init__()
        self.found, self.folds, self.forms, self.told = [], [], 0, ""
        self.inside = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.inside = tag if tag == "textarea" else self.inside
        self.forms += tag == "form"
        if tag == "details":
            self.folds.append("open" in told)
        if tag == "select":
            self.select = told["name"]
        if self.forms != 2 or tag not in {"input", "option"} or told.get("type") == "file":
            return
        if (tag == "option" and "selected" not in told) or (
            told.get("type") == "checkbox" and "checked" not in told
        ):
            return
        self.found.append((told.get("name") or self.select, told.get("value") or ""))

    def handle_data(self, data):
        if self.inside:
            self.found.append(("t", data.removeprefix("\n")))
        else:
            self.told += data

    def handle_endtag(self, tag):
        self.inside = "" if tag == "textarea" else self.inside


def shown(sent, error=REFUSAL):
    """Refuse what was sent to a page of two forms with one address."""
    request = RequestFactory().post("/do/", sent)
    answer = TemplateResponse(request, engines["django"].from_string(PAGE), {})
    with translation.override("zh-hans"):
        whole = RefusedMiddleware(lambda _: answer)
        return whole.process_template_response(request, refused(answer, error)).render()


@settings(deadline=None)
@given(texts, texts, texts.filter(str.strip), st.sets(st.sampled_from("xy")), st.sampled_from("pq"))
def test_whatever_was_typed_ticked_and_chosen_is_in_the_form_that_was_sent(a, b, t, c, s):
    sent = {"item": "two", "key": "used", "seen": "7", "a": [a, b], "t": t, "c": sorted(c), "s": s}
    answer = shown(sent)

    page = Shown(answer.content.decode())
    want = [("key", "fresh"), ("item", "two"), ("seen", "7"), ("a", a), ("a", b), ("t", t)]
    assert page.found == [*want, *(("c", one) for one in sorted(c)), ("s", s)]
    assert (page.folds, answer.status_code) == ([False, True], 422)
    assert "不行<b>。" in page.told


def test_a_file_is_named_and_a_form_that_has_gone_leaves_the_reason_on_top():
    sent = {"item": "two", "f": SimpleUploadedFile("证.pdf", b"x")}
    assert "请重新选择文件：证.pdf" in shown(sent).content.decode()
    gone = shown({"item": "three", "a": "写了很久的一段话，不想再写一遍"}).content.decode()
    assert (
        gone.index("</h1>") < gone.index("不行") < gone.index("写了很久") < gone.index("<details>")
    )


def test_who_was_late_sends_again_on_what_holds_now_and_reads_it():
    typed = {
        "item": "two",
        "seen": "7",
        "a": ["new", ""],
        "t": "old",
        "s": "q",
        "password": "geheim",
    }
    page = shown(typed, StaleStateError("有人改过。")).content.decode()

    assert [pair for pair in Shown(page).found if pair[0] == "seen"] == [("seen", "9")]
    assert ("a", "new") in Shown(page).found
    assert (page.count("现在是：old"), page.count("geheim")) == (1, 0)
    assert shown(typed).headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_act_that_only_leads_back_shows_its_page_again_with_the_form(client, town):
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    form = {"kind": "", "address": "余村村口老槐树旁", "due_on": "2026-12-01"}

    page = client.post("/console/hazards/order/", form)

    assert page.status_code == 422
    assert 'value="余村村口老槐树旁"' in page.content.decode()
    assert 'name="next" value="/console/hazards/"' in page.content.decode()


def test_the_wrong_field_is_marked_and_a_fold_that_holds_an_answer_is_open():
    page = """<form action="/do/"><details><summary>甲</summary><input name="a"></details>
<details><summary>乙</summary><input type="checkbox" name="c" value="x"></details>
<details><summary>丙</summary><input name="b" value="usual" aria-describedby="hint"></details>
<details><summary>丁</summary><input name="d" value="usual"></details></form>"""
    request = RequestFactory().post("/do/", {"b": "usual", "c": "x", "d": "usual"})
    answer = TemplateResponse(request, engines["django"].from_string(page), {})
    wrong = refused(answer, InvalidInputError("不行。", field="b"))
    middleware = RefusedMiddleware(lambda _: answer)
    shown = middleware.process_template_response(request, wrong).render().content.decode()

    assert [tag.split("</summary>")[0][-1] for tag in shown.split("<details open>")[1:]] == [
        *"乙丙"
    ]
    assert shown.count('aria-describedby="hint refusal" aria-invalid="true"') == 1
    assert 'id="refusal" role="alert"' in shown
