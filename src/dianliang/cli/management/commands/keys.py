"""``dianliang keys``: check and rotate the keys of encrypted columns."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.core import keys
from dianliang.flows import certificate_keys


class Command(BaseCommand):
    """Rotate, retire or check keys; exit 1 when they do not fit the database."""

    help = (
        "字段密钥：check 核对，rotate 换新密钥并重新加密全部字段，retire 丢弃不再使用的旧密钥；"
        "志愿服务证明的签名密钥：certificate 换一把，revoke-certificate 作废外泄的一把。"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        verbs = ["check", "rotate", "retire", "certificate", "revoke-certificate"]
        parser.add_argument("verb", choices=verbs)
        parser.add_argument("--key", default="", help="要作废的签名密钥编号")
        parser.add_argument("--because", default="", help="作废的原因（进入审计）")

    def handle(self, *, verb: str, key: str, because: str, **_: Any) -> None:
        """Do it and say what was done."""
        at = now()
        if verb == "certificate":
            name = certificate_keys.renew(by=operator(), at=at)
            self.stdout.write(f"已启用签名密钥 {name}，旧公钥继续公布。请备份密钥文件。")
            return
        if verb == "revoke-certificate":
            name = certificate_keys.give_up(key, because=because, by=operator(), at=at)
            self.stdout.write(f"已作废签名密钥 {key}，现用 {name}。请备份密钥文件，换发有关证明。")
            return
        keys.require_readable()
        if verb == "rotate":
            key_id, count = keys.rotate(by=operator(), at=at)
            self.stdout.write(
                f"已启用密钥 {key_id}，重新加密 {count} 项。\n"
                f"请备份密钥文件，重启 serve；确认无误后运行 dianliang keys retire。"
            )
        elif verb == "retire":
            gone = keys.retire(by=operator(), at=at)
            self.stdout.write(f"已丢弃旧密钥：{'、'.join(gone) or '没有可丢弃的'}")
        else:
            counts = "，".join(f"{name} {count} 项" for name, count in sorted(keys.used().items()))
            self.stdout.write(f"密钥与数据库配套。{counts or '还没有加密数据'}")
