"""The agent's routing hint is taken out; what citizens say stays."""

from __future__ import annotations

import pyarrow as pa
import pytest

from suqiu.reading.hints import without_hints


def _clean(*said: str | None) -> list[str | None]:
    cleaned: list[str | None] = without_hints(pa.array(said, pa.string())).to_pylist()
    return cleaned


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("路灯不亮，请城管局核实处理。", "路灯不亮，"),
        ("路灯不亮，请城管局核实处理，谢谢！", "路灯不亮，"),
        ("路灯不亮。请市城管局核实处理！谢谢！", "路灯不亮。"),
        ("路灯不亮。请城市管理部门尽快处理。", "路灯不亮。"),
        ("路灯不亮。（请职能局按规定在30分钟内联系市民，响应处置）", "路灯不亮。"),
        ("路灯不亮。(请职能局按照规定在三十分钟内核实处理，响应处置)", "路灯不亮。"),
        ("路灯不亮。请职能局在三十分钟内联系市民，响应处置！", "路灯不亮。"),
        ("路灯不亮。请承办单位按时办理并回复", "路灯不亮。"),
        ("路灯不亮，请相关职能部门核实处理。", "路灯不亮，"),
        ("教室没有空调，请教育局核实处理。", "教室没有空调，"),
        ("社保卡丢了，请人社局核实回复。", "社保卡丢了，"),
        ("工资没发，请人力资源部门尽快处理。", "工资没发，"),
        ("小区停水，请供水公司派人处理", "小区停水，"),
        ("小区停水，烦请自来水公司核实处理", "小区停水，"),
        ("有人打架，请公安核实处理！", "有人打架，"),
        ("车辆违停，请交警部门给予核实处理！", "车辆违停，"),
        ("车辆违停，特请交警支队协助核实。", "车辆违停，"),
        ("手机没信号，请中国移动核实处理。", "手机没信号，"),
        ("街边垃圾多，请海棠街道办事处处理回复。", "街边垃圾多，"),
        ("街边垃圾多，请清源县人民政府核实处理。", "街边垃圾多，"),
        ("噪音扰民，现转市生态环境局办理。", "噪音扰民，"),
        ("噪音扰民，转交生态环境部门处理。", "噪音扰民，"),
        ("噪音扰民，工商局核实处理。", "噪音扰民，"),
        ("道路有坑。（30分钟内联系市民响应处置！）", "道路有坑。"),
        ("第一次反映，请城管局核实处理。市民再次来电：还没修。", "第一次反映，市民再次来电：还没修。"),
        ("请市教育局核实处理", ""),
    ],
)
def test_a_hint_is_taken_out(said: str, left: str) -> None:
    assert _clean(said) == [left]


@pytest.mark.parametrize(
    "said",
    [
        "请问城管局的电话是多少？",
        "请问去哪个部门办理营业执照？",
        "已向教育局反映，没有得到处理。",
        "希望城管局来处理一下占道经营。",
        "要求物业公司退还多收的费用。",
        "恳请教育局增加学位。",
        "申请公租房，住建局说材料不全。",
        "请求派出所调取监控。",
        "我请律师到公司处理这件事，对方不理。",
        "请人到单位处理电路花了三百元。",
        "请假去社保局办理手续，窗口没人。",
        "邀请公司负责人处理纠纷，对方拒绝。",
        "之前转交城管局处理，至今没有结果。",
        "孩子转学到新学校，教育局不给办理。",
        "转账给公司后一直不发货。",
        "请尽快处理。",
        "请您帮帮我们。",
        "路灯不亮（钟楼街道海棠街口）。",
        "城管局工作人员态度恶劣。",
        "",
    ],
)
def test_what_citizens_say_stays(said: str) -> None:
    assert _clean(said) == [said]


def test_null_stays_null_and_nothing_stays_nothing() -> None:
    assert _clean(None, "路灯不亮") == [None, "路灯不亮"]
    assert len(without_hints(pa.array([], pa.string()))) == 0


def test_taking_hints_out_twice_changes_nothing_more() -> None:
    once = without_hints(pa.array(["路灯不亮，请城管局核实处理，谢谢！（请职能局按规定联系市民，响应处置）"]))
    assert without_hints(once).equals(once)


def test_a_few_texts_are_stripped_as_many_are() -> None:
    said = [
        "小区噪音扰民，请城管局核实处理，谢谢！",
        "（请职能局按规定在30分钟内联系市民，响应处置）路灯坏了",
        "请律师到公司处理。请交警部门尽快处理。",
        "转市教育局办理。",
        "",
        None,
    ]
    few = without_hints(pa.array(said, pa.string())).to_pylist()
    many = without_hints(pa.array(said * 40, pa.string())).to_pylist()
    assert many == few * 40
    assert few != said
