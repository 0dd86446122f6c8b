"""Commands that keep what the web platform holds: backup, restore, retain, audit, vault."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.markup import escape

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.screen import Screen


def _duties() -> ModuleType:
    """Return the platform's custody; it is big, and other commands do without."""
    from suqiu.web.custody import duties

    return duties


def _site_option(screen: Screen) -> Any:
    return typer.Option("--site", help=screen.say("站点目录（默认取SUQIU_SITE）", "the site's folder, else SUQIU_SITE"))


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add the commands to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    passphrase_option = typer.Option(
        "--passphrase-file",
        help=say("口令文件（第一行，至少12个字符），用于密钥", "file whose first line opens and seals the keys"),
    )

    site_option = _site_option(screen)

    @face.command(help=say("备份网上平台：一个文件，运行中即可", "Back the platform up into one file, while it runs"))
    def backup(
        out: Annotated[
            Path | None, typer.Option("--out", help=say("目录或.tar文件；缺省为站点的backups/", "folder or .tar file"))
        ] = None,
        passphrase_file: Annotated[Path | None, passphrase_option] = None,
        site: Annotated[Path | None, site_option] = None,
    ) -> None:
        screen.show(_duties().back_up(site, out, passphrase_file))

    @face.command(help=say("从备份恢复到空目录", "Restore a backup into an empty folder"))
    def restore(
        file: Annotated[Path, typer.Argument(help=say("备份文件", "the backup"), show_default=False)],
        into: Annotated[Path, typer.Option("--into", help=say("新的站点目录", "folder of the site to be"))],
        database: Annotated[
            str | None,
            typer.Option(help=say("空的PostgreSQL数据库地址", "address of an empty PostgreSQL database")),
        ] = None,
        keys: Annotated[
            Path | None, typer.Option(help=say("密钥目录；备份中没有密钥时用", "folder of the keys, when kept apart"))
        ] = None,
        passphrase_file: Annotated[Path | None, passphrase_option] = None,
    ) -> None:
        screen.show(_duties().restore(file, into, database, keys, passphrase_file))

    @face.command(help=say("清除到期的个人信息", "Remove personal data whose time is over"))
    def retain(
        dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只计数", "count only"))] = False,
        site: Annotated[Path | None, site_option] = None,
    ) -> None:
        screen.show(_duties().retain(site, dry_run=dry_run))

    _declare_audit(face, screen)
    _declare_vault(face, screen)


def _declare_audit(face: typer.Typer, screen: Screen) -> None:
    say, site_option = screen.say, _site_option(screen)
    group = typer.Typer(no_args_is_help=True, help=say("审计链：核验、留锚点", "The audit's chain: verify, anchor"))
    face.add_typer(group, name="audit")

    @group.command(help=say("核验审计链，列出每处断点", "Read the whole chain, and name every break"))
    def verify(
        anchors: Annotated[
            Path | None, typer.Option(help=say("另存的锚点文件", "a file of anchors that was kept elsewhere"))
        ] = None,
        site: Annotated[Path | None, site_option] = None,
    ) -> None:
        notices, problems = _duties().verify_audit(site, anchors)
        screen.show(notices)
        for problem in problems[:100]:
            screen.out.print(f"[red]• {escape(problem.to(screen.language))}[/]", soft_wrap=True)
        if problems:
            raise Conflict(
                "audit.broken",
                Text("审计链有{count}处断点", "the audit's chain has {count} breaks").fill(count=len(problems)),
                Text("请保护现场，查明何人以何种方式改动", "keep everything as it is, and find out who changed what"),
            )

    @group.command(help=say("留存锚点并输出一行，请另存他处", "Drop an anchor and print it, to be kept elsewhere"))
    def anchor(site: Annotated[Path | None, site_option] = None) -> None:
        screen.out.print(_duties().anchor_audit(site), markup=False, soft_wrap=True)


def _declare_vault(face: typer.Typer, screen: Screen) -> None:
    say, site_option = screen.say, _site_option(screen)
    group = typer.Typer(no_args_is_help=True, help=say("个人信息保险库：换密钥、溯源", "The vault: new keys, tracing"))
    face.add_typer(group, name="vault")

    @group.command(help=say("生成新密钥并重新加密；可中断后续做", "Make a new key and seal everything again under it"))
    def rotate(
        resume: Annotated[
            bool, typer.Option("--resume", help=say("续做中断的轮换", "finish what was interrupted"))
        ] = False,
        site: Annotated[Path | None, site_option] = None,
    ) -> None:
        screen.show(_duties().rotate_vault(site, resume=resume))

    @group.command(help=say("读取泄露的文字，找出何人何时查看", "Say from a leaked text who was shown it, and when"))
    def trace(
        file: Annotated[Path, typer.Argument(help=say("文本文件，-为标准输入", "a text file; - is standard input"))],
        site: Annotated[Path | None, site_option] = None,
    ) -> None:
        screen.show(_duties().trace_text(site, file))
