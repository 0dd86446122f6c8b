"""Find a city pack and load it into a City."""

from __future__ import annotations

from pathlib import Path

from suqiu.citypack.assembly import FILE as IDENTITY
from suqiu.citypack.assembly import assemble
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text


def load(folder: Path) -> City:
    """Read and check a whole pack.

    Raises:
        NotFound: there is no such folder.
        InvalidInput: the pack has errors; the first is named, with how many more there are.
    """
    require_folder(folder)
    city, faults = assemble(folder)
    if city is not None:
        return city
    first, *more = [fault for fault in faults.ordered() if fault.severity == "error"]
    place = (
        Text(first.file, first.file)
        if first.line is None
        else Text("{f}第{n}行", "{f} line {n}").fill(f=first.file, n=first.line)
    )
    others = Text("（另有{n}处）", " (and {n} more)").fill(n=len(more)) if more else Text("", "")
    raise InvalidInput(
        "city.invalid_pack",
        Text(
            "城市数据包{folder}有误。{place}：{message}{others}", "city pack {folder}: {place}: {message}{others}"
        ).fill(folder=folder.name, place=place, message=first.message, others=others),
        Text("{hint}；运行 suqiu city check 可列出全部问题", "{hint}; `suqiu city check` lists all that is wrong").fill(
            hint=first.hint
        ),
    )


def find(name_or_path: str, shipped: Path) -> Path:
    """Return a pack's folder, given its path or the name of one of the shipped packs.

    Raises:
        NotFound: it is neither; the hint lists the shipped packs.
    """
    for folder in (Path(name_or_path), shipped / name_or_path):
        if name_or_path and (folder / IDENTITY).is_file():
            return folder
    known = sorted(path.parent.name for path in shipped.glob(f"*/{IDENTITY}"))
    raise NotFound(
        "city.not_found",
        Text("找不到城市数据包“{name}”", "there is no city pack “{name}”").fill(name=name_or_path),
        Text(
            "可用的有：{known}；也可给出含city.yaml的文件夹路径",
            "there are: {known}; or give the path of a folder that holds city.yaml",
        ).fill(known=", ".join(known) or "—"),
    )


def require_folder(folder: Path) -> None:
    """Raise NotFound unless the folder is there."""
    if not folder.is_dir():
        raise NotFound(
            "city.no_folder",
            Text("没有文件夹{folder}", "there is no folder {folder}").fill(folder=folder),
            Text("请检查路径", "check the path"),
        )
