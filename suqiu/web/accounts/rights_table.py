"""The table of rights in words 权限表: for the page of roles and for docs/reference/rights.md."""

from __future__ import annotations

from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.roles import RIGHTS, ROLE_NAMES, Right, Role, step_right

RIGHT_NAMES: dict[Right, Text] = {
    Right.SEE_ORDERS: Text("查看工单（限数据范围内）", "see orders, within the scope"),
    Right.EDIT_ORDER: Text("更正工单", "correct an order"),
    Right.EXPORT_ORDERS: Text("导出工单", "export orders"),
    Right.IMPORT_ORDERS: Text("导入工单", "import orders"),
    Right.ATTACH: Text("添加附件", "attach files"),
    Right.READ_LIVE: Text("使用智能识别", "have texts read live"),
    Right.REVEAL_CALLER: Text("查看诉求人信息（写明原因，留痕）", "reveal a caller, with a reason and a trace"),
    Right.RELAY: Text("保密转达", "pass words to and from a secret caller"),
    Right.AGENT_DESK: Text("话务工作台", "agent desk"),
    Right.DISPATCH_DESK: Text("派单与退单", "dispatch desk"),
    Right.DEPARTMENT_DESK: Text("承办工作台", "department desk"),
    Right.REVIEW_DESK: Text("审核台", "review desk"),
    Right.VISIT_DESK: Text("回访台", "call-back desk"),
    Right.SUPERVISION_DESK: Text("督办台", "supervision desk"),
    Right.COMMAND_DESK: Text("指挥台", "command desk"),
    Right.ANALYSIS_DESK: Text("分析台", "analysis desk"),
    Right.ASSESSMENT_DESK: Text("评估台", "assessment desk"),
    Right.READ_KNOWLEDGE: Text("查阅知识库", "read the knowledge base"),
    Right.EDIT_KNOWLEDGE: Text("维护知识库", "edit the knowledge base"),
    Right.MAKE_REPORTS: Text("生成报告", "make reports"),
    Right.RUN_ASSESSMENT: Text("开展评估", "run an assessment"),
    Right.EDIT_CITY: Text("维护城市数据包", "edit the city pack"),
    Right.MANAGE_MODELS: Text("管理模型", "manage models"),
    Right.MANAGE_SITE: Text("系统运维", "run the site"),
    Right.MANAGE_USERS: Text("维护账户", "make and disable accounts"),
    Right.GRANT_ROLES: Text("授予角色和数据范围", "grant roles and scopes"),
    Right.MANAGE_TOKENS: Text("管理接口令牌", "manage tokens of the interface"),
    Right.READ_AUDIT: Text("查阅审计记录", "read the audit"),
}


def right_names() -> dict[str, Text]:
    """Return every right that a role may hold, in words: first those of pages, then the steps of the flow."""
    steps = {
        step_right(kind): Text(f"流程：{NAMES[kind].zh}", f"step: {NAMES[kind].en}")
        for kind in StepKind
        if any(step_right(kind) in held for held in RIGHTS.values())
    }
    return {**{str(right): name for right, name in RIGHT_NAMES.items()}, **steps}


def described() -> str:
    """Write the page of the reference."""
    lines = ["# Roles and rights", "", "Who may do what; made by `make docs` from `suqiu/web/accounts/roles.py`.", ""]
    lines += [
        "The three administrators are kept apart: none of their roles goes with another role. On which orders somebody",
        "may use a right is the scope: units, regions and categories. A right that no role holds is nobody's.",
        "",
        "## Roles",
        "",
        "| role | 角色 | English |",
        "|---|---|---|",
        *(f"| `{role}` | {name.zh} | {name.en} |" for role, name in ROLE_NAMES.items()),
        "",
        "## Rights",
        "",
        f"| right | 权限 | English | {' | '.join(ROLE_NAMES[role].zh for role in Role)} |",
        f"|---|---|---|{'---|' * len(Role)}",
    ]
    for right, name in right_names().items():
        marks = " | ".join("✓" if right in RIGHTS[role] else "" for role in Role)
        lines.append(f"| `{right}` | {name.zh} | {name.en} | {marks} |")
    return "\n".join(lines) + "\n"
