"""Why a source cannot be read at all, each refusal in one place."""

from __future__ import annotations

from suqiu.domain.errors import InvalidInput, NotFound, Unavailable
from suqiu.domain.text import Text

#: What may be given, for hints.
KINDS = "CSV、TSV、XLSX、XLS、JSONL、Parquet"


def no_such_file(where: str) -> NotFound:
    """The file, folder or database file does not exist."""
    return NotFound(
        "intake.no_such_file",
        Text("未找到“{where}”", "there is no {where}").fill(where=where),
        Text("请核对路径和文件名", "check the path and the file name"),
    )


def nothing_inside(where: str) -> NotFound:
    """The folder, workbook or database holds no table."""
    return NotFound(
        "intake.nothing_inside",
        Text("“{where}”中没有可读取的数据", "{where} holds nothing to read").fill(where=where),
        Text("支持的格式：{kinds}，以及数据库地址", "formats: {kinds}, or a database URL").fill(kinds=KINDS),
    )


def unknown_kind(where: str) -> InvalidInput:
    """The file's suffix is none of ours."""
    return InvalidInput(
        "intake.unknown_format",
        Text("无法识别“{where}”的格式", "the format of {where} is not known").fill(where=where),
        Text("请另存为以下格式之一：{kinds}", "save it as one of {kinds}").fill(kinds=KINDS),
    )


def empty_file(where: str) -> InvalidInput:
    """The file has no content."""
    return InvalidInput(
        "intake.empty_file",
        Text("“{where}”是空文件", "{where} is empty").fill(where=where),
        Text("请重新导出", "export it again"),
    )


def no_header(where: str) -> InvalidInput:
    """No row of column names was found."""
    return InvalidInput(
        "intake.no_header",
        Text("“{where}”没有表头行", "{where} has no header row").fill(where=where),
        Text("请在第一行写明各列的列名", "put the column names into the first row"),
    )


def no_rows(where: str) -> InvalidInput:
    """The orders' files have a header and nothing under it."""
    return InvalidInput(
        "intake.no_rows",
        Text("“{where}”没有数据行，表头下方为空", "{where} has no rows under its header").fill(where=where),
        Text("请核对导出时的筛选条件后重新导出", "check the filters of the export and export again"),
    )


def unreadable(where: str, error: BaseException) -> InvalidInput:
    """The file cannot be opened or is damaged; the library's own words are passed on."""
    return InvalidInput(
        "intake.unreadable_file",
        Text("无法读取“{where}”：{why}", "cannot read {where}: {why}").fill(where=where, why=_first_line(error)),
        Text(
            "请关闭正在使用该文件的程序，检查读取权限和引号是否成对；仍不成功请重新导出",
            "close programs that use it, check its rights and its quotation marks, or export it again",
        ),
    )


def locked_by_password(where: str) -> InvalidInput:
    """The workbook is encrypted."""
    return InvalidInput(
        "intake.password_protected",
        Text("“{where}”设有打开密码", "{where} is protected by a password").fill(where=where),
        Text("请在Excel中取消密码后另存", "remove the password in Excel and save it again"),
    )


def web_page(where: str) -> InvalidInput:
    """The file is named as a workbook but is a web page, as some web systems export."""
    return InvalidInput(
        "intake.web_page",
        Text("“{where}”实为网页文件，不是Excel工作簿", "{where} is a web page and no workbook").fill(where=where),
        Text("请用Excel打开后另存为XLSX", "open it in Excel and save it as XLSX"),
    )


def database_refused(where: str, error: BaseException) -> Unavailable:
    """The database does not answer, or its driver is missing."""
    return Unavailable(
        "intake.database_refused",
        Text("无法连接或读取数据库“{where}”：{why}", "cannot read the database {where}: {why}").fill(
            where=where, why=_first_line(error)
        ),
        Text("请核对地址、账号、表名，并确认已安装相应驱动", "check address, account, table and driver"),
    )


def broken_address(scheme: str) -> InvalidInput:
    """A database URL cannot be parsed; it is not repeated, for it may hold a password."""
    return InvalidInput(
        "intake.bad_address",
        Text("无法识别以“{scheme}://”开头的数据库地址", "the {scheme}:// database address cannot be read").fill(
            scheme=scheme
        ),
        Text(
            "请写成“类型://用户:密码@主机:端口/库名”；密码中的@、:、/须写成%40、%3A、%2F",
            "write it as kind://user:password@host:port/database, with @, : and / in the password as %40, %3A and %2F",
        ),
    )


def row_without_end(where: str, row: int, megabytes: int) -> InvalidInput:
    """A row is longer than what is parsed at a time: nearly always a quotation mark that is never closed."""
    return InvalidInput(
        "intake.row_without_end",
        Text(
            "“{where}”第{row}行之后有一行超过{megabytes}MB，无法读取",
            "{where}: a row after row {row} is longer than {megabytes} MB",
        ).fill(where=where, row=row, megabytes=megabytes),
        Text(
            "多为引号没有成对，请补上缺少的引号；确有超长内容的，请删减后重新导出",
            "close the quotation mark that is missing there, or shorten the text, and export again",
        ),
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
