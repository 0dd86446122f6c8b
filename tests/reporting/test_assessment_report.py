from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest

from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Language, Text
from suqiu.reporting import compose_assessment, to_docx, to_html, verify
from suqiu.reporting.document import Chart, Document, Heading, HeatMap, Notice, Table
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.result import GateState, Obstacle, PartResult, Plan, Result, Score

from .assessments import a_plan, a_result, everything_met, nothing_known
from .standards import a_catalogue

CATALOGUE = a_catalogue()
CASES = ("full", "nothing", "everything", "bare")


@cache
def a_report(case: str = "full", language: Language = "zh") -> Document:
    result, plan, previous = dossier(case)
    return compose_assessment(result, CATALOGUE, plan, previous, language)


def dossier(case: str) -> tuple[Result, Plan | None, Result | None]:
    full = a_result(CATALOGUE)
    match case:
        case "nothing":
            return nothing_known(CATALOGUE), None, None
        case "everything":
            return everything_met(CATALOGUE), None, full
        case "bare":
            return replace(full, scenarios=(), wanted=(), targets=(), evidence=()), None, None
    return full, a_plan(CATALOGUE, full), a_result(CATALOGUE, seed=3, level=1)


def text_of(document: Document) -> str:
    return "\n".join(document.plain(spans) for spans in document.sentences())


def headings(document: Document, level: int = 1) -> list[str]:
    return [document.plain(one.spans) for one in document.blocks if isinstance(one, Heading) and one.level == level]


def table(document: Document, caption: str) -> list[list[str]]:
    for block in document.blocks:
        if isinstance(block, Table) and document.plain(block.caption) == caption:
            return [[document.plain(cell) for cell in row] for row in block.rows]
    raise AssertionError(f"no table {caption}")


def with_finding(result: Result, finding: Finding) -> Result:
    kept = tuple(finding if one.subject == finding.subject else one for one in result.findings)
    return replace(result, findings=kept)


def test_the_report_has_the_sections_an_assessor_expects_in_order() -> None:
    assert headings(a_report()) == [
        "评估结论",
        "各能力域情况",
        "否决项情况",
        "佐证质量",
        "未知事项及补证途径",
        "智能应用场景覆盖",
        "差距与改进计划",
        "与上次评估比较",
        "指标评定明细",
        "智能应用场景明细",
        "目标值设定情况",
        "佐证材料清单",
        "来源清单",
        "评估基本信息",
    ]
    assert a_report().name == "临江市12345政务服务便民热线智能化成熟度评估报告"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_of_both_files_is_a_fact_of_the_result(case: str, language: Language, tmp_path: Path) -> None:
    document = a_report(case, language)
    word, page = tmp_path / "report.docx", tmp_path / "report.html"
    word.write_bytes(to_docx(document))
    page.write_text(to_html(document), encoding="utf-8")
    for report in (document, word, page):
        assert verify(report, document.cited()) == []
    assert all(fact.fact_id.startswith("assessment:") for fact in document.cited())


def test_a_changed_heat_map_cell_is_found(tmp_path: Path) -> None:
    document = a_report()
    heat = next(block for block in document.blocks if isinstance(block, HeatMap))
    fact = next(cell.fact for _, cells in heat.rows for cell in cells if cell.fact.value is not None)
    page = tmp_path / "report.html"
    old = f'data-fact="{fact.fact_id}" data-aspect="v"'
    head, _, tail = to_html(document).partition(old)
    assert tail
    close = tail.index("</data>")
    page.write_text(head + old + tail[: tail.index(">") + 1] + "99.9分" + tail[close:], encoding="utf-8")
    assert any(fact.fact_id in problem.zh for problem in verify(page, document.cited()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_equal_results_give_equal_bytes(language: Language) -> None:
    once, again = (
        compose_assessment(
            a_result(a_catalogue()), a_catalogue(), a_plan(CATALOGUE, a_result(CATALOGUE)), None, language
        )
        for _ in range(2)
    )
    assert to_docx(once) == to_docx(again)
    assert to_html(once) == to_html(again)


def test_the_standards_label_stands_before_the_first_section() -> None:
    for language in ("zh", "en"):
        document = a_report("full", language)
        before = []
        for block in document.blocks:
            if isinstance(block, Heading):
                break
            before.append(block)
        notice = next(block for block in before if isinstance(block, Notice))
        assert CATALOGUE.label.to(language) in document.plain(notice.spans)
        assert CATALOGUE.title.to(language) in document.plain(notice.spans)


def test_the_four_numbers_stand_together() -> None:
    document = a_report()
    overall = a_result(CATALOGUE).scoring.overall
    assert overall.score is not None
    numbers = [f"{overall.coverage:.1%}", *(f"{n * 100:.1f}" for n in (overall.score, overall.lower, overall.upper))]
    assert table(document, "总体结论") == [["2级（规范级）", *numbers]]


def test_obstacles_are_told_in_sentences_by_kind() -> None:
    result = a_result(CATALOGUE, level=3, gates=[GateState.CLOSED] * 3)
    obstacles = (
        *(Obstacle("required", id_, Text("x", "x")) for id_ in ("D1.1.1", "D2.1.1")),
        Obstacle("threshold", "4", Text("x", "x")),
        Obstacle("domain", "D1", Text("x", "x")),
        Obstacle("gate", "G1", Text("x", "x")),
    )
    document = compose_assessment(replace(result, scoring=replace(result.scoring, obstacles=obstacles)), CATALOGUE)
    text = text_of(document)
    assert "达到4级（量化级），尚有以下差距：" in text
    assert "一是否决项尚未全部符合。紧急线索移交共1项" in text
    assert "二是必备指标未全部达到。" in text
    assert "三是总分下限不足。现为" in text
    assert "要求不低于60.0分" in text
    assert "四是能力域发展不均衡。各能力域均须达到3级（集成级），其中接入与话务为3级（集成级）。" in text
    assert [row[1] for row in table(document, "影响升级的必备指标")] == [
        "D1.1.1 第0号指标的达成情况",
        "D2.1.1 第3号指标的达成情况",
    ]


def opening(document: Document) -> str:
    """Return all that stands before the first table: page one."""
    told = []
    for block in document.blocks:
        if isinstance(block, Table):
            break
        if not isinstance(block, Heading | Chart | HeatMap):
            told.append(document.plain(block.spans))
    return "\n".join(told)


def test_page_one_says_which_level_how_sure_and_what_next() -> None:
    text = opening(a_report())
    assert "智能化成熟度为2级（规范级）。" in text
    assert "证据覆盖率" in text
    assert "尚不能判断" in text
    assert "下一步，达到3级（集成级）须完成改进任务" in text
    assert "材料方面，优先提交" in text


def test_page_one_says_that_claims_gave_way_and_that_a_gate_limits_the_level() -> None:
    notices = [a_report().plain(one.spans) for one in a_report().blocks if isinstance(one, Notice)]
    assert any("自报结果与复核结果不符" in one for one in notices)
    assert any("不计否决项，按其他条件可达3级（集成级）" in one for one in notices)


@pytest.mark.parametrize("known", [True, False])
def test_what_fails_is_told_apart_from_what_is_not_shown(known: bool) -> None:
    result = a_result(CATALOGUE, gates=[GateState.CLOSED] * 3)
    wanted = next(one for one in result.findings if (one.verdict in {Verdict.PARTLY, Verdict.NOT_MET}) is known)
    wanted = wanted if known else replace(wanted, verdict=Verdict.UNKNOWN, credit=None, backing=None)
    obstacles = (Obstacle("required", wanted.subject, Text("x", "x")),)
    result = replace(with_finding(result, wanted), scoring=replace(result.scoring, obstacles=obstacles))
    text = opening(compose_assessment(result, CATALOGUE))
    assert ("不是缺少材料所致" in text) is known
    assert ("尚不能判断是否达到" in text) is not known


def test_an_open_gate_must_be_mended_and_one_not_shown_must_be_shown() -> None:
    result = a_result(CATALOGUE, gates=[GateState.OPEN, GateState.UNSHOWN, GateState.CLOSED])
    obstacles = tuple(Obstacle("gate", id_, Text("x", "x")) for id_ in ("G1", "G2"))
    text = text_of(compose_assessment(replace(result, scoring=replace(result.scoring, obstacles=obstacles)), CATALOGUE))
    assert (
        "紧急线索移交共1项存在不符合情形，须整改后重新核查；办理不外包共1项须以足够样本或查验记录证明符合要求" in text
    )


def test_numbers_that_differ_never_read_the_same_in_one_row() -> None:
    result = a_result(CATALOGUE)
    one = next(
        one for one in result.findings
        if one.answer and one.verdict is Verdict.PARTLY and CATALOGUE.indicator(one.subject).unit == "share"
    )  # fmt: skip
    indicator = CATALOGUE.indicator(one.subject)
    target = indicator.target.value
    assert one.answer is not None
    assert target is not None
    near = replace(one, answer=replace(one.answer, value=target - 0.0004, interval=None))
    rows = [
        row
        for domain in CATALOGUE.domains
        for row in table(compose_assessment(with_finding(result, near), CATALOGUE), f"{domain.name.zh}评定明细")
    ]
    shown = next(row for row in rows if row[0] == one.subject)
    assert shown[4] == f"{(target - 0.0004) * 100:.2f}%"


def test_without_logs_scenarios_are_one_sentence() -> None:
    result = a_result(CATALOGUE)
    blind = tuple(replace(one, exists=None, effect=None) for one in result.scenarios)
    document = compose_assessment(replace(result, scenarios=blind), CATALOGUE)
    assert "均无从判断是否已应用" in text_of(document)
    with pytest.raises(AssertionError):
        table(document, "智能应用场景明细")


def test_gates_not_shown_are_told_apart_from_gates_not_in_order() -> None:
    rows = table(a_report(), "否决项情况")
    assert [row[1] for row in rows] == ["符合", "未能证明符合", "不符合"]
    assert rows[0][2:4] == ["100.0%", "40"]
    assert rows[1][2:4] == ["—", "—"]
    assert {row[5] for row in rows} == {"P1（A）"}
    assert "不符合的有1项：无虚假办结；未能证明符合的有1项：办理不外包。" in text_of(a_report())


def test_every_indicator_stands_in_the_appendix_once() -> None:
    document = a_report()
    found = [row[0] for domain in CATALOGUE.domains for row in table(document, f"{domain.name.zh}评定明细")]
    assert found == [one.id for one in CATALOGUE.indicators]


def test_every_target_shown_carries_its_nature_and_source() -> None:
    document = a_report()
    rows = [row for domain in CATALOGUE.domains for row in table(document, f"{domain.name.zh}评定明细")]
    by_id = {row[0]: row for row in rows}
    for one in CATALOGUE.indicators:
        row = by_id[one.id]
        if row[3] == "不适用":
            assert row[5] == "—"
        elif one.target.source:
            assert row[5].endswith("，公开目标，P1（A）")
            assert row[5][0] in {"≥", "≤"} or "及以上" in row[5]
        else:
            assert row[5] == "未设定" or row[5].endswith("，市热线办设定")


def test_every_verdict_names_what_it_rests_on() -> None:
    titles = {one.name: one.title.zh for one in a_result(CATALOGUE).evidence}
    rows = [row for domain in CATALOGUE.domains for row in table(a_report(), f"{domain.name.zh}评定明细")]
    by_id = {row[0]: row for row in rows}
    for one in a_result(CATALOGUE).findings:
        if one.verdict.known:
            assert by_id[one.subject][6].endswith("：" + "、".join(titles[name] for name in one.evidence))
        else:
            assert by_id[one.subject][6] == "—"


def test_a_target_set_for_this_assessment_is_shown_with_who_and_why() -> None:
    result = a_result(CATALOGUE)
    one = result.targets[0]
    assert table(a_report(), "自行设定的目标值") == [
        [
            f"{one.subject} {CATALOGUE.indicator(one.subject).name.zh}",
            "85%",
            "50%",
            "市热线办",
            "参照2025年本市水平",
        ]
    ]


def test_claims_that_a_recheck_replaced_are_shown_beside_it() -> None:
    result = a_result(CATALOGUE)
    replaced = [one.subject for one in result.findings if one.replaced is not None]
    assert replaced
    rows = table(a_report(), "被复核取代的自报结果")
    assert [row[0].split()[0] for row in rows] == replaced
    assert all(row[1] != row[2] for row in rows)


def test_expired_evidence_is_named_and_said_to_count_as_missing() -> None:
    assert [row[0] for row in table(a_report(), "已过期的材料")] == ["《工单办理规程》（2023年修订）"]
    assert "视同未提交" in text_of(a_report())


def test_exports_that_would_raise_coverage_are_listed_with_their_columns_in_words() -> None:
    result = a_result(CATALOGUE)
    document = compose_assessment(result, CATALOGUE, titles={"emergencies.adopted": Text("是否采纳", "adopted")})
    rows = table(document, "建议补充提交的材料")
    assert [row[0] for row in rows] == [one.title.zh for one in result.wanted]
    assert rows[0][1] == "shown_at、是否采纳、handed_over"
    assert rows[0][2] == "12.0"


def test_scenarios_are_counted_by_stage_and_by_whom_they_serve() -> None:
    rows = table(a_report(), "按环节分的场景应用情况（个）")
    assert [sum(int(row[n]) for row in rows) for n in range(1, 7)] == [8, 4, 2, 2, 2, 2]
    assert sum(int(row[1]) for row in table(a_report(), "按服务对象分的场景应用情况（个）")) == 8
    detail = {row[0].split()[0]: row for row in table(a_report(), "智能应用场景明细")}
    assert detail["S01"][6] == "-12.53（-15.20～-9.80）"
    assert detail["S02"][6] == "未证实"


def test_the_plan_says_what_it_takes_and_where_it_leads() -> None:
    result, plan, _ = dossier("full")
    assert plan is not None
    rows = table(a_report(), "改进任务")
    assert len(rows) == len(plan.steps)
    assert {row[4] for row, step in zip(rows, plan.steps, strict=True) if step.now is None} == {"未知"}
    assert f"估计工作量{plan.effort_days}人日" in text_of(a_report())
    assert "总分下限63.0分、上限82.0分" in text_of(a_report())
    unproven = compose_assessment(result, CATALOGUE, replace(plan, optimal=False))
    assert "未证明工作量最小" in text_of(unproven)


def test_results_by_other_standards_are_not_compared() -> None:
    result = a_result(CATALOGUE)
    other = replace(a_result(CATALOGUE, seed=3), standard_fingerprint="0" * 64)
    document = compose_assessment(result, CATALOGUE, None, other)
    assert "采用的标准内容与本次不同，与本次结果不可比" in text_of(document)
    with pytest.raises(AssertionError):
        table(document, "总体结果对照")
    assert "的适用类型与本次不同" in text_of(
        compose_assessment(result, CATALOGUE, None, replace(result, profile="county"))
    )


def test_verdicts_that_changed_since_last_time_are_listed() -> None:
    result = a_result(CATALOGUE)
    met = next(one for one in result.findings if one.verdict is Verdict.MET)
    before = with_finding(result, replace(met, verdict=Verdict.PARTLY, credit=0.5))
    rows = table(compose_assessment(result, CATALOGUE, None, before), "结论有变化的指标")
    assert [row[:3] for row in rows] == [
        [f"{met.subject} {CATALOGUE.indicator(met.subject).name.zh}", "部分达到", "达到"]
    ]
    assert "各指标结论与上次相同。" in text_of(compose_assessment(result, CATALOGUE, None, result))


def test_without_an_earlier_result_there_is_no_section_on_it() -> None:
    assert "与上次评估比较" not in headings(a_report("bare"))


def test_a_centre_that_hands_nothing_in_reads_unknown_and_never_nought() -> None:
    document = a_report("nothing")
    assert table(document, "总体结论") == [["未定级", "0.0%", "数据不足", "0.0", "100.0"]]
    assert "未知不等于没有做到" in text_of(document)
    heat = next(block for block in document.blocks if isinstance(block, HeatMap))
    assert {cell.shade for _, cells in heat.rows for cell in cells} == {None}


def test_the_highest_level_has_no_obstacles_and_needs_no_plan() -> None:
    text = text_of(a_report("everything"))
    assert "已达到本模型的最高等级。" in text
    assert "不需要升级计划" in text
    assert "适用指标均已形成结论，没有未知事项。" in text


def test_the_radar_draws_each_domain_with_its_bounds_and_can_be_edited_in_word() -> None:
    document = a_report()
    radar = next(block for block in document.blocks if isinstance(block, Chart))
    assert (radar.kind, len(radar.categories), len(radar.series)) == ("radar", 4, 3)
    with zipfile.ZipFile(io.BytesIO(to_docx(document))) as archive:
        assert b"radarChart" in archive.read("word/charts/chart1.xml")
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("word/embeddings/chart1.xlsx"))).active
    assert [cell.value for cell in sheet[1]][1:] == ["得分", "下限", "上限"]
    page = to_html(document)
    assert 'class="radar"' in page
    assert page.count("<circle") == 4


def test_a_domain_without_a_score_is_a_gap_in_the_radar() -> None:
    result = a_result(CATALOGUE)
    blank = PartResult("D1", Score(0.0, None, 0.0, 1.0, 5.0), 0)
    scoring = replace(result.scoring, domains=(blank, *result.scoring.domains[1:]))
    page = to_html(compose_assessment(replace(result, scoring=scoring), CATALOGUE))
    assert page.count("<circle") == 3


def test_the_heat_map_reads_without_colours() -> None:
    document = a_report()
    heat = next(block for block in document.blocks if isinstance(block, HeatMap))
    assert [len(cells) for _, cells in heat.rows] == [1, 2, 3, 4]
    page = to_html(document)
    for _, cells in heat.rows:
        for cell in cells:
            assert document.plain(cell.name) in page
    opened = docx.Document(io.BytesIO(to_docx(document)))
    grid = next(one for one in opened.tables if "w:shd" in one._tbl.xml)
    assert "thinDiagStripe" in grid._tbl.xml
    assert "数据不足" in grid._tbl.xml


def test_the_appendices_lie_on_their_side_and_repeat_their_heads() -> None:
    opened = docx.Document(io.BytesIO(to_docx(a_report())))
    sizes = [
        (round(one.page_width.mm), round(one.page_height.mm))
        for one in opened.sections
        if one.page_width and one.page_height
    ]
    assert sizes == [(210, 297), (297, 210)]
    assert all(
        "w:tblHeader" in grid.rows[0]._tr.xml and "w:cantSplit" in grid.rows[0]._tr.xml for grid in opened.tables
    )


def test_names_from_outside_stay_words(tmp_path: Path) -> None:
    result = a_result(CATALOGUE, name="<script>alert(1)</script>{first} &amp; 第3中心\x0b")
    document = compose_assessment(result, CATALOGUE, a_plan(CATALOGUE, result))
    page = tmp_path / "report.html"
    page.write_text(to_html(document), encoding="utf-8")
    word = tmp_path / "report.docx"
    word.write_bytes(to_docx(document))
    assert "<script" not in page.read_text(encoding="utf-8")
    assert verify(page, document.cited()) == verify(word, document.cited()) == []


def test_a_standard_of_hundreds_of_indicators_is_reported_in_seconds() -> None:
    many: Catalogue = a_catalogue(per_capability=20, scenarios=60)
    document = compose_assessment(a_result(many), many, a_plan(many, a_result(many)))
    assert sum(isinstance(block, Table) for block in document.blocks) > 20
    assert len(many.indicators) == 200
