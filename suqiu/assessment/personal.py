"""No personal data leaves the centre: whatever people wrote that would go into the evidence is looked through first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from suqiu.assessment.forms import Form, Kind
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

#: Names the kinds of personal data that stand in a text: `name`, `mobile`, …; empty where there is none.
Find = Callable[[str], Sequence[str]]

#: What a person who answers for something may leave: a name.
NAME = "name"
#: A fingerprint is no personal data, whatever its digits look like.
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{32,128}")
#: Places that are told in one refusal.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where personal data stands 个人信息位置.

    Attributes:
        where: the file, or the key of centre.yaml.
        row: of a form, else None.
        column: header in Chinese; empty for centre.yaml.
    """

    where: str
    row: int | None
    column: str

    @property
    def text(self) -> Text:
        """The place in words."""
        if self.row is None:
            return Text(self.where, self.where)
        return Text(f"{self.where}第{self.row}行“{self.column}”", f"{self.where}, row {self.row}, {self.column}")


class Guard:
    """Looks through everything that is to leave the centre, and refuses when all has been seen 个人信息检查."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[tuple[str, bool], bool] = {}
        self._places: list[Place] = []

    def look(self, form: Form, file: str, batch: pa.RecordBatch, rows: pa.Array) -> None:
        """Look through the words of a batch of a form."""
        for column in form.columns:
            if column.kind is not Kind.WORD:
                continue
            cells = batch.column(column.name)
            wrong = [word for word in pc.unique(cells).drop_null().to_pylist() if self._holds(word, column.signs)]
            if wrong:
                found = rows.filter(pc.is_in(cells, value_set=pa.array(wrong)))
                self._places += [Place(file, row, column.title.zh) for row in found.to_pylist()]

    def look_at(self, where: str, text: str, *, signs: bool = False) -> None:
        """Look through one text, in which a person may sign by name where `signs` says so."""
        if self._holds(text, signs):
            self._places.append(Place(where, None, ""))

    def require_none(self) -> None:
        """Refuse if personal data was found anywhere.

        Raises:
            InvalidInput: it names every place, up to twenty, and how many more there are.
        """
        if not self._places:
            return
        told, more = self._places[:_TOLD], len(self._places) - _TOLD
        zh, en = "；".join(place.text.zh for place in told), "; ".join(place.text.en for place in told)
        if more > 0:
            zh, en = f"{zh}；另有{more}处", f"{en}; and {more} more"
        raise InvalidInput(
            "evidence.personal_data",
            Text(f"填报内容中有个人信息，未写出任何佐证材料：{zh}", f"personal data, so nothing was written: {en}"),
            Text(
                "请改填编号、岗位或代码，不填姓名、电话、证件号码",
                "write a number, a post or a code in place of names, telephones and identity numbers",
            ),
        )

    def _holds(self, text: str, signs: bool) -> bool:
        key = (text, signs)
        if key not in self._known:
            kinds = () if _FINGERPRINT.fullmatch(text) else self._find(text)
            self._known[key] = any(not signs or kind != NAME for kind in kinds)
        return self._known[key]
