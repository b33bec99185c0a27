"""Draw a QR code that a page shows and prints."""

from typing import Any

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str, *more: str, error: str = "q") -> SafeString:
    """Return an address of ours as an inline drawing; what comes after it may be denser letters.

    A long one bears less `error`.
    """
    parts: Any = [(part, None) for part in (address, *more)]
    code = segno.make(parts, error=error, micro=False)
    markup = code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)
    return mark_safe(markup)  # noqa: S308 (drawn by the library from an address of ours)
