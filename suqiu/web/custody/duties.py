"""What the command line asks of the platform's custody, and what it is told."""

from __future__ import annotations

import sys
from pathlib import Path

from suqiu.config import settings
from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.notice import Notice
from suqiu.web.custody import backing, restoring
from suqiu.web.custody.sealed_keys import passphrase_in
from suqiu.web.opening import opened


def back_up(folder: Path | None, out: Path | None, passphrase_file: Path | None) -> list[Notice]:
    """Make a backup of the installation."""
    passphrase = passphrase_in(passphrase_file) if passphrase_file is not None else None
    here = opened(folder)
    from suqiu.web.accounts.actor import rule
    from suqiu.web.audit.chain import record

    record(rule("custody"), "site.backup", keys="sealed" if passphrase else "apart")
    made = backing.back_up(here, out, passphrase)
    rows = sum(made.manifest.rows.values())
    notices = [
        Notice(Text("备份", "backup"), Text(str(made.file), str(made.file))),
        Notice(
            Text("内容", "holds"),
            Text("数据库{rows}行，共{parts}个部分，{size:.1f}兆字节", "{rows} rows, {parts} parts, {size:.1f} MB").fill(
                rows=rows, parts=len(made.manifest.parts), size=made.size / 1e6
            ),
        ),
    ]
    if passphrase is None:
        keys = Text(
            "不在备份中。没有密钥，来电人信息永远无法读取：请另行妥善保存目录{folder}",
            "not in the backup. Without them no caller can ever be read: keep a copy of {folder} elsewhere",
        )
    else:
        keys = Text(
            "已用口令加密存入备份。请将口令与备份分开保管",
            "in the backup, sealed under the passphrase. Keep the passphrase apart from the backup",
        )
    return [*notices, Notice(Text("密钥", "keys"), keys.fill(folder=here.folder / "keys"))]


def restore(
    file: Path, into: Path, database: str | None, keys: Path | None, passphrase_file: Path | None
) -> list[Notice]:
    """Restore a backup into an empty folder (and an empty PostgreSQL database)."""
    if not file.is_file():
        raise NotFound(
            "restore.no_file", Text("没有文件“{file}”", "there is no {file}").fill(file=file),
            Text("请核对路径", "check the path"),
        )  # fmt: skip
    passphrase = passphrase_in(passphrase_file) if passphrase_file is not None else None
    done = restoring.restore(file, into, settings(), database=database, keys=keys, passphrase=passphrase)
    if done.breaks:
        raise Conflict(
            "restore.audit_broken",
            Text(
                "已恢复到{folder}，但审计链有{count}处断点", "restored into {folder}; its audit has {count} breaks"
            ).fill(folder=done.folder, count=len(done.breaks)),
            Text("请运行suqiu audit verify查明", "see suqiu audit verify"),
        )
    return [
        Notice(Text("已恢复", "restored"), Text(str(done.folder), str(done.folder))),
        Notice(Text("备份时间", "made at"), Text(done.manifest.made_at, done.manifest.made_at)),
        Notice(
            Text("校验", "checked"),
            Text(
                "{parts}个部分的SHA-256、{rows}行数据、{lines}条审计记录均相符",
                "SHA-256 of {parts} parts, {rows} rows, {lines} audit lines: all hold",
            ).fill(parts=len(done.manifest.parts), rows=sum(done.manifest.rows.values()), lines=done.lines),
        ),
    ]


def retain(folder: Path | None, *, dry_run: bool) -> list[Notice]:
    """Remove personal data whose time is over."""
    opened(folder)
    from suqiu.web.custody.retention import retain as remove
    from suqiu.web.custody.rules import rules

    counts, held = remove(dry_run=dry_run), rules()
    names = {
        "callers": Text("来电人", "callers"), "originals": Text("原文", "originals"),
        "attachments": Text("附件", "attachments"), "sessions": Text("会话", "sessions"),
        "backups": Text("备份", "backups"), "audit": Text("审计（归档）", "audit (archived)"),
    }  # fmt: skip
    told = Text("{count}（保存{days}天）", "{count} (kept {days} days)")
    notices = [Notice(names[kind], told.fill(count=count, days=held[kind].days)) for kind, count in counts.items()]
    if dry_run:
        notices.append(Notice(Text("试算", "dry run"), Text("未作任何改动", "nothing was changed")))
    return notices


def verify_audit(folder: Path | None, anchor_file: Path | None) -> tuple[list[Notice], list[Text]]:
    """Read the audit's chain; return what was read, and every break."""
    opened(folder)
    from suqiu.web.audit import anchors, verifying

    kept = anchors.kept() + (anchors.kept(anchor_file) if anchor_file is not None else [])
    verdicts = [verifying.read_chain(kept)]
    if (archived := verifying.read_archive()) is not None:
        verdicts.insert(0, archived)
    notices = [
        Notice(
            Text("审计链", "chain") if verdict is verdicts[-1] else Text("归档", "archive"),
            Text(
                "第{first}至{last}条，共{count}条，对照锚点{anchors}个",
                "lines {first} to {last}, {count} of them, {anchors} anchors compared",
            ).fill(first=verdict.first, last=verdict.last, count=verdict.count, anchors=verdict.anchors),
        )
        for verdict in verdicts
    ]
    said = Text("第{number}条：{problem}", "line {number}: {problem}")
    problems = [
        said.fill(number=one.number, problem=one.said)
        for verdict in verdicts
        for one in verdict.breaks
    ]  # fmt: skip
    return notices, problems


def anchor_audit(folder: Path | None) -> str:
    """Drop an anchor; return it as one line."""
    opened(folder)
    from suqiu.web.audit import anchors

    return anchors.drop().line


def rotate_vault(folder: Path | None, *, resume: bool) -> list[Notice]:
    """Seal the vault under a new key, or finish doing so."""
    opened(folder)
    from suqiu.web.vault.rotation import rotate

    number, count = rotate(new_key=not resume)
    said = Text("第{number}号，重新加密{count}条", "number {number}; {count} sealed again").fill(
        number=number, count=count
    )
    kept = Text("旧密钥仍在keys目录：较早的备份需要它", "old keys stay in keys/: older backups need them")
    return [Notice(Text("密钥", "key"), said.fill(number=number, count=count)), Notice(Text("说明", "note"), kept)]


def trace_text(folder: Path | None, file: Path) -> list[Notice]:
    """Read a text that has leaked, and say who was shown it and when; `-` is standard input."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(
            "vault.no_text_file",
            Text("无法读取“{file}”", "cannot read {file}").fill(file=file),
            Text("请提供UTF-8文本文件", "give a text file in UTF-8"),
        ) from error
    opened(folder)
    from suqiu.web.accounts.actor import rule
    from suqiu.web.accounts.models import User
    from suqiu.web.audit.chain import record
    from suqiu.web.vault.watermark import trace

    sights = trace(text)
    record(rule("custody"), "vault.trace", found=[one.number for one in sights])
    names = dict(User.objects.filter(number__in=[one.number for one in sights]).values_list("number", "full_name"))
    if not sights:
        none = Text("文中没有水印：可能被重新录入或经过不保留隐形字符的系统", "no mark: it may have been retyped")
        return [Notice(Text("结果", "found"), none)]
    return [
        Notice(
            Text("{number}", "{number}").fill(number=one.number),
            Text("{name}　{at:%Y-%m-%d %H:%M:%S}", "{name} {at:%Y-%m-%d %H:%M:%S}").fill(
                name=names.get(one.number, ""), at=one.at
            ),
        )
        for one in sights
    ]
