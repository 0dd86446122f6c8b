"""Every setting, with type, default and help; the only reader of the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Language, Text

_REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation works; each is set by the environment variable `SUQIU_<NAME>`.

    Attributes:
        language: language of messages and reports.
        memory_mb: memory the analytics engine may use, in MB.
        threads: threads the analytics engine may use.
        cities: folder of the city packs that ship.
        standards: folder of the maturity standards that ship.
        data: folder of real data that models are judged on; what is absent is left out.
        llm_base: address of an OpenAI-compatible language model, None to work without one.
        llm_model: its name at that address.
        llm_key: key sent to it; shown nowhere.
        llm_format: how it is told the form of its answers: by a JSON schema, as a JSON object, or in words only.
        llm_seconds: for one question, tries included.
        llm_workers: questions under way at a time.
        llm_calls, llm_tokens, llm_run_seconds: what one run may spend on it.
        llm_cache: folder where its validated answers are kept, None for none.
        site: folder of the web platform's installation: database, keys, uploaded files, backups.
        database: address of a PostgreSQL database; None keeps everything in the site's folder (SQLite).
        hosts: names and addresses under which the web platform answers, separated by commas.
        https: whether it is reached by HTTPS, directly or behind a proxy: cookies and headers follow.
        proxies: addresses of the proxies before the web platform, separated by commas: only they may say for whom they
            ask.
        assets: folder of the browser libraries that `make setup` installs.
        api_per_minute: requests that another system may make in a minute, unless its token says otherwise.
        api_public_per_minute: requests that an address without a token may make in a minute.
        webhook_private: whether subscribers may be told at private and loopback addresses.
        open311: whether everybody may read the public side of orders by Open311, or only holders of a token.
        oidc_issuer: address of an OpenID Connect provider that people may sign in with; None for none.
        oidc_client, oidc_secret: how the provider knows this platform.
        oidc_claim: the claim that holds a person's job number.
        ldap_url: address of a directory that people may sign in with; None for none.
        ldap_bind: a person's name in the directory, with `{username}` in its place; empty to search for it.
        ldap_base, ldap_filter: where and how it is searched for.
        ldap_reader, ldap_password: as whom the search is made.
    """

    language: Language = field(
        default="zh", metadata={"help": Text("界面和报告的语言：zh或en", "language of messages and reports: zh or en")}
    )
    memory_mb: int = field(
        default=1024, metadata={"help": Text("分析引擎可用内存（MB）", "memory the analytics engine may use, in MB")}
    )
    threads: int = field(
        default=2, metadata={"help": Text("分析引擎可用线程数", "threads the analytics engine may use")}
    )
    cities: Path = field(
        default=_REPOSITORY / "cities",
        metadata={"help": Text("随产品提供的城市数据包目录", "folder of the city packs that ship")},
    )
    standards: Path = field(
        default=_REPOSITORY / "standards",
        metadata={"help": Text("随产品提供的成熟度标准目录", "folder of the maturity standards that ship")},
    )
    data: Path = field(
        default=Path("../shared/data"),
        metadata={
            "help": Text(
                "评测所用真实数据的目录，缺少的数据不参与评测",
                "folder of real data that models are judged on; what is absent is left out",
            )
        },
    )
    llm_base: str | None = field(
        default=None,
        metadata={
            "help": Text(
                "语言模型服务地址（兼容OpenAI接口）；不设则不使用语言模型",
                "address of an OpenAI-compatible language model; without it none is used",
            )
        },
    )
    llm_model: str | None = field(
        default=None, metadata={"help": Text("语言模型在该服务上的名称", "the model's name at that address")}
    )
    llm_key: str | None = field(
        default=None, repr=False, metadata={"help": Text("语言模型服务密钥，不显示、不记录", "its key; shown nowhere")}
    )
    llm_format: Literal["schema", "object", "plain"] = field(
        default="schema",
        metadata={
            "help": Text(
                "约束答案格式的方式：schema、object或plain",
                "how the form of an answer is asked for: schema, object or plain",
            )
        },
    )
    llm_seconds: int = field(
        default=60,
        metadata={"help": Text("每问时限（秒），含重试", "seconds for one question, tries included")},
    )
    llm_workers: int = field(default=2, metadata={"help": Text("同时提问数", "questions under way at a time")})
    llm_calls: int = field(default=2000, metadata={"help": Text("每次运行最多调用次数", "calls that one run may make")})
    llm_tokens: int = field(
        default=2_000_000, metadata={"help": Text("每次运行最多词元数", "tokens that one run may spend")}
    )
    llm_run_seconds: int = field(
        default=3600,
        metadata={
            "help": Text("每次运行最多等候秒数，各线程合计", "seconds that one run may wait, all workers together")
        },
    )
    llm_cache: Path | None = field(
        default=None, metadata={"help": Text("答案缓存目录；不设则不缓存", "folder of kept answers; without it none")}
    )
    site: Path = field(
        default=Path("out/site"),
        metadata={
            "help": Text(
                "网上平台的安装目录：数据库、密钥、附件、备份",
                "folder of the web platform's installation: database, keys, uploaded files, backups",
            )
        },
    )
    database: str | None = field(
        default=None,
        repr=False,
        metadata={
            "help": Text(
                "PostgreSQL数据库地址（postgresql://…）；不设则使用安装目录中的SQLite",
                "address of a PostgreSQL database (postgresql://…); without it SQLite in the site's folder",
            )
        },
    )
    hosts: str = field(
        default="127.0.0.1,localhost",
        metadata={
            "help": Text(
                "网上平台对外使用的域名或地址，以逗号分隔",
                "names and addresses under which the web platform answers, separated by commas",
            )
        },
    )
    https: Literal["off", "on"] = field(
        default="off",
        metadata={"help": Text("是否经HTTPS访问：off或on", "whether the platform is reached by HTTPS: off or on")},
    )
    proxies: str = field(
        default="127.0.0.1,::1",
        metadata={
            "help": Text(
                "网上平台之前的反向代理地址，以逗号分隔；只采信它们所报的来访地址",
                "proxies before the web platform: only they are believed about where a caller is",
            )
        },
    )
    assets: Path = field(
        default=Path(sys.prefix) / "web",
        metadata={
            "help": Text(
                "浏览器端程序库目录（由make setup安装）", "folder of the browser libraries that make setup installs"
            )
        },
    )
    api_per_minute: int = field(
        default=600,
        metadata={
            "help": Text(
                "每个接口令牌每分钟请求数（令牌另有规定的除外）",
                "requests a minute for each token that has no limit of its own",
            )
        },
    )
    api_public_per_minute: int = field(
        default=120,
        metadata={
            "help": Text("无令牌时每个地址每分钟请求数", "requests a minute for each address that shows no token")
        },
    )
    webhook_private: Literal["off", "on"] = field(
        default="off",
        metadata={
            "help": Text(
                "是否允许向内网和本机地址推送：off或on",
                "whether private and loopback addresses may be told of changes: off or on",
            )
        },
    )
    open311: Literal["public", "token"] = field(
        default="public",
        metadata={
            "help": Text(
                "Open311查询工单公开信息：public任何人可查，token须持令牌",
                "who may read the public side of orders by Open311: public for everybody, token for holders of one",
            )
        },
    )
    oidc_issuer: str | None = field(
        default=None,
        metadata={
            "help": Text(
                "统一身份认证（OpenID Connect）服务地址；不设则不启用",
                "address of an OpenID Connect provider to sign in with; without it none is offered",
            )
        },
    )
    oidc_client: str | None = field(
        default=None,
        metadata={"help": Text("本平台在统一身份认证中的客户端标识", "this platform's client id at the provider")},
    )
    oidc_secret: str | None = field(
        default=None,
        repr=False,
        metadata={"help": Text("客户端密钥，不显示、不记录", "its client secret; shown nowhere")},
    )
    oidc_claim: str = field(
        default="employee_number",
        metadata={
            "help": Text("统一身份认证中存放工号的声明", "the provider's claim that holds a person's job number")
        },
    )
    ldap_url: str | None = field(
        default=None,
        metadata={
            "help": Text(
                "目录服务（LDAP）地址：ldaps://…；不设则不启用",
                "address of a directory (LDAP) to sign in with: ldaps://…; without it none is asked",
            )
        },
    )
    ldap_bind: str = field(
        default="",
        metadata={
            "help": Text(
                "用户在目录中的名称，含{username}；不设则先搜索",
                "a person's name in the directory, with {username} in it; without it the person is searched for",
            )
        },
    )
    ldap_base: str = field(
        default="", metadata={"help": Text("在目录中搜索用户的起点", "where in the directory a person is searched for")}
    )
    ldap_filter: str = field(
        default="(uid={username})",
        metadata={"help": Text("搜索用户的条件，含{username}", "how: a filter with {username} in it")},
    )
    ldap_reader: str = field(
        default="", metadata={"help": Text("搜索用户所用的目录账号", "as whom the search is made; empty is anonymous")}
    )
    ldap_password: str | None = field(
        default=None,
        repr=False,
        metadata={"help": Text("该目录账号的密码，不显示、不记录", "its password; shown nowhere")},
    )


#: Settings that are one of a few words, and what else is no number.
_WORDS = {
    "language": ("zh", "en"), "llm_format": ("schema", "object", "plain"), "https": ("off", "on"),
    "webhook_private": ("off", "on"), "open311": ("public", "token"),
}  # fmt: skip
_PATHS = frozenset({"cities", "standards", "data", "llm_cache", "site", "assets"})
_TEXTS = frozenset({"llm_base", "llm_model", "llm_key", "database", "hosts", "proxies"}) | frozenset(
    item.name for item in fields(Settings) if item.name.startswith(("oidc_", "ldap_"))
)
#: An empty value of these means that they are not set.
_MAY_BE_EMPTY = frozenset(
    {item.name for item in fields(Settings) if item.name.startswith(("llm_", "oidc_", "ldap_"))} | {"database"}
)
_ADDRESS = re.compile(r"https?://[^\s@?#]+")


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        InvalidInput: a variable's value does not fit its setting, or no setting has this name.
    """
    given = os.environ if environment is None else environment
    known = {f"SUQIU_{item.name.upper()}": item.name for item in fields(Settings)}
    values: dict[str, object] = {}
    for variable, name in known.items():
        text = given.get(variable)
        if text is None or (not text and name in _MAY_BE_EMPTY):
            continue
        if name in _WORDS:
            if text not in _WORDS[name]:
                raise _refused(variable, text, ", ".join(_WORDS[name]))
            values[name] = text
        elif name in _PATHS:
            values[name] = Path(text)
        elif name in _TEXTS:
            if name == "llm_base" and text and not _ADDRESS.fullmatch(text):
                raise _refused(variable, "…", "http://127.0.0.1:8080/v1")  # it may hold a password
            values[name] = text
        else:
            if not text.isdecimal() or int(text) < 1:
                raise _refused(variable, text, "1, 2, 3 …")
            values[name] = int(text)
    return Settings(**values)  # type: ignore[arg-type]


def choose_site(folder: Path) -> None:
    """Set which site this process, and every process that it begins, works on."""
    os.environ["SUQIU_SITE"] = str(folder.resolve())


def _refused(variable: str, value: str, accepted: str) -> InvalidInput:
    return InvalidInput(
        "config.bad_value",
        Text("环境变量{variable}的值“{value}”无效", "the environment variable {variable} cannot be {value}").fill(
            variable=variable, value=value
        ),
        Text("可用的值：{accepted}", "accepted: {accepted}").fill(accepted=accepted),
    )
