"""Words of exports to codes of the trade: kinds, channels, states, yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency

_BLANK_WORDS = "- -- — / \\N 无 空 null NULL Null None none nan NaN N/A NA 未填写 暂无"
#: What exports write in a cell that says nothing.
BLANKS = ("", *_BLANK_WORDS.split())

#: Who calls back; the words of `call_backs.by`.
CALLERS_BACK = {
    "human": "human 人工 电话 人工回访 电话回访 人工电话 坐席 座席",
    "robot": "robot 机器人 智能 智能回访 智能语音 机器人回访 自动 自动回访 AI AI回访 短信 短信回访",
}

#: Other words for a code than its names in `domain.order.NAMES`. By kind of code, for two kinds may share a code's
#: text: both kinds of demand and channels have an `other`.
_ALSO: dict[type[StrEnum], dict[str, str]] = {
    OrderType: {
        OrderType.CONSULT: "咨询类 咨询件 业务咨询 政策咨询",
        OrderType.HELP: "求助类 求助件 求决 求决类 服务类 诉求 诉求类",
        OrderType.COMPLAINT: "投诉类 投诉件 申诉 投诉举报",
        OrderType.REPORT: "举报类 举报件 揭发控告",
        OrderType.SUGGEST: "建议类 意见建议 意见 建言献策 建议件",
        OrderType.PRAISE: "表扬类 感谢 感谢类 表扬件",
        OrderType.OTHER: "其他 其他类 其它 其它类",
    },
    Channel: {
        Channel.PHONE: "电话 来电 热线 12345 话务 语音 12345热线 电话热线 热线电话 呼入电话",
        Channel.WEB: "网站 网络 互联网 门户网站 网页 PC 网上 政府网站 政务服务网 网站留言",
        Channel.APP: "APP App app 客户端 手机APP 移动端 小程序",
        Channel.WECHAT: "微信 微博 公众号 微信公众号 微信小程序",
        Channel.MAIL: "信箱 市长信箱 邮件 邮箱 来信 书记市长信箱 领导信箱",
        Channel.SUPERIOR: "上级转办 上级交办 省级转办 国务院互联网+督查 互联网+督查 转办件 省平台 国家平台",
        Channel.POLICE: "110转办 110 110转接 警务",
        Channel.OTHER: "其他 其它 其他渠道",
    },
    Urgency: {
        Urgency.NORMAL: "一般 普通 正常 常规 平件 一般类 普通件",
        Urgency.URGENT: "紧急 加急 急 急件 紧急类 紧急件 较急",
        Urgency.EMERGENCY: "特急 特急件 十分紧急 特别紧急 非常紧急",
    },
    Satisfaction: {
        Satisfaction.VERY_SATISFIED: "很满意 十分满意 5",
        Satisfaction.SATISFIED: "是 满意件 4",
        Satisfaction.BASIC: "一般 较满意 基本 3",
        Satisfaction.DISSATISFIED: "否 不满 2",
        Satisfaction.VERY_DISSATISFIED: "很不满意 极不满意 1",
    },
    Status: {
        Status.ACCEPTED: "受理 待派单 待派发 待受理 新建",
        Status.DISPATCHED: "已派单 已派发 派单 待接单 关联派发",
        Status.HANDLING: "处理中 办理 待办理 已签收 在办 待反馈 办理",
        Status.RETURN_PENDING: "退单审核 申请退单",
        Status.RETURNED: "已退单 退单 退回 已退回 待改派",
        Status.REPLIED: "已反馈 反馈 待审核 已答复 已回复",
        Status.REVIEWED: "已审核 待回访 审核通过",
        Status.CALLED_BACK: "回访 已回访待办结 待办结",
        Status.CLOSED: "办结 已结案 结案 已完成 完成 直接办结 已处理",
        Status.APPRAISED: "考评 已评价",
        Status.ARCHIVED: "归档 工单归档 已存档",
        Status.SHELVED: "已挂账",
        Status.MERGED: "并单 已合并 合并",
        Status.WITHDRAWN: "撤单 已撤销 撤销",
        Status.VOIDED: "作废 无效 废单",
    },
    StepKind: {
        StepKind.ACCEPT: "登记 工单受理 创建 新建工单",
        StepKind.DISPATCH: "派发 转办 交办 首次派单 分派 派件",
        StepKind.REDISPATCH: "二次派单 重新派单 再次派单 转派",
        StepKind.SIGN: "接单 接收",
        StepKind.CONTACT: "联系市民 首次联系 联系来电人",
        StepKind.REQUEST_RETURN: "退单申请 退回申请 申请退回",
        StepKind.GRANT_RETURN: "退单通过 退单 退回",
        StepKind.REFUSE_RETURN: "退单驳回 不同意退单",
        StepKind.REQUEST_EXTENSION: "延期申请",
        StepKind.GRANT_EXTENSION: "延期通过 延期",
        StepKind.REFUSE_EXTENSION: "延期驳回 不同意延期",
        StepKind.REPLY: "答复 回复 办理反馈 反馈结果",
        StepKind.PASS_REVIEW: "审核 审核同意",
        StepKind.FAIL_REVIEW: "审核不通过 审核驳回",
        StepKind.REWORK: "重新办理 退回重办 返工",
        StepKind.REOPEN: "重启 重新打开",
        StepKind.CLOSE: "结案 完成 直接办结 完结",
        StepKind.MERGE: "合并",
        StepKind.ADD_ASSIST: "增加协办单位 协办",
        StepKind.VOID: "废除",
    },
}

_YES = (
    "是 Y y YES Yes yes TRUE True true 1 有 已解决 解决 全部解决 属实 基本属实 真实 接通 已接通 已联系 联系 保密"
    " 需保密 要求保密 成功 已成功 已受理 √"
)
_NO = (
    "否 N n NO No no FALSE False false 0 没有 未 未解决 不解决 没解决 部分解决 不属实 虚假 未接通 无人接听 未联系"
    " 没联系 不保密 公开 可公开 失败 不成功 未成功 未受理 ×"
)


def code_words(codes: type[StrEnum]) -> dict[str, str]:
    """Return every word known for the codes of one kind, the code itself and its Chinese and English names first."""
    words: dict[str, str] = {}
    also = _ALSO[codes]
    for code in codes:
        name = NAMES[code]
        for word in (code.value, name.zh, name.en, *also.get(code, "").split()):
            words.setdefault(word, code.value)
    return words


def caller_back_words() -> dict[str, str]:
    """Return every word known for who calls back."""
    return {word: code for code, words in CALLERS_BACK.items() for word in words.split()}


def flag_words() -> Mapping[str, bool]:
    """Return the words for yes and no."""
    return dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
