"""Measure danger: `python -m benchmarks.triage.danger [--sealed]`.

Recall and flagged look-alikes on our own sentences, and the share of outside messages flagged. The
baselines, in the same run, are any word of danger of the lexicon without its rules, and a dozen
words that anybody would write down. `--sealed` scores the half that nobody may tune to.
"""

import argparse
from collections.abc import Callable, Sequence

from benchmarks.triage import texts
from dianliang.engines.triage import DEFAULT_LEXICON, Knowledge, NeedText, Triage

FEW_WORDS = (
    *("着火", "起火", "冒烟", "火花", "爆炸", "触电", "漏电", "电线断"),
    *("电线掉", "煤气", "燃气泄漏", "被困", "救命"),
)
Listener = Callable[[str], bool]


def shares(listen: Listener, rows: Sequence[dict[str, str]]) -> tuple[float, float]:
    """Return the share of dangers heard and the share of look-alikes flagged."""
    heard = [listen(row["text"]) for row in rows if row["label"] == "1"]
    flagged = [listen(row["text"]) for row in rows if row["label"] == "0"]
    return sum(heard) / len(heard), sum(flagged) / len(flagged)


def by(field: str, listen: Listener, rows: Sequence[dict[str, str]]) -> str:
    """Return the recall of each value of a column."""
    values = dict.fromkeys(row[field] for row in rows if row["label"] == "1")
    return ", ".join(
        f"{value} {shares(listen, [*chosen, *others])[0]:.2f} of {len(chosen)}"
        for value in values
        for chosen in [[row for row in rows if row["label"] == "1" and row[field] == value]]
        for others in [[row for row in rows if row["label"] == "0"][:1]]
    )


def main() -> None:
    """Print recall and flagged shares, of the baselines and ours."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sealed", action="store_true", help="score the sealed half")
    asked = options.parse_args()
    triage = Triage(Knowledge(services=(), areas=(), lexicon=DEFAULT_LEXICON))
    all_words = [word for words in DEFAULT_LEXICON.danger.values() for word in words]
    listeners: dict[str, Listener] = {
        "a dozen words": lambda text: any(word in text for word in FEW_WORDS),
        "lexicon, no rules": lambda text: any(word in text for word in all_words),
        "ours": lambda text: triage.suggest(NeedText(text=text)).is_danger,
    }
    rows = texts.cases("danger_sealed.tsv" if asked.sealed else "danger_develop.tsv")
    print(f"{len(rows)} sentences, {'sealed' if asked.sealed else 'develop'}")
    for name, listen in listeners.items():
        recall, flagged = shares(listen, rows)
        print(f"  {name}: recall {recall:.3f}, look-alikes flagged {flagged:.3f}")
    for field in ("kind", "style"):
        print(f"  recall by {field}: {by(field, listeners['ours'], rows)}")
    for label, corpus in (("8289 labelled", texts.messages()), ("4326 raw", texts.raw_messages())):
        for name, listen in listeners.items():
            print(f"{label} messages, {name}: {sum(map(listen, corpus)) / len(corpus):.2%} flagged")


if __name__ == "__main__":
    main()
