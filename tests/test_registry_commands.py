from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from suqiu import cli
from suqiu.lake.registry import Registry, State, Step

MATTERS = {
    "城管局": ("占道经营的流动摊贩", "夜市油烟扰民", "工地夜间施工噪音", "垃圾桶满溢无人清运"),
    "供水公司": ("自来水停水多日", "水压过低洗不了澡", "水表读数异常多收费", "水管爆裂路面积水"),
    "交通局": ("公交车班次太少", "出租车拒载", "道路坑洼颠簸", "红绿灯配时不合理"),
    "教育局": ("学校违规补课收费", "学区划分不清楚", "幼儿园收费过高", "校园食堂饭菜质量差"),
}
PLACES = ("新华路", "东风小区", "解放广场", "建设里", "和平街", "滨河花园")
HEADER = ("工单编号", "诉求内容", "承办单位", "受理时间")
Orders = list[tuple[str, str, str, str]]
Shell = Callable[..., tuple[int, str]]


def orders(first: date, count: int, seed: int, *, days: int = 30, only: tuple[str, ...] = tuple(MATTERS)) -> Orders:
    draw = np.random.default_rng(seed)
    found = []
    for number in range(count):
        day = first + timedelta(days=number * days // count)
        department = str(draw.choice(only))
        said = f"{draw.choice(PLACES)}{draw.integers(1, 90)}号附近{draw.choice(MATTERS[department])}，请尽快处理。"
        found.append((f"{day:%Y%m%d}{number:05d}", said, department, f"{day:%Y-%m-%d} 09:00:00"))
    return found


def mislabelled(rows: Orders, share: float, seed: int) -> Orders:
    draw = np.random.default_rng(seed)
    names = list(MATTERS)
    return [
        (id_, said, names[(names.index(label) + 1) % 4] if draw.random() < share else label, at)
        for id_, said, label, at in rows
    ]


def write(path: Path, rows: Orders) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


@pytest.fixture
def suqiu(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("COLUMNS", "220")

    def shell(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out + err

    return shell


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of two models, a good one and one that learned from wrong labels, and of orders to come."""
    home = tmp_path_factory.mktemp("models")
    past = orders(date(2026, 1, 1), 500, 1, days=90)
    write(home / "past.csv", past)
    write(home / "wrong.csv", mislabelled(past, 0.75, 2))
    write(home / "audited.csv", orders(date(2026, 4, 1), 260, 3))
    for name, source in (("good", "past"), ("bad", "wrong")):
        words = ("--task", "dispatch", "--text", "诉求内容", "--label", "承办单位", "--encoder", "off")
        with pytest.raises(SystemExit) as left:
            cli.main(["train", str(home / f"{source}.csv"), *words, "--out", str(home / name)])
        assert not left.value.code
    return home


def version(folder: Path) -> str:
    return str(json.loads((folder / "model.json").read_text("utf-8"))["version"])


def signed(minute: int) -> tuple[str, ...]:
    return "--by", "张工", "--why", "季度更新", "--at", f"2026-05-06 09:{minute:02d}"


def live(shell: Shell, lake: Path, home: Path, name: str, minute: int, *more: object) -> tuple[int, str]:
    asked = ("--to", "live", "--sample", home / "audited.csv", "--label", "承办单位")
    return shell("model", "promote", version(home / name), "--lake", lake, *asked, *signed(minute), *more)


def test_a_model_lives_from_candidate_to_retired_and_a_worse_one_does_not_replace_it(
    models: Path, tmp_path: Path, suqiu: Shell
) -> None:
    lake = tmp_path / "lake"
    for minute, name in enumerate(("bad", "good")):
        assert suqiu("model", "add", models / name, "--lake", lake, *signed(minute))[0] == 0
    code, said = live(suqiu, lake, models, "bad", 2, "--floor", "0.9")
    assert (code, "registry.worse" in said, "0.9" in said) == (4, True, True)
    assert live(suqiu, lake, models, "bad", 3)[0] == 0
    code, said = live(suqiu, lake, models, "good", 4)
    assert (code, "→ 1.000" in said, "此前已用于2次检验" in said) == (0, True, True)
    registry = Registry(lake)
    assert {model.version: model.state for model in registry.models()} == {
        version(models / "bad"): State.RETIRED,
        version(models / "good"): State.LIVE,
    }
    assert suqiu("model", "add", models / "bad", "--lake", lake, *signed(5))[0] == 0
    code, said = live(suqiu, lake, models, "bad", 6)
    assert (code, "明显低于在用模型" in said, "准确率1.000 → " in said) == (4, True, True)
    refused = registry.entries()[-1]
    assert (refused.step, refused.evidence["against"]) == (Step.REFUSED, version(models / "good"))
    assert refused.evidence["differences"]["accuracy"]["p"] < 0.05
    assert refused.evidence["mcnemar"]["only_first"] > 100
    code, said = suqiu("model", "retire", version(models / "good")[:6], "--lake", lake, *signed(7))
    assert (code, "停用" in said) == (0, True)
    code, said = suqiu("model", "list", "--lake", lake, "--log")
    assert (code, said.count("未予通过"), "candidate" in said) == (0, 2, False)


def test_a_sample_that_proves_nothing_is_refused(models: Path, tmp_path: Path, suqiu: Shell) -> None:
    lake = tmp_path / "lake"
    suqiu("model", "add", models / "good", "--lake", lake, *signed(0))
    seen = write(tmp_path / "seen.csv", orders(date(2026, 1, 1), 260, 3))
    promote = ("model", "promote", version(models / "good"), "--lake", lake, "--to", "live", *signed(1))
    assert "cli.no_sample" in suqiu(*promote)[1]
    assert "registry.no_label" in suqiu(*promote, "--sample", seen)[1]
    code, said = suqiu(*promote, "--sample", seen, "--label", "承办单位")
    assert (code, "registry.small_sample" in said, "另有260件" in said) == (2, True, True)
    assert [entry.step for entry in Registry(lake).entries()] == [Step.ADDED]


def test_a_model_whose_files_changed_does_not_go_live(models: Path, tmp_path: Path, suqiu: Shell) -> None:
    lake, copy = tmp_path / "lake", tmp_path / "copy"
    copy.mkdir()
    for name in ("model.json", "weights.npz"):
        (copy / name).write_bytes((models / "good" / name).read_bytes())
    suqiu("model", "add", copy, "--lake", lake, *signed(0))
    (copy / "weights.npz").write_bytes((models / "bad" / "weights.npz").read_bytes())
    code, said = live(suqiu, lake, models, "good", 1)
    assert (code, "registry.model_changed" in said) == (4, True)


def test_months_are_judged_by_labels_texts_and_audited_accuracy(models: Path, tmp_path: Path, suqiu: Shell) -> None:
    lake, out = tmp_path / "lake", tmp_path / "out"
    suqiu("model", "add", models / "good", "--lake", lake, *signed(0))
    strange = [
        (id_, f"Wi-Fi信号塔辐射{id_[-2:]}，申请电磁环境监测报告", "生态环境局", at)
        for id_, _, _, at in orders(date(2026, 6, 1), 200, 5)
    ]
    months = [
        *orders(date(2026, 1, 1), 300, 1, days=90),
        *orders(date(2026, 4, 1), 260, 3),
        *orders(date(2026, 5, 1), 260, 4, days=31, only=("供水公司",)),
        *strange,
        *orders(date(2026, 7, 1), 20, 6, days=1),
    ]
    source = write(tmp_path / "months.csv", months)
    asked = ("model", "drift", "dispatch", source, "--lake", lake, "--out", out, "--label", "承办单位")
    assert "cli.no_live_model" in suqiu(*asked)[1]
    code, said = suqiu(*asked, "--version", version(models / "good"))
    assert code == 0
    found = json.loads((out / "drift.json").read_text("utf-8"))
    april, may, june, july = found["months"]
    assert [month["level"] for month in (april, may, june, july)] == ["ok", "alarm", "alarm", "watch"]
    assert april["accuracy"]["accuracy"] == 1.0
    assert may["labels"]["beyond_chance"] > 0.3
    assert june["accuracy"]["accuracy"] == 0.0
    assert june["wording"]["area"] > 0.95
    assert june["unseen"]["difference"] > 0.5
    assert "不足以判断" in july["reasons"][0]["zh"]
    assert "2026-06" in said
    again = suqiu(*asked, "--version", version(models / "good"))
    assert again[0] == 0
    assert json.loads((out / "drift.json").read_text("utf-8")) == found
    old = write(tmp_path / "old.csv", orders(date(2026, 1, 1), 50, 1))
    asked = ("model", "drift", "dispatch", old, "--lake", lake, "--out", out, "--version", version(models / "good"))
    assert "drift.nothing_new" in suqiu(*asked)[1]


def test_what_cannot_be_understood_is_said_in_both_languages(tmp_path: Path, suqiu: Shell) -> None:
    words = ("model", "retire", "abc", "--lake", tmp_path, "--by", "张工", "--why", "试")
    assert "时间“昨天”无效" in suqiu(*words, "--at", "昨天")[1]
    code, said = suqiu("--lang", "en", *words, "--at", "2026-05-06")
    assert (code, "no model of version abc is registered" in said) == (3, True)
    assert suqiu("model", "list", "--lake", tmp_path)[0] == 0
