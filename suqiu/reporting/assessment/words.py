"""What the codes of a standard and a result read in print."""

from __future__ import annotations

from suqiu.domain.finding import Backing, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Grade, Kind, Origin, Side
from suqiu.standard.result import GateState

VERDICTS: dict[Verdict, Text] = {
    Verdict.MET: Text("达到", "met"),
    Verdict.PARTLY: Text("部分达到", "partly met"),
    Verdict.NOT_MET: Text("未达到", "not met"),
    Verdict.UNKNOWN: Text("未知", "unknown"),
    Verdict.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Verdict.ERROR: Text("计算出错", "calculation failed"),
}

BACKINGS: dict[Backing, Text] = {
    Backing.MEASURED: Text("系统测得", "measured"),
    Backing.INSPECTED: Text("现场查验", "inspected"),
    Backing.ATTESTED: Text("书面佐证", "attested"),
    Backing.DECLARED: Text("单位自述", "declared"),
}

ORIGINS: dict[Origin, Text] = {
    Origin.PUBLISHED: Text("公开目标", "published target"),
    Origin.OBSERVED: Text("公开实绩", "observed elsewhere"),
    Origin.DUTY: Text("公开职责要求", "public duty"),
    Origin.OWN: Text("本模型自定", "this model's own"),
    Origin.NATURAL: Text("量程端点", "end of the scale"),
    Origin.STEP: Text("达到即得分", "all or nothing"),
    Origin.USER: Text("自行设定", "set for this assessment"),
}

GRADES: dict[Grade, Text] = {grade: Text(f"{grade.value}级", f"grade {grade.value}") for grade in Grade}

KINDS: dict[Kind, Text] = {
    Kind.ACCURACY: Text("技术准确度", "Accuracy"),
    Kind.COVERAGE: Text("场景覆盖度", "Coverage"),
    Kind.EFFECT: Text("工作质效度", "Effect"),
    Kind.PEOPLE: Text("人员投入与培训", "People"),
    Kind.FOUNDATION: Text("基础支撑", "Foundation"),
    Kind.SAFEGUARD: Text("安全保障", "Safeguard"),
}

SIDES: dict[Side, Text] = {
    Side.BUSINESS: Text("业务指标", "Business"),
    Side.TECHNICAL: Text("技术指标", "Technical"),
}

GATES: dict[GateState, Text] = {
    GateState.CLOSED: Text("符合", "in order"),
    GateState.OPEN: Text("不符合", "not in order"),
    GateState.UNSHOWN: Text("未能证明符合", "not shown to be in order"),
    GateState.NOT_APPLICABLE: Text("不适用", "not applicable"),
}

STAGES: dict[str, Text] = {
    "accept": Text("受理", "Acceptance"),
    "dispatch": Text("派单", "Dispatch"),
    "handle": Text("办理", "Handling"),
    "call_back": Text("回访", "Call-back"),
    "appraise": Text("考评", "Appraisal"),
    "analyse": Text("研判", "Analysis"),
}

ROLES: dict[str, Text] = {
    "agent": Text("话务人员", "Agents"),
    "department": Text("承办单位", "Departments"),
    "leader": Text("管理决策", "Leaders"),
    "citizen": Text("市民企业", "Citizens"),
}

METHODS: dict[str, Text] = {
    "control": Text("对照比较", "control group"),
    "interrupted_series": Text("中断时间序列", "interrupted time series"),
}

#: Why a step stands in a plan.
REASONS: dict[str, Text] = {
    "required": Text("必备指标", "required"),
    "gate": Text("排除否决项", "veto item"),
    "threshold": Text("补足总分", "overall score"),
    "domain": Text("补齐短板", "weak domain"),
    "prerequisite": Text("前置条件", "prerequisite"),
}

SENSITIVITIES: dict[str, Text] = {
    "public": Text("公开", "public"),
    "internal": Text("内部", "internal"),
    "personal_removed": Text("已去除个人信息", "personal data removed"),
}

#: Below the first level.
UNRANKED = Text("未定级", "no level")
