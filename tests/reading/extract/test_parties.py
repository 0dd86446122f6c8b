"""Who complains, about whom, about what, and what is asked for."""

from __future__ import annotations

import pytest

from suqiu.reading.extract import Kind
from tests.reading.extract.asking import mentioned, values, words


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("其是听雨花园的业主，没有电梯", ["owner"]),
        ("我们是松涛路128号的租户", ["tenant"]),
        ("作为家长很担心", ["parent"]),
        ("其是柳湾村的村民", ["villager"]),
        ("我是工地上的农民工，没有发工资", ["migrant_worker"]),
        ("其系出租车司机", ["driver"]),
        ("其是一名退休教师", ["retiree"]),
        ("业主不交物业费", []),
        ("其是业主委员会请来的", []),
        ("其是做生意的，业主都知道", []),
        ("物业通知租户搬走", []),
        ("家长群里都在说", []),
    ],
)
def test_the_caller_s_role(text: str, roles: list[str]) -> None:
    assert values(text, Kind.COMPLAINANT) == roles


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("投诉临江安和物业管理有限公司", ["安和物业"]),
        ("安和物业私自涨价", ["安和物业"]),
        ("物业公司不处理", ["物业公司"]),
        ("开发商拖欠工程款", ["开发商"]),
        ("举报松涛超市", ["松涛超市"]),
        ("司机绕路", ["司机"]),
        ("该老板拒绝支付", ["老板"]),
        ("物业管理得很好", []),
        ("向物业反映过", []),
        ("请城管处理", []),
        ("学校附近有人摆摊", []),
        ("我和邻居商量", []),
        ("投诉电话打不通", []),
    ],
)
def test_whom_it_is_about(text: str, parties: list[str]) -> None:
    assert values(text, Kind.AGAINST) == parties


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("海棠街街灯不亮", ["路灯"]),
        ("窨井盖没有了", ["井盖"]),
        ("小区停水", ["自来水"]),
        ("老板拖欠工资", ["工资"]),
        ("小贩占道经营，油烟很大", ["占道经营", "油烟"]),
        ("噪音扰民，噪音很大", ["噪音"]),
        ("办理不动产权证", ["房产证"]),
        ("电梯、路灯、井盖都坏了", ["电梯", "路灯"]),
        ("出租车公司的电话", []),
        ("垃圾车司机", ["垃圾"]),
        ("没有说是什么事", []),
        ("", []),
    ],
)
def test_what_it_is_about(text: str, objects: list[str]) -> None:
    assert values(text, Kind.OBJECT) == objects


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("要求退款", [("要求退款", "refund")]),
        ("希望尽快修复", [("希望尽快修复", "repair")]),
        ("请求核实", [("请求核实", "verify")]),
        ("咨询如何办理居住证", [("如何办理居住证", "explain")]),
        ("要求支付拖欠的工资", [("要求支付拖欠的工资", "pay_wages")]),
        ("希望停止夜间施工", [("希望停止夜间施工", "stop_noise")]),
        ("请清理垃圾", [("请清理", "clean")]),
        ("要求退款并赔偿损失", [("要求退款", "refund"), ("赔偿", "compensate")]),
        ("建议增设红绿灯", [("建议增设", "install")]),
        ("希望处罚商家", [("希望处罚", "punish")]),
        ("望告知结果", [("望告知", "inform")]),
        ("恳请协调", [("恳请协调", "coordinate")]),
        ("物业要求赔偿", []),
        ("公司要求清理", []),
        ("已经退款", []),
        ("请假一天，没有修复", []),
        ("看望老人，处理完了", []),
        ("要求很高，垃圾没有清理", []),
    ],
)
def test_what_is_asked_for(text: str, actions: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.ACTION) == actions


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        ("反映：1、路灯不亮；2、垃圾没有人清运。", ["路灯不亮", "垃圾没有人清运"]),
        ("一是电梯坏了，二是门禁坏了，三是没有保安", ["电梯坏了", "门禁坏了", "没有保安"]),
        ("(1)楼道没有灯(2)水压太低", ["楼道没有灯", "水压太低"]),
        ("①停车位被占。②消防通道被堵。", ["停车位被占", "消防通道被堵"]),
        ("市民来电反映:路灯不亮很久。另外，垃圾没有人清运", ["路灯不亮很久", "垃圾没有人清运"]),
        ("路灯不亮很久，还反映垃圾没有人清运", ["路灯不亮很久", "垃圾没有人清运"]),
        ("路灯不亮，同时希望尽快修好", []),
        ("1、2号楼没有水", []),
        ("花了1.5万元，2.5万元没有退", []),
        ("1、路灯不亮", []),
        ("第一次来电，第二次来电", []),
        ("局里答复：1、已经派人查看；2、已经整改。", []),
        ("另外一个小区也是这样，路灯不亮", []),
    ],
)
def test_distinct_demands(text: str, demands: list[str]) -> None:
    trimmed = [word.strip() for word in words(text, Kind.DEMAND)]
    assert trimmed == demands
    assert values(text, Kind.DEMAND) == [str(number + 1) for number in range(len(demands))]
