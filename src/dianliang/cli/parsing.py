"""Options of the commands that need no installation, told in Chinese."""

import argparse
from collections.abc import Iterable
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Argparse, with complaints that begin in Chinese."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the options, and where to look."""
        self.exit(2, f"选项有误：{message}\n看用法：{self.prog} --help\n")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Argparse's layout under a Chinese heading."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin with the Chinese word for usage."""
        del prefix
        super().add_usage(usage, actions, groups, "用法：")
