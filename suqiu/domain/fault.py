"""What is wrong with a row of input, said so that it can be mended."""

from __future__ import annotations

from enum import StrEnum

from suqiu.domain.text import Text


class FaultCode(StrEnum):
    """Everything that intake may object to 数据问题代码."""

    MISSING_ORDER_ID = "missing_order_id"
    MANGLED_NUMBER = "mangled_number"
    MISSING_TEXT = "missing_text"
    MISSING_TIME = "missing_time"
    BAD_TIME = "bad_time"
    TIME_REVERSED = "time_reversed"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    DUPLICATE_ORDER = "duplicate_order"
    DAMAGED_ENCODING = "damaged_encoding"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    UNREADABLE_ROW = "unreadable_row"
    UNKNOWN_CODE = "unknown_code"
    BAD_NUMBER = "bad_number"
    ORPHAN = "orphan"


#: What each code says to a person: what is wrong, and how to mend it.
FAULTS: dict[FaultCode, tuple[Text, Text]] = {
    FaultCode.MISSING_ORDER_ID: (
        Text("工单编号为空", "the order number is empty"),
        Text("请补填工单编号", "fill in the order number"),
    ),
    FaultCode.MANGLED_NUMBER: (
        Text(
            "工单编号被表格软件改写成科学计数法，原号码已丢失",
            "a spreadsheet has rewritten the order number in scientific notation; the number itself is lost",
        ),
        Text("请将该列设为文本格式后重新导出", "format the column as text and export again"),
    ),
    FaultCode.MISSING_TEXT: (
        Text("诉求内容和标题均为空", "both the content and the title are empty"),
        Text("请补填诉求内容，或确认该行不是工单", "fill in the content, or remove the row if it is no order"),
    ),
    FaultCode.MISSING_TIME: (
        Text("受理时间为空", "the acceptance time is empty"),
        Text("请补填受理时间", "fill in the acceptance time"),
    ),
    FaultCode.BAD_TIME: (
        Text("时间无法识别", "the time cannot be read"),
        Text("请改为“2026-03-01 08:30:00”格式", "write it as 2026-03-01 08:30:00"),
    ),
    FaultCode.TIME_REVERSED: (
        Text("后续环节的时间早于开始时间", "a later step is dated before the beginning"),
        Text("请核对两个时间，更正其中的错误", "compare both times and correct the wrong one"),
    ),
    FaultCode.TIME_OUT_OF_RANGE: (
        Text(
            "时间超出合理范围（1999年以前、2099年以后，或比其余绝大多数工单晚一年以上）",
            "the time is before 1999, after 2099, or over a year later than nearly all others",
        ),
        Text("请核对年份", "check the year"),
    ),
    FaultCode.DUPLICATE_ORDER: (
        Text(
            "工单编号重复，已保留更新较晚、字段较全的一行",
            "the order number repeats; the later, fuller row was kept",
        ),
        Text("请核对两行是否为同一工单", "check whether both rows are one order"),
    ),
    FaultCode.DAMAGED_ENCODING: (
        Text("文字编码损坏，出现无法还原的字符", "the text's encoding is damaged beyond repair"),
        Text("请以UTF-8或GB18030重新导出", "export again as UTF-8 or GB18030"),
    ),
    FaultCode.WRONG_COLUMN_COUNT: (
        Text("列数与表头不符", "the row has more or fewer columns than the header"),
        Text(
            "请检查是否有未加引号的逗号或换行，引号是否成对",
            "look for commas or line breaks that are not quoted, and for a quotation mark that is never closed",
        ),
    ),
    FaultCode.UNREADABLE_ROW: (
        Text("该行不是完整的JSON对象，无法读取", "the line is no complete JSON object and cannot be read"),
        Text(
            "请检查该行的引号、括号是否成对，每行应为一个JSON对象",
            "check the line's quotation marks and braces; each line is one JSON object",
        ),
    ),
    FaultCode.UNKNOWN_CODE: (
        Text(
            "取值不在城市数据包中，已按空值继续",
            "the value is not in the city pack; the row goes on without it",
        ),
        Text("请在列映射的取值对照中补充该值", "add the value to the column mapping"),
    ),
    FaultCode.BAD_NUMBER: (
        Text("数值无法识别，已按空值继续", "the number cannot be read; the row goes on without it"),
        Text("请改为阿拉伯数字", "write it in digits"),
    ),
    FaultCode.ORPHAN: (
        Text("找不到对应的工单", "no order has this number"),
        Text("请一并导出对应的工单", "export the matching orders too"),
    ),
}
