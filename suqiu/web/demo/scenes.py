"""How far each call of a demo goes: the steps, who takes them, and what they say."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from suqiu.domain.order import Satisfaction, StepKind

_K = StepKind

_HANDLED = (_K.DISPATCH, _K.SIGN, _K.CONTACT)
_REPLIED = (*_HANDLED, _K.REPLY)
_REVIEWED = (*_REPLIED, _K.PASS_REVIEW)
_CLOSED = (*_REVIEWED, _K.CALL_BACK, _K.CLOSE)

#: Scene → its steps.
SCENES: Mapping[str, tuple[StepKind, ...]] = {
    "waiting": (),
    "direct": (_K.CLOSE,),
    "sent": (_K.DISPATCH,),
    "returning": (_K.DISPATCH, _K.REQUEST_RETURN),
    "returned": (_K.DISPATCH, _K.REQUEST_RETURN, _K.GRANT_RETURN),
    "signed": (_K.DISPATCH, _K.SIGN),
    "contacted": _HANDLED,
    "extending": (*_HANDLED, _K.REQUEST_EXTENSION),
    "unreasonable": (*_HANDLED, _K.CLAIM_UNREASONABLE),
    "replied": _REPLIED,
    "unsolved": _REPLIED,
    "failed": (*_REPLIED, _K.FAIL_REVIEW),
    "reviewed": _REVIEWED,
    "unreached": (*_REVIEWED, _K.CALL_BACK),
    "satisfied": (*_REVIEWED, _K.CALL_BACK),
    "reworked": (*_REVIEWED, _K.CALL_BACK, _K.REWORK),
    "closed": _CLOSED,
    "appealed": (*_CLOSED, _K.APPRAISE, _K.APPEAL),
    "archived": (*_CLOSED, _K.APPRAISE, _K.ARCHIVE),
    "urged": (*_HANDLED, _K.URGE),
    "supervised": (*_HANDLED, _K.SUPERVISE),
    "shelved": (*_HANDLED, _K.SHELVE),
    "withdrawn": (_K.WITHDRAW,),
    "merged": (_K.MERGE,),
}

#: Steps that close on the spot say so themselves; all others say this.
_TEXTS: Mapping[StepKind, tuple[str, str]] = {
    _K.CONTACT: ("text", "已电话联系诉求人，核实了具体位置和情况，约定三个工作日内到现场查看。"),
    _K.REQUEST_RETURN: ("reason", "经核实，该事项不属本单位职责清单范围，依据职责目录应由其他单位承办。"),
    _K.GRANT_RETURN: ("reason", "退单依据充分，同意退回重新派单。"),
    _K.REQUEST_EXTENSION: ("reason", "需委托第三方检测并走招标流程，原时限内难以完成，申请延期。"),
    _K.CLAIM_UNREASONABLE: ("reason", "诉求超出政策范围，已当面解释，诉求人坚持，申请认定为不合理诉求。"),
    _K.FAIL_REVIEW: ("reason", "答复未说明整改时限，照片与诉求位置不符，请补充后重新报送。"),
    _K.REWORK: ("reason", "诉求人反映问题仍未解决，请重新办理并现场复核。"),
    _K.CLOSE: ("text", "回访确认问题已解决，予以办结。"),
    _K.APPEAL: ("reason", "现场已按时整改，回访时诉求人对政策不满而非对办理不满，申请复核考评等次。"),
    _K.URGE: ("reason", "诉求人再次来电，请加快办理。"),
    _K.SUPERVISE: ("reason", "涉及多户居民安全，列入重点督办，请每日报告进展。"),
    _K.SHELVE: ("reason", "权属未确定，暂不具备办理条件，先行挂账并逐月复核。"),
    _K.WITHDRAW: ("reason", "诉求人来电表示问题已解决，主动要求撤单。"),
    _K.MERGE: ("reason", "与主工单反映同一地点同一问题。"),
}
_ANSWER = "您好，您咨询的事项可在政务服务网办理，需备齐身份证件和相关证明，一般三个工作日内办结，已告知办理入口。"
_SOLVED = "已到现场核实并完成整改，整改前后照片附后；已向诉求人说明办理结果，并安排每周巡查防止反弹。"
_NOT_SOLVED = (
    "已现场核实情况属实。因涉及行政强制程序，须依法履行催告、公告等步骤，现阶段尚未解决，已向诉求人解释并告知后续安排。"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the morning 演示诉求.

    Attributes:
        scene: how far it goes.
        title, text, type, category, address, urgency: of the demand; `category` is a name.
        unit: which of the units with a demo account handles it, from 1; 0 for none.
        secret: the caller is kept from the unit.
    """

    scene: str
    title: str
    text: str
    type: str
    category: str = ""
    address: str = ""
    urgency: str = "normal"
    unit: int = 0
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """What a step holds in a scene.

    Attributes:
        fields: of the deed.
        proof: a photo comes with it.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    proof: bool = False


def saying(kind: StepKind, scene: str, department: str, parent: str, now: datetime) -> Saying:
    """Return what a step of a scene says.

    Args:
        kind, scene: which.
        department: the unit that handles the order.
        parent: number of the order that a merge goes into.
        now: the moment of the step.
    """
    fields: dict[str, Any] = dict([_TEXTS[kind]]) if kind in _TEXTS else {}
    if kind is _K.DISPATCH:
        fields["department"] = department
    elif kind is _K.MERGE:
        fields["parent"] = parent
    elif kind in {_K.REQUEST_EXTENSION, _K.SHELVE}:
        fields["until"] = (now + timedelta(days=40)).replace(hour=18, minute=0, second=0, microsecond=0)
    elif kind is _K.REPLY:
        solved = scene != "unsolved"
        return Saying({"text": _SOLVED if solved else _NOT_SOLVED, "solved": solved}, proof=solved)
    elif kind is _K.CALL_BACK:
        fields.update(_called_back(scene))
    elif kind is _K.CLOSE:
        fields["solved"] = True
        if scene == "direct":
            fields["text"] = _ANSWER
    elif kind is _K.APPRAISE:
        fields["grade"] = "pass" if scene == "appealed" else "good"
    return Saying(fields)


def _called_back(scene: str) -> dict[str, Any]:
    if scene == "unreached":
        return {"reached": False, "text": "两次拨打无人接听，择时再访。"}
    if scene == "reworked":
        said = {"solved": False, "satisfaction": str(Satisfaction.DISSATISFIED), "truthful": False}
        return {"reached": True, "contacted": True, **said, "text": "诉求人表示只是临时修补，雨后又漏。"}
    said = {"solved": True, "satisfaction": str(Satisfaction.SATISFIED), "truthful": True}
    return {"reached": True, "contacted": True, **said, "text": "诉求人表示问题已解决，对办理过程满意。"}


def photo(number: str, now: datetime) -> bytes:
    """Draw a picture to stand for a photo as proof: a mended street under the order's number; the same every time."""
    seed = sum(map(ord, number))
    picture = Image.new("RGB", (960, 640), (196 + seed % 30, 214, 232))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 400, 960, 640), fill=(120, 122, 126))
    for left in range(40 - seed % 40, 960, 160):
        pen.rectangle((left, 506, left + 90, 518), fill=(235, 233, 225))
    for place, left in enumerate(range(30, 900, 180)):
        height = 120 + (seed * (place + 3)) % 150
        pen.rectangle((left, 400 - height, left + 130, 400), fill=(168, 150 + place * 12, 132))
        for row in range(400 - height + 16, 380, 40):
            for column in range(left + 16, left + 110, 38):
                pen.rectangle((column, row, column + 20, row + 22), fill=(232, 238, 242))
    pen.ellipse((760, 440, 860, 500), fill=(84, 86, 90), outline=(60, 62, 66), width=4)
    pen.rectangle((0, 592, 960, 640), fill=(24, 36, 51))
    pen.text((20, 602), f"{number}   {now:%Y-%m-%d %H:%M}", fill=(255, 255, 255), font_size=24)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=82)
    return held.getvalue()
