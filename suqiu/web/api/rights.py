"""What another system may be allowed: a part of the rights that people have, never the acts that are theirs alone."""

from __future__ import annotations

from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.orders.decisions import PERSONS_ONLY

#: To be told of changes; only tokens have it.
WEBHOOKS = "api.webhooks"

#: To read events and measures of the last analysis; people have the desks instead.
RESULTS = "api.results"
#: Closing, rejecting, judging: always a person's act, so no token can be given the right. The flow refuses the first
#: of these itself; to judge a reply, a score or an appeal is none of a machine's business either.
ONLY_PEOPLE = PERSONS_ONLY | {
    StepKind.APPRAISE, StepKind.ARCHIVE, StepKind.PASS_REVIEW, StepKind.UPHOLD_APPEAL, StepKind.SHELVE,
}  # fmt: skip

#: Every right a token may have, with its name on the page.
GRANTABLE: dict[str, Text] = {
    Right.SEE_ORDERS: Text("查询工单", "read orders"),
    Right.EDIT_ORDER: Text("修改工单登记内容", "correct what was taken down"),
    Right.ATTACH: Text("上传附件", "attach files"),
    Right.EXPORT_ORDERS: Text("批量导出工单（脱敏）", "export orders, masked"),
    Right.IMPORT_ORDERS: Text("批量导入诉求", "import demands"),
    RESULTS: Text("查询事件与指标", "read events and measures"),
    WEBHOOKS: Text("订阅工单变化", "be told of changes"),
} | {step_right(kind): NAMES[kind] for kind in StepKind if kind not in ONLY_PEOPLE}
