"""The Chinese font of printed documents."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"
FAMILY = "Noto Sans SC"
"""SIL Open Font License 1.1; `core.assets` brings it into a clone, a wheel carries it.

Whole, not cut to GBK: rare characters of names and villages print, and a PDF embeds only the
characters that it uses.
"""
