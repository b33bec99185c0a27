"""Tell in a page (Markdown) what a trained model is, what it learnt from and how it does."""

from hashlib import sha256

from dianliang.engines.fitting import LEAST_DUE, LEAST_OCCASIONS, Alarms, Judgement, Verdict
from dianliang.flows.lineguard.training import Trained
from dianliang.integrations.detecting.store import Origin

BOXES = {
    Verdict.BETTER: "框更准",
    Verdict.NOT_DISTINGUISHABLE: "框分不出好坏",
    Verdict.WORSE: "框更差",
}
ALARMS = {
    Verdict.BETTER: "更好",
    Verdict.NOT_DISTINGUISHABLE: "分不出好坏",
    Verdict.WORSE: "更差",
}
NOT_MEASURED = "没有用录像量事件（--films），不说更好：框更准不等于事件更准。"


def verdict(judgement: Judgement) -> str:
    """Say in words how well a new model finds boxes beside the one it began with."""
    return (
        f"AP50 {judgement.before:.3f} → {judgement.after:.3f}，"
        f"差 {judgement.low:+.3f} 到 {judgement.high:+.3f}（90% 区间）："
        f"{BOXES[judgement.verdict]}"
    )


def verdict_of_alarms(alarms: Alarms | None) -> str:
    """Say in words whether a watch tells better with a new model."""
    if alarms is None:
        return NOT_MEASURED
    (before, after), (hits, more), (false, less) = alarms.f1, alarms.hits, alarms.false
    told = (
        f"事件 F1 {before:.2f} → {after:.2f}，"
        f"差 {alarms.low:+.2f} 到 {alarms.high:+.2f}（90% 区间）；"
        f"来访 {alarms.due} 次，命中 {hits} → {more}，误报 {false} → {less}；"
        f"{alarms.occasions} 处中变好 {alarms.gained} 处、变差 {alarms.lost} 处："
    )
    if not alarms.is_enough:
        return f"{told}太少，不下结论（至少 {LEAST_DUE} 次来访、{LEAST_OCCASIONS} 处）"
    return told + ALARMS[alarms.verdict]


def card(found: Trained, origin: Origin, *, base: bytes, on: str) -> str:
    """Return the card of a trained model; `on` is the day."""
    told = found.judgement
    parts = (
        ("训练", found.parts.learn),
        ("验证（决定何时停）", found.parts.stop),
        ("评判（没有参与训练）", found.parts.judge),
    )
    lines = [
        "# 检测模型",
        "",
        f"- **文件** SHA-256 `{sha256(found.content).hexdigest()}`，{len(found.content)} 字节",
        f"- **起点** SHA-256 `{sha256(base).hexdigest()}`",
        f"- **训练** {on}，{origin.trained_by}；{_steps(found)}",
        f"- **许可** {origin.licence}",
        f"- **用的画面** {origin.trained_on}；标注 SHA-256 `{found.labels_digest}`",
        "",
        "| 部分 | 片段 | 画面 | 标注框 |",
        "|---|---|--:|--:|",
        *(
            f"| {name} | {'、'.join(clips)} | {sum(found.pictures[one] for one in clips)}"
            f" | {sum(found.persons[one] for one in clips)} |"
            for name, clips in parts
        ),
        "",
        f"**{verdict_of_alarms(found.alarms).rstrip('。')}。**",
        "",
        f"{verdict(told)}。",
        "",
        "| 人高（像素） | 人数 | 原来 AP50 | 训练后 AP50 |",
        "|---|--:|--:|--:|",
        *(
            f"| {low}—{high} | {of} | {before:.3f} | {after:.3f} |"
            for (low, high), (before, after, of) in told.by_height.items()
        ),
        "",
        "区间由整段时间重抽得到；只对和评判片段相像的地方、光线成立。在别处是否退步没有量过。",
        "事件按两个模型用同样的区域和阈值看同样的录像算；阈值是为原来的模型选的，",
        "启用前必要时重新 `calibrate`。",
        "",
    ]
    return "\n".join(lines)


def _steps(found: Trained) -> str:
    fitted = found.fitted
    return f"第 {fitted.steps} 步的权重，验证损失 {fitted.before:.3f} → {fitted.after:.3f}"
