"""A draft of the city pack: a copy that is edited file by file, and becomes the pack in force as a whole or not at all.

The pack in force is never edited. Each that was in force stays, under the moment it came into force, so that any may
be looked at or brought back.
"""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from suqiu import citypack
from suqiu.citypack import FileFault
from suqiu.domain.city import City
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.lake import replacing
from suqiu.web.accounts.actor import Actor
from suqiu.web.audit.chain import record
from suqiu.web.site import site

#: Files that people edit as text; drawings and what the simulator uses are not among them.
EDITED = (".yaml", ".md", ".csv")
_MOST_BYTES = 1_000_000
_NOTE = ".about.json"

NAMES: Mapping[str, Text] = {
    "city.yaml": Text("城市与区划", "city and regions"),
    "departments.yaml": Text("承办单位", "units"),
    "calendar.yaml": Text("工作日历", "calendar"),
    "limits.yaml": Text("办理时限", "time limits"),
    "weights.yaml": Text("权重与阈值", "weights and thresholds"),
    "mapping.yaml": Text("列映射", "column mapping"),
    "regions.csv": Text("区划表", "regions"),
    "duties": Text("职责清单", "duty catalogue"),
    "taxonomy": Text("分类体系", "taxonomy"),
    "knowledge": Text("知识条目", "knowledge"),
}


@dataclass(frozen=True, slots=True)
class Adopted:
    """A pack that came into force here 生效版本.

    Attributes:
        name: of its folder: the moment.
        by, reason: who put it into force, and why.
        version: the pack's fingerprint.
        current: it is in force now.
    """

    name: str
    by: str
    reason: str
    version: str
    current: bool = False


def current() -> Path:
    """Return the folder of the pack in force."""
    return Path(site().about.city)


def folder() -> Path:
    """Return the folder of the draft; it exists only while somebody edits."""
    return site().folder / "city" / "draft"


def begun() -> bool:
    """Say whether a draft is being edited."""
    return folder().is_dir()


def begin(actor: Actor) -> None:
    """Copy the pack in force, to be edited; nothing happens where a draft is there."""
    if begun():
        return
    part = folder().with_name("draft.part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(current(), part)
    part.rename(folder())
    record(actor, "city.draft", "city:draft")


def drop(actor: Actor) -> None:
    """Throw the draft away."""
    _require_draft()
    shutil.rmtree(folder())
    record(actor, "city.drop", "city:draft")


def files(pack: Path) -> list[str]:
    """Return the files of a pack that may be edited, by their paths in it."""
    found = (path.relative_to(pack) for path in pack.rglob("*") if path.suffix in EDITED and path.is_file())
    return sorted(str(path) for path in found if path.parts[0] != "simulation")


def read(name: str) -> str:
    """Return a file of the draft, else of the pack in force.

    Raises:
        NotFound: there is none of this name.
    """
    return _path(folder() if begun() else current(), name).read_text("utf-8")


def write(actor: Actor, name: str, text: str) -> None:
    """Put a file into the draft.

    Raises:
        Conflict: there is no draft.
        NotFound: the pack has no such file.
        InvalidInput: it is too large.
    """
    _require_draft()
    if len(text.encode()) > _MOST_BYTES:
        raise InvalidInput(
            "city.large_file", Text("文件超过1 MB", "the file is larger than 1 MB"), Text("请拆分后保存", "split it")
        )
    with replacing(_path(folder(), name)) as part:
        part.write_text(text.replace("\r\n", "\n"), "utf-8")
    record(actor, "city.edit", "city:draft", file=name)


def faults() -> list[FileFault]:
    """Return all that is wrong with the draft, by file and line."""
    _require_draft()
    return citypack.check(folder())


def changes() -> Mapping[str, list[str]]:
    """Return what the draft changes, by file, as lines of a comparison."""
    _require_draft()
    found = {}
    for name in sorted({*files(folder()), *files(current())}):
        old, new = (
            (pack / name).read_text("utf-8").splitlines() if (pack / name).is_file() else []
            for pack in (current(), folder())
        )
        if old != new:
            found[name] = list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    return found


def loaded() -> City:
    """Return the draft as a city.

    Raises:
        InvalidInput: it has errors.
    """
    _require_draft()
    return citypack.load(folder())


def adopt(actor: Actor, reason: str) -> None:
    """Put the draft into force, as a whole.

    Raises:
        InvalidInput: it has errors, or no reason is given.
        Conflict: there is no draft, or it changes nothing, or orders name what it no longer has.
    """
    _require_draft()
    if len(reason.strip()) < 4:
        raise InvalidInput(
            "city.no_reason",
            Text("请说明生效依据，至少4个字", "say on what ground, in four characters or more"),
            Text("例如：依据某号文件调整", "such as: by document number …"),
        )
    city = loaded()
    if city.version == site().city.version:
        raise Conflict(
            "city.unchanged",
            Text("草稿没有改动", "the draft changes nothing"),
            Text("请先修改", "change something first"),
        )
    lost = sorted(site().city.department_by_id.keys() - city.department_by_id.keys())
    if lost:
        raise Conflict(
            "city.unit_lost",
            Text(
                "草稿删去了单位{ids}，历史工单仍在使用其编号", "the draft lacks the units {ids}, which orders name"
            ).fill(ids="、".join(lost)),
            Text(
                "撤并的单位请保留编号，改名或改由其他单位承担职责", "keep their ids; rename them or move their duties"
            ),
        )
    name = site().now().strftime("%Y%m%d-%H%M%S")
    kept = folder().with_name(name)
    about = Adopted(name, actor.label, reason.strip()[:200], city.version)
    (folder() / _NOTE).write_text(json.dumps(asdict(about), ensure_ascii=False), "utf-8")
    folder().rename(kept)
    site().save(replace(site().about, city=str(kept)))
    record(actor, "city.adopt", f"city:{name}", version=city.version, reason=reason.strip()[:200])


def history() -> list[Adopted]:
    """Return the packs that came into force here, the newest first."""
    found = []
    for path in sorted((site().folder / "city").glob(f"*/{_NOTE}"), reverse=True):
        about = Adopted(**json.loads(path.read_text("utf-8")))
        found.append(replace(about, current=path.parent == current()))
    return found


def _path(pack: Path, name: str) -> Path:
    if name not in files(pack):
        raise NotFound(
            "city.no_file",
            Text("数据包中没有这个文件", "the pack has no such file"),
            Text("请从列表中选择", "choose one"),
        )
    return pack / name


def _require_draft() -> None:
    if not begun():
        raise Conflict(
            "city.no_draft", Text("没有正在编辑的草稿", "nothing is being edited"), Text("请先开始编辑", "begin first")
        )
