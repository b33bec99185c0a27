"""Options of the commands that need no installation, told in Chinese."""

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

SAID = (
    (r"the following arguments are required: (.+)", "还缺：{0}"),
    (r"unrecognized arguments: (.+)", "不认识：{0}"),
    (r"one of the arguments (.+) is required", "要给出其中一个：{0}"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", "{0} 不能是 {1}；可用：{2}"),
    (r"argument (.+?): invalid int value: (.+)", "{0} 应填整数，现在是 {1}"),
    (r"argument (.+?): invalid float value: (.+)", "{0} 应填数字，现在是 {1}"),
    (r"argument (.+?): invalid \w+ value: (.+)", "{0} 不能是 {1}"),
    (r"argument (.+?): expected at least one argument", "{0} 后面至少要有一个值"),
    (r"argument (.+?): expected one argument", "{0} 后面要有一个值"),
    (r"argument (.+?): expected (\d+) arguments?", "{0} 后面要有 {1} 个值"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} 和 {1} 只能给一个"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} 后面不带值，现在是 {1}"),
    (r"argument (.+?): (.+)", "{0}：{1}"),
)
"""What argparse complains of, and how it is told; the last is words of our own behind an option."""


class Parser(argparse.ArgumentParser):
    """Argparse, with complaints and headings in Chinese."""

    def __init__(self, **more: Any) -> None:
        """Lay out with `Formatter` where nothing else is asked for."""
        super().__init__(**{"formatter_class": Formatter, **more})
        self._positionals.title, self._optionals.title = "要给的", "选项"

    def add_subparsers(self, **more: Any) -> Any:
        """Offer verbs; unnamed, argparse names them after the usage, heading and all."""
        return super().add_subparsers(**{"prog": self.prog, **more})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the options, and where to look."""
        self.exit(2, f"选项有误：{in_chinese(message)}\n看用法：{self.prog} --help\n")


def in_chinese(message: str) -> str:
    """Return a complaint of argparse in Chinese; one that it does not know stays as it is."""
    for pattern, words in SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return words.format(*found.groups())
    return message


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
