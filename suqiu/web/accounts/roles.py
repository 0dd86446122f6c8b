"""Roles and rights 角色与权限: which role may do what, as one table.

A right is something that somebody may do; a role holds rights; a scope says on which orders. Three administrators
are kept apart 三员分立: nobody holds two of their roles, nor one of them beside a role of the daily work.
"""

from __future__ import annotations

from enum import StrEnum

from suqiu.domain.order import StepKind
from suqiu.domain.text import Text


class Role(StrEnum):
    """What somebody is here for 角色."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    VISITOR = "visitor"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    ANALYST = "analyst"
    ASSESSOR = "assessor"
    EDITOR = "editor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_NAMES: dict[Role, Text] = {
    Role.AGENT: Text("话务员", "agent"),
    Role.DISPATCHER: Text("派单员", "dispatcher"),
    Role.HANDLER: Text("承办员", "handler"),
    Role.REVIEWER: Text("审核员", "reviewer"),
    Role.VISITOR: Text("回访员", "call-back agent"),
    Role.SUPERVISOR: Text("督办员", "supervisor"),
    Role.LEADER: Text("领导", "leader"),
    Role.ANALYST: Text("分析员", "analyst"),
    Role.ASSESSOR: Text("评估员", "assessor"),
    Role.EDITOR: Text("知识管理员", "knowledge editor"),
    Role.SYSTEM_ADMIN: Text("系统管理员", "system administrator"),
    Role.SECURITY_ADMIN: Text("安全管理员", "security administrator"),
    Role.AUDIT_ADMIN: Text("审计管理员", "audit administrator"),
}

#: No two of these in one person, and none beside any other role.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
#: Roles whose orders are limited to their units: without a unit in their scope they see none.
UNIT_BOUND = frozenset({Role.HANDLER})


class Right(StrEnum):
    """Something that somebody may do 权限; steps of the flow have rights of their own, see `step_right`."""

    SEE_ORDERS = "orders.see"
    EDIT_ORDER = "orders.edit"
    EXPORT_ORDERS = "orders.export"
    IMPORT_ORDERS = "orders.import"
    ATTACH = "orders.attach"
    READ_LIVE = "live.read"
    REVEAL_CALLER = "vault.reveal"
    RELAY = "vault.relay"
    AGENT_DESK = "desk.agent"
    DISPATCH_DESK = "desk.dispatch"
    DEPARTMENT_DESK = "desk.department"
    REVIEW_DESK = "desk.review"
    VISIT_DESK = "desk.visit"
    SUPERVISION_DESK = "desk.supervision"
    COMMAND_DESK = "desk.command"
    ANALYSIS_DESK = "desk.analysis"
    ASSESSMENT_DESK = "desk.assessment"
    READ_KNOWLEDGE = "knowledge.read"
    EDIT_KNOWLEDGE = "knowledge.edit"
    MAKE_REPORTS = "reports.make"
    RUN_ASSESSMENT = "assessment.run"
    EDIT_CITY = "city.edit"
    MANAGE_MODELS = "models.manage"
    MANAGE_SITE = "site.manage"
    MANAGE_USERS = "users.manage"
    GRANT_ROLES = "users.grant"
    MANAGE_TOKENS = "api.tokens"
    READ_AUDIT = "audit.read"


def step_right(kind: StepKind) -> str:
    """Return the right to take a step of the flow."""
    return f"step.{kind}"


def _steps(*kinds: StepKind) -> set[str]:
    return {step_right(kind) for kind in kinds}


_K = StepKind
_WORKS_ON_ORDERS = {Right.SEE_ORDERS, Right.READ_KNOWLEDGE, Right.ATTACH}

#: The table: every right of every role.
RIGHTS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(
        _WORKS_ON_ORDERS
        | {Right.AGENT_DESK, Right.EDIT_ORDER, Right.READ_LIVE, Right.REVEAL_CALLER, Right.RELAY}
        | _steps(_K.ACCEPT, _K.DISPATCH, _K.CLOSE, _K.URGE, _K.WITHDRAW, _K.VOID, _K.KEEP_SECRET, _K.REOPEN, _K.MERGE)
    ),
    Role.DISPATCHER: frozenset(
        _WORKS_ON_ORDERS
        | {Right.DISPATCH_DESK, Right.EDIT_ORDER, Right.READ_LIVE, Right.EXPORT_ORDERS}
        | _steps(
            _K.DISPATCH, _K.REDISPATCH, _K.ADD_ASSIST, _K.DROP_ASSIST, _K.GRANT_RETURN, _K.REFUSE_RETURN,
            _K.MERGE, _K.UNMERGE, _K.VOID, _K.URGE, _K.KEEP_SECRET,
        )
    ),
    Role.HANDLER: frozenset(
        _WORKS_ON_ORDERS
        | {Right.DEPARTMENT_DESK, Right.REVEAL_CALLER, Right.RELAY, Right.EXPORT_ORDERS}
        | _steps(
            _K.SIGN, _K.CONTACT, _K.REQUEST_RETURN, _K.REQUEST_EXTENSION, _K.REPLY, _K.CLAIM_UNREASONABLE, _K.APPEAL,
        )
    ),
    Role.REVIEWER: frozenset(
        _WORKS_ON_ORDERS
        | {Right.REVIEW_DESK, Right.EXPORT_ORDERS}
        | _steps(
            _K.PASS_REVIEW, _K.FAIL_REVIEW, _K.GRANT_EXTENSION, _K.REFUSE_EXTENSION, _K.SHELVE, _K.RELEASE,
            _K.GRANT_UNREASONABLE, _K.REFUSE_UNREASONABLE, _K.APPRAISE, _K.UPHOLD_APPEAL, _K.REJECT_APPEAL, _K.ARCHIVE,
        )
    ),
    Role.VISITOR: frozenset(
        _WORKS_ON_ORDERS
        | {Right.VISIT_DESK, Right.REVEAL_CALLER, Right.RELAY}
        | _steps(_K.CALL_BACK, _K.REWORK, _K.CLOSE, _K.REOPEN)
    ),
    Role.SUPERVISOR: frozenset(
        _WORKS_ON_ORDERS
        | {Right.SUPERVISION_DESK, Right.COMMAND_DESK, Right.EXPORT_ORDERS}
        | _steps(_K.URGE, _K.SUPERVISE, _K.END_SUPERVISION, _K.REWORK)
    ),
    Role.LEADER: frozenset(
        {Right.SEE_ORDERS, Right.COMMAND_DESK, Right.ANALYSIS_DESK, Right.ASSESSMENT_DESK, Right.READ_KNOWLEDGE}
        | _steps(_K.SUPERVISE)
    ),
    Role.ANALYST: frozenset(
        {Right.SEE_ORDERS, Right.COMMAND_DESK, Right.ANALYSIS_DESK, Right.MAKE_REPORTS, Right.EXPORT_ORDERS}
        | {Right.READ_KNOWLEDGE}
    ),
    Role.ASSESSOR: frozenset({Right.ASSESSMENT_DESK, Right.RUN_ASSESSMENT, Right.READ_KNOWLEDGE}),
    Role.EDITOR: frozenset({Right.READ_KNOWLEDGE, Right.EDIT_KNOWLEDGE, Right.EDIT_CITY}),
    Role.SYSTEM_ADMIN: frozenset({Right.MANAGE_SITE, Right.MANAGE_USERS, Right.MANAGE_MODELS, Right.IMPORT_ORDERS}),
    Role.SECURITY_ADMIN: frozenset({Right.GRANT_ROLES, Right.MANAGE_TOKENS}),
    Role.AUDIT_ADMIN: frozenset({Right.READ_AUDIT}),
}  # fmt: skip


def rights_of(roles: frozenset[Role]) -> frozenset[str]:
    """Return all rights of somebody with these roles."""
    return frozenset[str]().union(*(RIGHTS[role] for role in roles))
