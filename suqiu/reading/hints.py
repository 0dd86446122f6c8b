"""The agent's own routing hint, taken out of the text.

Agents close an order with "请城管局核实处理（请职能局按规定在30分钟内联系市民）". They write it after they have chosen
the department: a model that reads it copies the answer and looks far better than it is. So models
are trained, judged and run on texts without it. What citizens themselves say about departments
("已向教育局反映", "希望城管来管一管") stays.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

#: A character inside one clause: no punctuation that ends one, no bracket, no line break.
_IN = r"[^，,。！!？?；;：:（）()\n]"
#: The same inside the name of a unit: no person and no movement, so that "请律师到公司处理" stays.
_NAME = r"[^，,。！!？?；;：:（）()\n到去了找他她你您我吃]"
#: How the names of bodies that handle orders end, or what agents call them for short.
_UNIT = (
    r"(?:局|委|委员会|办|办公室|处|署|院|部门|单位|政府|支队|大队|中队|中心|公司|集团|街道|镇|乡|交警|公安|警方|"
    r"城管|住建|环保|工商|质监|食药监|市监|供电|供水|水务|燃气|热力|公交|电信|移动|联通|铁塔|广电|税务|社保|医保|"
    r"人社|民政|消防|环卫|园林|卫健|交通|司法|邮政|烟草|居委会|村委会|派出所)"
)
#: What only agents write at the end of an order.
_AGENT = (
    r"(?:核实(?:并|情况|后|清楚)*(?:处理|处置|回复|答复|办理|解决|反馈|查处|跟进)|(?:给予|予以|协助|尽快|及时)核实|"
    r"核查(?:并|后)?(?:处理|回复|办理)|处理(?:并|后)?(?:回复|答复|反馈)|联系市民|响应处置|(?:给予|予以)(?:市民)?(?:回复|答复))"
)
#: What citizens write too: a hint only beside the name of a unit.
_ACT = (
    r"(?:核实|核查|处理|处置|回复|答复|办理|解决|跟进|查处|落实|受理|协调|协助|关注|调查|整治|整改|修复|介入|清理|联系)"
)
#: "请" as a verb of its own: not 申请, 邀请, 恳请, 请问, 请求, 请教 or 请假.
_PLEASE = r"(^|[^申邀恳聘宴])(?:烦|敬|并|特|现|速|麻烦)?请"
_NOT_ASKING = r"[^，,。！!？?；;：:（）()\n问求教假示客柬到去了找他她你您我吃人]"
#: Names of units that begin as 请人, 请教 and 请示 do.
_ALIKE = r"(?:人(?:社|民|力|防|才|大)|教(?:育|体|委|科))"
_THANKS = r"(?:[，,。！!]?\s*谢谢[您你]?)?[！!。，,；;]*"
_END = rf"{_IN}{{0,12}}{_THANKS}"

#: Each hint with what takes its place; applied in this order.
_HINTS: tuple[tuple[str, str], ...] = (
    # （请职能局按规定在30分钟内联系市民，响应处置）
    (rf"[（(【]\s*(?:请|转|派)[^（）()【】\n]{{0,80}}{_ACT}[^（）()【】\n]{{0,30}}[）)】][。！!，,]*", ""),
    # （30分钟内联系市民响应处置！）
    (r"[（(【][^（）()【】\n]{0,20}(?:响应处置|分钟办件)[！!]?[）)】][。！!，,]*", ""),
    # 请职能局在三十分钟内联系市民，响应处置
    (rf"{_PLEASE}(?:各|相关|市|区|该)*(?:职能|承办|责任|主办)(?:局|部门|单位){_IN}{{0,40}}"
     rf"(?:[，,]\s*响应(?:并)?处[置理])?{_THANKS}", r"\1"),
    # 请海垦街道核实处理，谢谢！
    (rf"{_PLEASE}(?:{_ALIKE}|{_NOT_ASKING}){_NAME}{{1,30}}{_AGENT}{_END}", r"\1"),
    # 请交警部门尽快处理。
    (rf"{_PLEASE}(?:{_ALIKE}|{_NOT_ASKING}){_NAME}{{0,20}}{_UNIT}{_NAME}{{0,16}}{_ACT}{_END}", r"\1"),
    # ，工商局核实处理。
    (rf"(^|[，,。！!；;\s]){_NAME}{{0,14}}{_UNIT}(?:给予|予以|尽快)?核实(?:处理|处置|回复){_THANKS}", r"\1"),
    # 转市教育局办理。
    (rf"(^|[，,。！!；;\s])[现特故已拟]?(?:请转|转[交派办至由]?|派[发至]|交由|交办|移交)[至给]?"
     rf"{_NAME}{{0,20}}{_UNIT}{_NAME}{{0,10}}(?:核实|核查|处理|处置|办理|跟进|答复|回复){{1,2}}"
     r"(?:[。！!；;]+|$)", r"\1"),
)  # fmt: skip


#: Up to so many texts Python's own expressions, which stay compiled, are faster than building RE2's anew.
_FEW = 64
_COMPILED = tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in _HINTS)


def without_hints(texts: pa.Array) -> pa.Array:
    """Return texts without routing hints; null stays null, a text that is all hint becomes empty.

    Args:
        texts: string array of any length.
    """
    if len(texts) <= _FEW:
        return pa.array([None if text is None else _stripped(text) for text in texts.to_pylist()], pa.string())
    for pattern, replacement in _HINTS:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=replacement)
    return texts


def _stripped(text: str) -> str:
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text
