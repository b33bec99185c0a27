"""Keep the English catalogue: ``tools/messages.py check | update``.

Chinese is the message itself. Messages come from templates, from Python, and from the words that
tables and constants carry (states, verbs, plain words of the timeline). The words of the scripts
are a catalogue of their own, which the phone keeps.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.wording.catalogues import DOMAINS, missing, update


def main() -> None:
    """Check or update."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    django.setup()
    verb = sys.argv[1] if len(sys.argv) > 1 else "check"
    if verb == "update":
        for domain in DOMAINS:
            update(domain=domain)
    left = missing()
    print("\n".join(left) or "complete")
    sys.exit(bool(left) and verb == "check")


if __name__ == "__main__":
    main()
