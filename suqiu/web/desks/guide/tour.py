"""The way through the demo: one order from the call to the call-back, and what is built upon many."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.domain.text import Text


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour 导览站点.

    Attributes:
        who: username of the demo account; empty for a citizen.
        icon: of the icon library.
        name: where it leads.
        see: what to try there.
        address: the page.
    """

    who: str
    icon: str
    name: Text
    see: Text
    address: str


#: The flow first, then the desks that look at many orders, then what keeps the house safe.
STOPS = (
    Stop(
        "",
        "message-plus",
        Text("市民反映诉求", "A citizen asks"),
        Text("填写诉求、上传照片，得到编号和查询码", "fill in, add a photo, get a number and a code"),
        "/portal/",
    ),
    Stop(
        "agent",
        "headset",
        Text("话务员接听填单", "An agent takes the call"),
        Text(
            "边听边填，系统随时提示分类、地点、紧急程度、承办单位",
            "type while listening; suggestions come by themselves",
        ),
        "/agent/",
    ),
    Stop(
        "dispatcher",
        "route",
        Text("派单员派单", "A dispatcher sends it on"),
        Text("每条建议附职责依据；把握不足时不推荐，退单在此审核", "suggestions with duties; returns are judged here"),
        "/dispatch/",
    ),
    Stop(
        "handler1",
        "building-community",
        Text("承办单位办理", "A unit handles it"),
        Text("签收、联系、上传佐证、答复；保密来电人只能转达", "sign, contact, prove, reply; secret callers by relay"),
        "/department/",
    ),
    Stop(
        "reviewer",
        "checks",
        Text("审核答复", "The reply is reviewed"),
        Text("逐项核对是否答复了诉求，空话、套话有提示", "does it answer each demand; empty words are pointed out"),
        "/review/",
    ),
    Stop(
        "visitor",
        "phone-outgoing",
        Text("回访市民", "The citizen is called back"),
        Text("是否联系、是否解决、是否满意；未解决的重办", "contacted, solved, satisfied; what is not is redone"),
        "/visit/",
    ),
    Stop(
        "supervisor",
        "flag",
        Text("督办", "Supervision"),
        Text("超期、反复退单、多次催办的工单在此督办", "what is late, bounced or urged often"),
        "/supervision/",
    ),
    Stop(
        "leader",
        "broadcast",
        Text("指挥台与大屏", "Command desk and wall"),
        Text("现在发生了什么、在哪里、是否好转，逐层点到工单", "what happens now, where, is it better; down to orders"),
        "/command/",
    ),
    Stop(
        "analyst",
        "chart-bar",
        Text("分析与报告", "Analysis and reports"),
        Text("任一指标、任一切片，报告自动生成并可核对", "any measure, any slice; reports made and verified"),
        "/analysis/",
    ),
    Stop(
        "assessor",
        "clipboard-check",
        Text("智能化成熟度评估", "Maturity assessment"),
        Text("等级、依据、差距和最省力的改进计划", "level, evidence, gaps and the cheapest plan"),
        "/assessment/",
    ),
    Stop(
        "editor",
        "map-cog",
        Text("城市数据包与知识库", "City pack and knowledge"),
        Text("改职责先回测，知识有依据、有期限", "duties are tried first; articles have source and term"),
        "/administration/city/",
    ),
    Stop(
        "audit_admin",
        "shield-lock",
        Text("审计", "Audit"),
        Text("谁看过、改过、导出过什么，记录不可涂改", "who read, changed, exported what; tampering shows"),
        "/audit/",
    ),
)
