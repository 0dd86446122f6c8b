"""One installation of the web platform: its folder, its keys, its city, its time."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from suqiu import citypack
from suqiu.config import Settings, settings
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.lake import replacing


@dataclass(frozen=True, slots=True)
class About:
    """What an installation is; in the site's folder as site.json.

    Attributes:
        city: folder of the city pack.
        result: folder of the run whose lake the analytic pages read, None before the first.
        assessment: folder of the last assessment bundle, None before the first.
        demo: it shows simulated data: demo accounts exist and pages say so.
        ahead_seconds: how far its clock is from the machine's: a demo lives in the days of its data; else 0.
    """

    city: str
    result: str | None = None
    assessment: str | None = None
    demo: bool = False
    ahead_seconds: int = 0


@dataclass(frozen=True)
class Site:
    """One installation 站点.

    Attributes:
        folder: where everything of it lies that is not in a PostgreSQL database.
        settings: of this process.
    """

    folder: Path
    settings: Settings = field(repr=False)

    @property
    def about(self) -> About:
        """What the installation is, as last saved.

        Raises:
            NotFound: the folder holds no installation.
            InvalidInput: its site.json is damaged.
        """
        try:
            stamp = (self.folder / "site.json").stat().st_mtime_ns
        except OSError as error:
            raise NotFound(
                "site.none",
                Text("目录“{folder}”中没有站点", "{folder} holds no site").fill(folder=self.folder),
                Text("请先运行suqiu site init", "begin with suqiu site init"),
            ) from error
        return _read(self.folder / "site.json", stamp)

    def save(self, about: About) -> None:
        """Keep what the installation is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(self.folder / "site.json") as part:
            part.write_text(json.dumps(asdict(about), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    @property
    def city(self) -> City:
        """The city whose hotline this is; a pack is read once in a process, one that comes into force at once."""
        return _city(Path(self.about.city))

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its wall clocks."""
        return ZoneInfo(self.city.timezone)  # which keeps those it has read

    def now(self) -> datetime:
        """Return the present moment, in the city's zone, to the microsecond: the only clock of the platform."""
        return datetime.now(self.zone) + timedelta(seconds=self.about.ahead_seconds)

    def key(self, name: str) -> bytes:
        """Return a secret of 32 bytes, made when first asked for; only the owner may read its file."""
        path = self.folder / "keys" / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{name}.{secrets.token_hex(8)}")
        part.touch(mode=0o600)
        part.write_bytes(secrets.token_bytes(32))
        try:
            os.link(part, path)  # whoever comes first has made it; nobody's key is replaced
        except FileExistsError:
            pass
        finally:
            part.unlink()
        return path.read_bytes()

    @property
    def files(self) -> Path:
        """Where uploaded files lie."""
        return self.folder / "files"

    @property
    def backups(self) -> Path:
        """Where backups are written."""
        return self.folder / "backups"


@lru_cache(maxsize=8)
def _read(path: Path, stamp: int) -> About:
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return About(**said)
    except (json.JSONDecodeError, TypeError) as error:
        raise InvalidInput(
            "site.damaged",
            Text("站点文件“{path}”已损坏", "{path} is damaged").fill(path=path),
            Text("请从备份恢复", "restore it from a backup"),
        ) from error


@lru_cache(maxsize=3)
def _city(folder: Path) -> City:
    return citypack.load(folder)


@lru_cache(maxsize=1)
def site() -> Site:
    """Return the installation that this process serves, as the setting SUQIU_SITE names it."""
    chosen = settings()
    return Site(chosen.site.resolve(), chosen)
