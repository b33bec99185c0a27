"""The ``dianliang`` command."""

import os
import sys
from importlib import import_module

from django.core.management import execute_from_command_line

from dianliang.kernel.errors import DomainError

DEMO_HOME, EXERCISE_HOME = "var/demo", "var/exercise"
HELP = """点亮 Dianliang · 用法：dianliang 命令 [选项]

  先试一试
    demo                 建好演示县并启动（--port 端口，--fresh 重建）
    exercise flood       防汛演练：压缩时间跑一场抢险调度，与手工规则比较（另存数据）
  正式使用
    serve                启动网页与后台任务
    worker               另起一个后台任务进程（PostgreSQL）
    doctor               检查安装，逐项说明有什么问题、怎么办
    createadmin 登录名   建立管理员账号，或给它重设密码
    import               从 Excel 表建立一个县（--template 写模板，--check 只检查）
    plan 输入文件        不用安装数据库，直接把 Excel 或 JSON 里的工单排成线路（--template 写模板）
    certificate verify   不用安装数据库，离线核验志愿服务记录证明（--keys 公钥文件）
    triage 文件          不用安装数据库，研判文本、CSV、Excel 里的需求，每条一行 JSON
    energy               不用安装数据库，电表曲线、重过载、潮流、预测、治理、储能、充电、企业分析
    lineguard            不用安装数据库，看守摄像机画面：有人在线路下停留就预警（另装 lineguard）
    linewatch            看守已登记的摄像机，事件和派单记入本安装（另装 lineguard）
    token                给程序发放或收回接口令牌
  保管
    backup 文件          在线备份数据库、附件（和另存的密钥）
    restore 文件         从备份恢复到空的数据目录
    keys                 字段密钥：rotate 轮换，check 核对；certificate 更换证明的签名密钥
    audit                审计链：verify 校验，seal 立即封印
    ledger               账本：verify 逐笔核对
    personal             按当事人请求：export 导出、erase 删除其个人信息
    retention            清除超过保存期限的个人信息
    learn                立即让分类从人工确认中学习（平时夜里自动进行）

dianliang 命令 --help 看某个命令的选项；dianliang --demo 命令 对演示数据执行。
数据目录由 DIANLIANG_HOME 指定（默认 ./var），数据库由 DIANLIANG_DATABASE 指定（默认 SQLite）。
"""

BARE = {
    "certificate": "dianliang.cli.verifying.command",
    "energy": "dianliang.cli.energy.command",
    "lineguard": "dianliang.cli.lineguard.command",
    "plan": "dianliang.cli.planning.command",
    "triage": "dianliang.cli.triaging.command",
}
"""Commands that need no installation."""


def main() -> None:
    """Run a management command under the product's own name."""
    verb = sys.argv[1] if len(sys.argv) > 1 else "help"
    if verb == "--demo":
        del sys.argv[1]
        verb = sys.argv[1] if len(sys.argv) > 1 else "help"
        os.environ.setdefault("DIANLIANG_HOME", DEMO_HOME)
        os.environ.setdefault("DIANLIANG_MODE", "demo")
    if verb == "demo":
        os.environ.setdefault("DIANLIANG_MODE", "demo")
        os.environ.setdefault("DIANLIANG_HOME", DEMO_HOME)
    if verb == "exercise":
        os.environ.setdefault("DIANLIANG_MODE", "demo")
        os.environ.setdefault("DIANLIANG_HOME", EXERCISE_HOME)
    if verb in {"help", "-h", "--help"} and len(sys.argv) <= 2:
        sys.stdout.write(HELP)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    try:
        if verb in BARE:  # without Django's settings: they would make a home and its keys
            sys.exit(import_module(BARE[verb]).run(sys.argv[2:]))
        execute_from_command_line(sys.argv)
    except DomainError as refusal:
        sys.exit(refusal.message)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
