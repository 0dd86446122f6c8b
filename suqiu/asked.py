"""What a run is asked to do, kept in its folder, and what follows from it: the period and the column mapping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from suqiu import intake
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.lake import replacing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked to do; in the folder as job.json.

    Attributes:
        source: path or address of the export.
        city: folder of the city pack.
        mapping: file of the column mapping, None for the pack's own or a guess.
        first, last: the period to report on as ISO days, None for that of the data.
    """

    source: str
    city: str
    mapping: str | None = None
    first: str | None = None
    last: str | None = None

    @classmethod
    def load(cls, folder: Path) -> Asked:
        """Read what a folder's run was asked to do.

        Raises:
            NotFound: the folder holds no run.
            InvalidInput: its job.json is damaged.
        """
        try:
            return cls(**json.loads((folder / "job.json").read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound(
                "job.none",
                Text("目录“{folder}”中没有任务", "{folder} holds no run").fill(folder=folder),
                Text("请先运行suqiu intake或suqiu run", "begin with suqiu intake or suqiu run"),
            ) from error
        except (json.JSONDecodeError, TypeError) as error:
            raise InvalidInput(
                "job.damaged",
                Text("目录“{folder}”中的job.json已损坏", "job.json in {folder} is damaged").fill(folder=folder),
                Text("请重新运行suqiu run", "begin anew with suqiu run"),
            ) from error

    def save(self, folder: Path) -> None:
        """Keep it in the run's folder, for later stages; of a database's address without user and password."""
        kept = {**asdict(self), "source": intake.without_secrets(self.source)}
        with replacing(folder / "job.json") as part:
            part.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    @property
    def source_name(self) -> str:
        """The export's name as it may be shown and kept."""
        return intake.without_secrets(self.source) if "://" in self.source else Path(self.source).name

    def require_sense(self, folder: Path) -> None:
        """Refuse a period that ends before it begins, and to write results where the export lies.

        Raises:
            InvalidInput: either is so.
        """
        if Path(self.source).is_dir() and Path(self.source).resolve() == folder.resolve():
            raise InvalidInput(
                "job.out_is_source",
                Text(
                    "输出目录与导出数据同为“{folder}”", "the results would be written into the export's folder {folder}"
                ).fill(folder=folder),
                Text(
                    "请为--out另选目录，以免结果被当作导出数据",
                    "choose another --out, or results would be read as exports",
                ),
            )
        if self.first and self.last and self.last < self.first:
            raise InvalidInput(
                "job.reversed_period",
                Text("统计期首日{first}晚于末日{last}", "the period begins on {first}, after its end on {last}").fill(
                    first=self.first, last=self.last
                ),
                Text("请调整--from和--to", "change --from and --to"),
            )

    def period(self, taken_in: Mapping[str, Any]) -> tuple[date, date]:
        """Return the first and last day to report on: as asked, else those of the data.

        Args:
            taken_in: what intake found: `first_day` and `last_day` of the data.

        Raises:
            InvalidInput: the data has no order in between.
        """
        begin, end = taken_in["first_day"], taken_in["last_day"]
        first = date.fromisoformat(self.first or min(begin, self.last or begin))
        last = date.fromisoformat(self.last or max(end, self.first or end))
        if str(first) > end or str(last) < begin:
            raise InvalidInput(
                "job.empty_period",
                Text(
                    "{first}至{last}没有工单，数据为{begin}至{end}",
                    "no orders from {first} to {last}; the data runs {begin} to {end}",
                ).fill(first=first, last=last, begin=begin, end=end),
                Text("请调整--from和--to", "change --from and --to"),
            )
        return first, last


def mapping_for(source: intake.Source, city: City, pack: Path, given: Path | None) -> tuple[intake.Mapping, Text]:
    """Choose the column mapping: the one that is given, else the pack's own if it fits the export, else a guess.

    Returns:
        The mapping, and where it comes from, for a person: also what did not fit, since somebody may have edited it.

    Raises:
        NotFound, InvalidInput: the given file or the pack's own cannot be read.
    """
    if given is not None:
        return intake.load(given), Text("按指定的文件", "the given file")
    own = pack / "mapping.yaml"
    if not own.is_file():
        return intake.guess(source, city), Text("自动识别", "guessed")
    mapping = intake.load(own)
    problems = intake.check(mapping, source, city)
    if not problems:
        return mapping, Text("按数据包", "the pack's")
    return intake.guess(source, city), Text(
        "自动识别；数据包的列映射有{count}处与导出不符，首处：{first}",
        "guessed; the pack's does not fit the export in {count} places, the first: {first}",
    ).fill(count=len(problems), first=problems[0])
