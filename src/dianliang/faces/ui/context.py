"""What every page may know of the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, bool]:
    """Say whether what is shown was made up, so that the page can say so too."""
    del request
    return {"is_demo": settings.IS_DEMO}
