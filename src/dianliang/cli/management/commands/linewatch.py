"""``dianliang linewatch``: watch the registered cameras; events go into this installation."""

from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.lineguard.models import weights_of
from dianliang.cli.operator import operator
from dianliang.flows.linewatch import accepting
from dianliang.kernel.errors import DomainError

NEEDED = ("cv2", "onnxruntime", "av")


class Command(BaseCommand):
    """Watch until all sources that end have ended, or somebody presses Ctrl+C."""

    help = "看守已登记的摄像机：事件、健康、派单都记入本安装；--accept-view 认可移动后的画面。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("cameras", nargs="*", help="摄像机编号；不写就看守全部")
        parser.add_argument("--weights", type=Path, help="自己的模型（ONNX）；不写就用登记为在用的")
        parser.add_argument("--films", type=Path, help="放录像的目录；不写就只看网络摄像机")
        parser.add_argument(
            "--accept-view", metavar="编号", help="认可这台摄像机现在的画面，不看守"
        )

    def handle(
        self,
        *,
        cameras: list[str],
        weights: Path | None,
        films: Path | None,
        accept_view: str | None,
        **_: Any,
    ) -> None:
        """Accept a view, or watch; each event and trouble is a line."""
        try:
            if accept_view:
                accepting.accept_view(number=accept_view, by=operator(), at=now())
                self.stdout.write(f"{accept_view} 的画面已认可，区域照旧。")
                return
            self._watch(cameras, weights, films)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def _watch(self, cameras: list[str], weights: Path | None, films: Path | None) -> None:
        lacking = [name for name in NEEDED if find_spec(name) is None]
        if lacking:
            words = f"线路守护缺 {'、'.join(lacking)}。请安装：pip install 'dianliang[lineguard]'。"
            raise CommandError(words)
        from dianliang.flows.linewatch import watching  # noqa: PLC0415 (heavy)
        from dianliang.integrations.detecting import NanoDet  # noqa: PLC0415 (heavy)

        count = watching.watch(
            detector=NanoDet(weights=weights_of(weights)),
            numbers=cameras,
            clock=now,
            tell=self.stdout.write,
            films=films,
        )
        self.stdout.write(f"看守结束，共 {count} 台摄像机。")
