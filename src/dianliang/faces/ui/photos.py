"""How a kept photo goes out to somebody who may see it."""

from django.http import HttpResponse

KEPT_S = 24 * 3600


def photo_answer(content: bytes) -> HttpResponse:
    """Answer with a photo that only this person's browser keeps, for a day."""
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = f"private, max-age={KEPT_S}"
    return answer
