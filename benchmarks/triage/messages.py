"""The hot-issue corpus (4326 citizens' messages of one city), read from DIANLIANG_DATA."""

import csv
import gzip
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

DATA = Path(os.environ.get("DIANLIANG_DATA", "../shared/data")) / "triage"
FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: title and body joined by a full stop, blanks removed."""

    text: str
    reporter: str
    at: datetime


@cache
def messages() -> tuple[Message, ...]:
    with gzip.open(DATA / "taidi2020c_hot4326.csv.gz", "rt", encoding="utf-8") as lines:
        return tuple(
            Message(
                text="".join(f"{row['留言主题']}。{row['留言详情']}".split()),
                reporter=row["留言用户"],
                at=instant(row["留言时间"]),
            )
            for row in csv.DictReader(lines)
        )


def instant(written: str) -> datetime:
    for form in FORMS:
        try:
            return datetime.strptime(written.replace("-", "/"), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(written)
