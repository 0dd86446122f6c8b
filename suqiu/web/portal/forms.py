"""What a citizen fills in, and what is wrong with it, said kindly and beside the field."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from django.http import QueryDict

from suqiu.domain.order import OrderType
from suqiu.domain.text import Text
from suqiu.web.site import site

#: What a citizen can ask for, with what it is for.
TYPES: tuple[tuple[OrderType, Text], ...] = (
    (OrderType.HELP, Text("遇到困难，请求帮助解决", "something needs to be put right")),
    (OrderType.COMPLAINT, Text("对单位、商家或服务不满意", "an office, business or service let me down")),
    (OrderType.REPORT, Text("反映违法违规行为", "somebody breaks the law or the rules")),
    (OrderType.CONSULT, Text("想了解政策或怎样办事", "a question about a policy or a procedure")),
    (OrderType.SUGGEST, Text("对城市治理提出建议", "an idea for the city")),
    (OrderType.PRAISE, Text("表扬单位或个人", "somebody deserves thanks")),
)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?")
_LEAST, _MOST = 8, 3000


@dataclass(frozen=True, slots=True)
class Filled:
    """A citizen's form as filled in, before it is an order 市民填报内容.

    Attributes:
        type: code of `OrderType`.
        text: what happened and what is wished.
        place: id of the district or street chosen; empty where none is.
        address: where, in words.
        name, phone: of the citizen; the telephone is needed for the answer.
        secret: not to be named to the unit: `1` or empty.
        key: mark of this filling, so that it is sent once.
    """

    type: str = ""
    text: str = ""
    place: str = ""
    address: str = ""
    name: str = ""
    phone: str = ""
    secret: str = ""
    key: str = ""

    @classmethod
    def read(cls, given: QueryDict) -> Filled:
        """Read what was sent; spaces around it and invisible signs are left out."""
        return cls(**{item.name: _clean(given.get(item.name, "")) for item in fields(cls)})

    def faults(self) -> dict[str, Text]:
        """Return what is wrong, by field; empty when nothing is."""
        found: dict[str, Text] = {}
        if self.type not in {str(kind) for kind, _ in TYPES}:
            found["type"] = Text("请选择诉求类型", "choose what it is about")
        if len(self.text) < _LEAST:
            found["text"] = Text("请写明情况，至少8个字", "say what happened, in eight characters or more")
        elif len(self.text) > _MOST:
            found["text"] = Text("内容请控制在3000字以内", "no more than 3,000 characters")
        if self.place and self.place not in site().city.region_by_id:
            found["place"] = Text("请从列表中选择地区", "choose a district from the list")
        if len(self.address) > 200:
            found["address"] = Text("地点请控制在200字以内", "no more than 200 characters")
        if len(self.name) > 30:
            found["name"] = Text("称呼请控制在30字以内", "no more than 30 characters")
        if not _PHONE.fullmatch(self.phone):
            found["phone"] = Text(
                "请填写手机号码或带区号的固定电话，用于回复",
                "a mobile or a landline with its area code, for the answer",
            )
        return found

    @property
    def title(self) -> str:
        """The first sentence, short enough for a list."""
        first = re.split(r"[。！？!?\n；;]", self.text.strip(), maxsplit=1)[0].strip() or self.text.strip()
        return first if len(first) <= 40 else first[:39] + "…"


def _clean(text: str) -> str:
    kept = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())
    return kept.replace("\r", "").strip()
