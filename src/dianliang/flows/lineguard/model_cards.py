"""Tell in a page (Markdown) what a trained model is, what it learnt from and how it does."""

from hashlib import sha256

from dianliang.engines.fitting import Judgement, Verdict
from dianliang.flows.lineguard.training import Trained
from dianliang.integrations.detecting.store import Origin

VERDICTS = {
    Verdict.BETTER: "更好",
    Verdict.NOT_DISTINGUISHABLE: "分不出好坏",
    Verdict.WORSE: "更差",
}


def verdict(judgement: Judgement) -> str:
    """Say in words how a new model does beside the one it began with."""
    return (
        f"AP50 {judgement.before:.3f} → {judgement.after:.3f}，"
        f"差 {judgement.low:+.3f} 到 {judgement.high:+.3f}（90% 区间）："
        f"{VERDICTS[judgement.verdict]}"
    )


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
        f"**{verdict(told)}。**",
        "",
        "| 人高（像素） | 人数 | 原来 AP50 | 训练后 AP50 |",
        "|---|--:|--:|--:|",
        *(
            f"| {low}—{high} | {of} | {before:.3f} | {after:.3f} |"
            for (low, high), (before, after, of) in told.by_height.items()
        ),
        "",
        "区间由整段时间重抽得到；只对和评判片段相像的地方、光线成立。在别处是否退步没有量过。",
        "框更准不等于事件更准：启用前请用 `dianliang lineguard eval --weights` 量事件，",
        "必要时重新 `calibrate`。",
        "",
    ]
    return "\n".join(lines)


def _steps(found: Trained) -> str:
    fitted = found.fitted
    return f"第 {fitted.steps} 步的权重，验证损失 {fitted.before:.3f} → {fitted.after:.3f}"
