"""How a kept photo goes out to somebody who may see it."""

from django.http import HttpResponse


def photo_answer(content: bytes) -> HttpResponse:
    """Answer with a photo that no browser keeps: the next person at it may not see it."""
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    return answer
