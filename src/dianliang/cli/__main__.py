"""The ``dianliang`` command."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a management command under the product's own name."""
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("DIANLIANG_MODE", "demo")
        os.environ.setdefault("DIANLIANG_HOME", "var/demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
