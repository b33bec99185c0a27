"""Models that somebody brought, each under its digest, and a register of who did what with them.

A folder: `<SHA-256>.onnx` and its card `<SHA-256>.md`; `register.jsonl` is only ever added to. The
shipped weights are always there to go back to. A file that changed since it was registered is not
used; a card that changed is not handed on.
"""

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from dianliang.core import disk
from dianliang.integrations.detecting.nanodet import WEIGHTS, UnableToDetectError
from dianliang.integrations.detecting.onnx_file import DamagedModelError
from dianliang.integrations.detecting.vetting import ForeignModelError, inspect, vetted
from dianliang.kernel.errors import DomainError, reason

SHIPPED = "shipped"
REGISTER = "register.jsonl"
CARD = WEIGHTS.with_name("model-card.md")
NO_CARD = "none"
VERBS = ("import", "use")
OUTDATED = (
    "{number} 是按以前的办法登记的，没有核对过文件里的全部内容，已停用。"
    "请用原来的文件重新 import，再 use 新的登记号。"
)


class UnableToRegisterError(DomainError):
    """A model cannot be registered or found; the message says why."""

    code = "detecting.unable-to-register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a model is from: its licence, who trained it, on what."""

    licence: str
    trained_by: str
    trained_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the register: `number` is M001, M002, … or `shipped`.

    `card_digest` is empty in lines of before cards were proved.
    """

    at: str
    verb: str
    number: str
    digest: str
    licence: str
    trained_by: str
    trained_on: str
    card_digest: str = ""


class Store:
    """The models of one computer."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when something is kept in it."""
        self._folder = folder

    def entries(self) -> tuple[Entry, ...]:
        """Return the register, oldest line first.

        Raises:
            UnableToRegisterError: it cannot be read.
        """
        path = self._folder / REGISTER
        if not path.exists():
            return ()
        try:
            return tuple(Entry(**json.loads(line)) for line in path.read_text("utf-8").splitlines())
        except (OSError, ValueError, TypeError) as error:
            words = f"模型登记簿 {path} 读不出来。请从备份恢复，或移走它（随后用自带的模型）。"
            raise UnableToRegisterError(words) from error

    def take(self, path: Path, origin: Origin, *, card: str | None, at: str) -> Entry:
        """Register a file that stands all checks; it is not used yet.

        Raises:
            ForeignModelError: it is not taken, see `vetting`.
            UnableToRegisterError: it is registered already, or the folder cannot be written to.
        """
        content = vetted(path)
        digest = sha256(content).hexdigest()
        with self._alone():
            known = [one for one in self.entries() if one.verb == "import"]
            same = next((one for one in known if one.digest == digest), None)
            if same is not None:
                raise UnableToRegisterError(f"这个模型已登记为 {same.number}。")
            entry = Entry(
                at=at,
                verb="import",
                number=f"M{len(known) + 1:03d}",
                digest=digest,
                card_digest=NO_CARD if card is None else sha256(card.encode()).hexdigest(),
                **asdict(origin),
            )
            self._write(f"{digest}.onnx", content)
            if card is not None:
                self._write(f"{digest}.md", card.encode())
            self._add(entry)
        return entry

    def use(self, number: str, *, at: str) -> Entry:
        """Let the watch use a registered model, or `shipped`, from its next start on.

        Raises:
            UnableToRegisterError: there is no such number.
            UnableToDetectError: its file is gone or has changed.
        """
        with self._alone():
            if number == SHIPPED:
                digest = sha256(WEIGHTS.read_bytes()).hexdigest()
                origin = Origin(licence="Apache-2.0", trained_by="RangiLyu", trained_on="COCO 2017")
            else:
                one = self._known(number)
                digest = one.digest
                self._content(one)
                origin = Origin(
                    licence=one.licence, trained_by=one.trained_by, trained_on=one.trained_on
                )
            entry = Entry(at=at, verb="use", number=number, digest=digest, **asdict(origin))
            self._add(entry)
        return entry

    def in_use(self) -> tuple[str, bytes]:
        """Return number and content of the model that the watch is to use.

        Raises:
            UnableToDetectError: its file is gone or has changed since it was registered.
        """
        used = [one for one in self.entries() if one.verb == "use"]
        if not used or used[-1].number == SHIPPED:
            return SHIPPED, WEIGHTS.read_bytes()
        return used[-1].number, self._content(used[-1])

    def read(self, number: str) -> tuple[bytes, str | None]:
        """Return a model and its card; no card where it is not the one registered.

        Raises:
            UnableToRegisterError: there is no such number.
            UnableToDetectError: its file is gone or has changed.
        """
        if number == SHIPPED:
            return WEIGHTS.read_bytes(), CARD.read_text("utf-8")
        one = self._known(number)
        card = self._card(one)
        is_same = card is not None and not self._is_card_changed(one)
        return self._content(one), card.decode("utf-8", "replace") if card and is_same else None

    def changed_cards(self) -> tuple[str, ...]:
        """Return the numbers of models whose card is not the one registered, or is gone."""
        imports = (one for one in self.entries() if one.verb == "import")
        return tuple(one.number for one in imports if self._is_card_changed(one))

    def outdated(self) -> tuple[str, ...]:
        """Return the numbers of models that were registered before files were written anew.

        Such a model is not used: what it holds beside the detector was never looked at.
        """
        found = []
        for one in (one for one in self.entries() if one.verb == "import"):
            path = self._folder / f"{one.digest}.onnx"
            if path.exists() and not _is_as_now(path.read_bytes(), one.number):
                found.append(one.number)
        return tuple(found)

    def _is_card_changed(self, one: Entry) -> bool:
        card = self._card(one)
        now = NO_CARD if card is None else sha256(card).hexdigest()
        return one.card_digest not in ("", now)

    def _card(self, one: Entry) -> bytes | None:
        path = self._folder / f"{one.digest}.md"
        try:
            return path.read_bytes() if path.exists() else None
        except OSError as error:
            raise UnableToRegisterError(f"读不了 {path}：{reason(error)}。") from error

    def _known(self, number: str) -> Entry:
        for one in self.entries():
            if (one.verb, one.number) == ("import", number):
                return one
        raise UnableToRegisterError(f"没有登记过模型 {number}。")

    def _content(self, one: Entry) -> bytes:
        path = self._folder / f"{one.digest}.onnx"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnableToDetectError(f"模型 {one.number} 读不了：{reason(error)}。") from error
        if sha256(content).hexdigest() != one.digest:
            words = (
                f"模型 {one.number} 的文件和登记的摘要不符，已停用。请重新导入，或改回 shipped。"
            )
            raise UnableToDetectError(words)
        if not _is_as_now(content, one.number):
            raise UnableToDetectError(f"模型 {OUTDATED.format(number=one.number)}")
        return content

    def _alone(self) -> FileLock:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UnableToRegisterError(f"建不了 {self._folder}：{reason(error)}。") from error
        return FileLock(self._folder / ".lock", timeout=30)

    def _write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        try:
            disk.replace(self._folder / name, content)
        except OSError as error:
            raise UnableToRegisterError(f"写不了 {self._folder}：{reason(error)}。") from error

    def _add(self, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        with (self._folder / REGISTER).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def _is_as_now(content: bytes, name: str) -> bool:
    """Tell whether a file is written as files are registered now, and would still be taken."""
    try:
        return inspect(content, name) == content
    except (ForeignModelError, DamagedModelError):
        return False
