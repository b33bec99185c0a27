"""Photos that come with a form: checked at once, kept for a day, so that none is chosen twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from dianliang.core import drafts, limits
from dianliang.core.files import MAX_IMAGE_BYTES
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.posting import MOST_PHOTOS
from dianliang.kernel.errors import DomainError, InvalidInputError

MOST_AN_HOUR = 120
PER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """What came with a form: tokens of the good ones, and a sentence for each bad one."""

    tokens: tuple[str, ...] = ()
    contents: tuple[bytes, ...] = ()
    problems: tuple[str, ...] = ()


def received(request: HttpRequest, *, source: str, at: datetime) -> Photos:
    """Check and keep the photos of a form, and find again those that it kept before."""
    tokens: list[str] = []
    contents: list[bytes] = []
    problems: list[str] = []

    def take(token: str) -> None:
        content = drafts.read(token, at=at)
        if content is None:
            problems.append(_("之前选的照片已过期，请重新选择。"))
        elif token not in tokens:
            tokens.append(token)
            contents.append(content)

    for token in request.POST.getlist("kept")[:MOST_PHOTOS]:
        take(token)
    for upload in request.FILES.getlist("photos"):
        if len(tokens) == MOST_PHOTOS:
            problems.append(_("最多 %(most)d 张照片，多出的没有保存。") % {"most": MOST_PHOTOS})
            break
        try:
            take(_kept(upload, source=source, at=at))
        except DomainError as refusal:
            problems.append(f"{(upload.name or '')[-40:]}：{refusal.message}")
    return Photos(tokens=tuple(tokens), contents=tuple(contents), problems=tuple(problems))


def _kept(upload: "UploadedFile[Any]", *, source: str, at: datetime) -> str:
    if (upload.size or 0) > MAX_IMAGE_BYTES:  # before it is read into memory
        raise InvalidInputError(_("照片超过 12 MB，请压缩后再传。"), field="photos")
    limits.count(what="photo", source=source, most=MOST_AN_HOUR, per=PER, at=at)
    return drafts.keep(upload.read(), at=at)
