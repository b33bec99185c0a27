"""Read what people paste from a chat group, make needs of it, word the answer that goes back."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from dianliang.domain.intake.models import Need
from dianliang.flows import posting, triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_MESSAGES = 30
_DATE = r"(?:\d{4}[年/.-])?\d{1,2}[月/.-]\d{1,2}日?"
_DAY = rf"(?:{_DATE}|昨天|今天|前天|星期[一二三四五六日天]|周[一二三四五六日天])"
_CLOCK = r"(?:凌晨|早上|上午|中午|下午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?"
_TIME = rf"(?:{_DAY}\s*)?{_CLOCK}"
_NAME_THEN_TIME = re.compile(rf"(?P<name>\S(?:.{{0,38}}?\S)?)\s+(?P<time>{_TIME})\s*[:：]?")
_TIME_THEN_NAME = re.compile(rf"(?P<time>{_TIME})\s+(?P<name>\S.{{0,38}}?)\s*[:：]?")
_NAME_ALONE = re.compile(r"(?P<name>[^\s:：，。！？,.!?]{1,20})\s*[:：]")
_NAME_AND_WORDS = re.compile(r"(?P<name>[^\s:：，。！？,.!?\d]{2,12})[:：]\s*(?P<words>\S.*)")
_RULE = re.compile(r"[\s\-—_=*·]{3,}|[—\-]{2,}.{0,30}[—\-]{2,}")
_ATTACHED = re.compile(r"\[(?:图片|照片|视频|语音|文件|动画表情|表情|位置|链接|[^\[\]]{1,4})\]")
_QUOTED = re.compile(r"「[^」]*」\s*\n\s*(?:- ?){5,}", re.DOTALL)
_CHATTER = re.compile(
    r"(?:收到|好的?|谢谢.{0,4}|辛苦.{0,6}|[哦嗯哈啊]+|ok|早|早上好|在吗|\+1|同意|知道了)[了啦~。！!,，]*",
    re.IGNORECASE,
)
_LABELS = frozenset(
    {
        "地址",
        "电话",
        "手机",
        "姓名",
        "联系人",
        "联系电话",
        "户号",
        "时间",
        "地点",
        "备注",
        "问题",
        "内容",
        "位置",
        "村",
        "小区",
        "注",
        "通知",
        "答",
        "问",
        "回复",
    }
)
"""Words before a colon that are no sender but part of what is said."""
_IN_A_SENTENCE = ("到", "从", "在", "约", "是", "于", "至", "自", "大概", "早上", "晚上")
"""A line that ends in a time after these tells when something was, not who speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a chat: who said it, when as it was written there, and the words."""

    name: str
    said_at: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message taken apart, ready to become a need once somebody has looked at it."""

    name: str
    said_at: str
    text: str
    phone: str
    area_code: str
    service_code: str
    dangers: tuple[str, ...] = ()
    is_need: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What became of one draft: a need with its answer for the group, or why not."""

    number: str
    name: str
    text: str
    refusal: str


def read(raw: str) -> tuple[Said, ...]:
    """Take a paste from WeChat, WeCom, DingTalk or QQ apart into its messages, in order.

    A line that holds a sender and a time, or a sender and a colon, begins a message. What one
    person says in a row is one message: people tell what, where and who in three breaths.
    """
    messages: list[Said] = []
    name, said_at, lines = "", "", list[str]()

    def finish() -> None:
        text = "\n".join(lines).strip()
        lines.clear()
        if not text:
            return
        if messages and name and messages[-1].name == name:
            messages[-1] = replace(messages[-1], text=f"{messages[-1].text}\n{text}")
        else:
            messages.append(Said(name=name, said_at=said_at, text=text))

    for written in _QUOTED.sub("", raw).splitlines():
        line = _ATTACHED.sub("", written).strip()
        if not line or _RULE.fullmatch(line):
            continue
        begun = _beginning(line)
        if begun is None:
            lines.append(line)
            continue
        finish()
        name, said_at, words = begun
        if words:
            lines.append(words)
    finish()
    return tuple(messages)


def _beginning(line: str) -> tuple[str, str, str] | None:
    """Return sender, time and first words if a line begins a message."""
    for pattern in (_NAME_THEN_TIME, _TIME_THEN_NAME, _NAME_ALONE, _NAME_AND_WORDS):
        found = pattern.fullmatch(line)
        if found is None:
            continue
        parts = found.groupdict()
        name = re.sub(r"[（(]\d{5,}[)）]$", "", parts["name"]).strip(" @:：")
        if name and name not in _LABELS and not name.endswith(_IN_A_SENTENCE):
            return name[:40], parts.get("time") or "", parts.get("words") or ""
    return None


def drafts(raw: str) -> tuple[Draft, ...]:
    """Read a paste and say of each message what triage makes of it.

    Raises:
        InvalidInputError: nothing can be read in it, or it holds too many messages.
    """
    messages = read(raw)
    if not messages:
        raise InvalidInputError("没有读到文字，请把群里的消息整段粘贴进来。", field="raw")
    if len(messages) > MOST_MESSAGES:
        message = Phrase(
            "一次最多读 %(most)s 条消息，现在有 %(n)d 条，请分几次粘贴。",
            most=MOST_MESSAGES,
            n=len(messages),
        )
        raise InvalidInputError(message, field="raw")
    return tuple(_draft(said) for said in messages)


def _draft(said: Said) -> Draft:
    suggestion = triage.suggest(said.text)
    best = suggestion.best
    is_chatter = _CHATTER.fullmatch(said.text) is not None
    speaks_of_something = best is not None or bool(suggestion.places) or suggestion.is_danger
    return Draft(
        name=said.name,
        said_at=said.said_at,
        text=said.text,
        phone=suggestion.phones[0] if suggestion.phones else "",
        area_code=posting.named_area_code(suggestion),
        service_code=best.service_code if best else "",
        dangers=tuple(dict.fromkeys(danger.kind for danger in suggestion.dangers)),
        is_need=speaks_of_something and not is_chatter,
    )


def register(
    *,
    drafts: tuple[Draft, ...],
    keys: tuple[str, ...],
    tokens: tuple[str, ...],
    by: Actor,
    at: datetime,
) -> tuple[Registered, ...]:
    """Make a need of each draft, each for itself; the same key makes it once.

    Raises:
        InvalidInputError: nothing was chosen.
    """
    if not drafts:
        raise InvalidInputError("请至少勾选一条要登记的消息。", field="chosen")
    return tuple(
        _register(draft, key=key, token=token, by=by, at=at)
        for draft, key, token in zip(drafts, keys, tokens, strict=True)
    )


def _register(draft: Draft, *, key: str, token: str, by: Actor, at: datetime) -> Registered:
    asked = posting.Asked(
        text=draft.text,
        channel=Need.Channel.CHAT,
        name=draft.name,
        phone=draft.phone,
        area_code=draft.area_code,
        service_code=draft.service_code,
    )
    number, refusal = "", ""
    try:
        kept = posting.post_need(asked=asked, key=key, follow_token=token, by=by, at=at)
        number = str(kept["number"])
    except DomainError as caught:
        refusal = caught.message
    return Registered(
        number=number,
        name=draft.name,
        text=draft.text,
        refusal=refusal,
    )


def receipt(*, number: str, name: str, link: str) -> str:
    """Word what goes back into the group, or by text message, when a need was taken in.

    Raises:
        Need.DoesNotExist: there is no such need.
    """
    need = Need.objects.select_related("unit").get(number=number)
    promise, due_at = (
        ("到场", need.on_site_due_at) if need.on_site_due_at else ("办结", need.due_at)
    )
    due = f"{(due_at or need.due_at).astimezone(SHANGHAI):%m月%d日 %H:%M}"
    whom = f"@{name} " if name else ""
    return (
        f"{whom}【点亮】您反映的“{_short(need.text)}”已登记，编号 {number}，"
        f"由{need.unit.name}承办，承诺{promise}时限 {due}。查进度、补充、评价：{link}"
    )


def answer(*, number: str, text: str, status_label: str, words: str, link: str) -> str:
    """Word how a need stands now, to be copied back to where it came from."""
    said = f"：{words}" if words else "。"
    follow = f" 查进度、补充、评价：{link}" if link else ""
    return f"【点亮】您反映的“{_short(text)}”（{number}）{status_label}{said}{follow}"


def _short(text: str) -> str:
    """Return the beginning of a text without numbers: the answer may be read by a whole group."""
    line = re.sub(r"\d[\d-]{5,}\d", "…", " ".join(text.split()))
    return line if len(line) <= 24 else f"{line[:24]}…"
