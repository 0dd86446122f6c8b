from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.citypack import check
from suqiu.datafiles.file_fault import FileFault
from suqiu.domain.errors import NotFound
from tests.citypack.factories import FILES, feature, geojson, square, write_pack

WHOLE = FILES["regions.geojson"]


def one_fault(tmp_path: Path, file: str, text: str | None) -> FileFault:
    faults = check(write_pack(tmp_path, **{file: text}))
    assert len(faults) == 1, [f"{fault.file}:{fault.line} {fault.message.en}" for fault in faults]
    return faults[0]


def test_a_sound_pack_has_no_faults(tmp_path: Path) -> None:
    assert check(write_pack(tmp_path)) == []


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no_folder"):
        check(tmp_path / "nowhere")


#: file, what stands there, what is written instead, the fault's line, words of its message, words of its hint.
SPOILED = [
    ("city.yaml", "name: 小城市\n", "", 1, "“name” is missing", "fill in"),
    ("city.yaml", "name: 小城市", "name: ' '", 1, "“name” is empty", "fill in"),
    ("city.yaml", "name: 小城市", "name: 12", 1, "“name” has a wrong value: 12", "quotes"),
    ("city.yaml", "name: 小城市", "name: [甲]", 1, "“name” has a wrong value", "a text"),
    ("city.yaml", "Asia/Shanghai", "Asia/Shangahi", 3, "no time zone “Asia/Shangahi”", "Asia/Shanghai"),
    ("city.yaml", "population: 100", "population: about", 4, "“population” has a wrong value: about", "whole number"),
    ("city.yaml", "population: 100", "population: 0", 4, "“population” has a wrong value", "from 1"),
    ("city.yaml", "population: 100", "population: 103", 4, "103 residents, but its parts sum to 100", "figures"),
    ("city.yaml", "population: 100", "populaton: 100", 4, "unknown key “populaton”", "is “population” meant"),
    ("city.yaml", "population: 100", "name: again", 4, "key “name” repeats", "keep one"),
    ("city.yaml", "population: 100", "population: : 1", 4, "YAML syntax", "indentation"),
    ("city.yaml", "population: 100", "[1]: 2", 4, "a key must be a word", "cities/linjiang"),
    ("city.yaml", "小城市", "小\x07城", 1, "invisible control character", "delete"),
    (
        "city.yaml",
        "name: 小城市\nenglish_name: Small",
        "name: &a 小\nenglish_name: *a",
        2,
        "anchors",
        "write the content out",
    ),
    (
        "taxonomy/01.yaml",
        'id: "01.01.02"',
        'id: "01.01.01"',
        8,
        "“01.01.01” repeats taxonomy/01.yaml line 7",
        "different",
    ),
    (
        "taxonomy/01.yaml",
        'id: "01.01.02"',
        'id: "01.02.02"',
        8,
        "“01.02.02” is not under its parent “01.01”",
        "one more",
    ),
    ("taxonomy/01.yaml", 'id: "01.01.02"', "id: 01.01.02x", 8, "“01.01.02x” is malformed", "dotted"),
    (
        "taxonomy/01.yaml",
        "name: 电梯故障",
        "name: 物业收费",
        8,
        "“物业收费” repeats taxonomy/01.yaml line 7",
        "different",
    ),
    ("taxonomy/01.yaml", "name: 电梯故障", "nane: 电梯故障", 8, "“name” is missing|unknown key “nane”", "name"),
    ("taxonomy/01.yaml", "name: 电梯故障}", "name: 电梯故障, children: 3}", 8, "a list with “-” is wanted", ""),
    ("taxonomy/02.yaml", '- {id: "02", name: 供水}', "- 供水", 1, "each item of the list must be a mapping|“02”", ""),
    ("duties/01.yaml", "lead: D01", "lead: D02", 5, "lead names “D02”, which does not exist", "is “D01” meant"),
    ("duties/01.yaml", "[U01, district]", "[U02]", 6, "assisting names “U02”", "is “U01” meant"),
    ("duties/01.yaml", "[U01, district]", "[D01]", 6, "the lead “D01” also assists", "take it out"),
    ("duties/01.yaml", "[U01, district]", "[U01, U01]", 6, "“U01” repeats", ""),
    ("duties/01.yaml", "[U01, district]", "U01", 6, "“assisting” has a wrong value", "a list"),
    ("duties/01.yaml", '"01.01"', '"01.03"', 2, "category names “01.03”", "01.01"),
    ("duties/01.yaml", "id: Z2", "id: Z1", 8, "“Z1” repeats duties/01.yaml line 1", "different"),
    ("departments.yaml", "kind: utility", "kind: utlity", 3, "kind knows no “utlity”", "is “utility” meant"),
    ("departments.yaml", "id: U01", "id: 9U", 3, "department id “9U” is malformed|", "D01"),
    ("departments.yaml", "name: 供水公司", "name: 住建局", 3, "“住建局” repeats departments.yaml line 2", "different"),
    ("departments.yaml", "[其他单位]", "[住建局]", 5, "“住建局” is both a department and none", "one place"),
    ("departments.yaml", 'region: "01"', 'region: "07"', 4, "region names “07”", "01"),
    ("departments.yaml", 'region: "01"', 'region: "01.01"', 4, "not of the level", "district"),
    (
        "departments.yaml",
        "kind: utility",
        'kind: utility, region: "01.01"',
        3,
        "only district and street",
        "delete the region",
    ),
    ("regions.csv", "id,name", "nr,name", 1, "the header must be id,name,level", "first line"),
    ("regions.csv", "01.02,山镇,street,40,,", "01.02,山镇,street,40,", 5, "5 columns where 6", "comma"),
    ("regions.csv", "01.02,山镇", "1_2,山镇", 5, "id “1_2” is malformed", "leading zeros"),
    ("regions.csv", "01.02,山镇", "01.01,山镇", 5, "id “01.01” repeats", ""),
    ("regions.csv", "山镇,street", "山镇,district", 5, "level “district” does not fit the id", "a street"),
    ("regions.csv", "山镇,street,40", ",street,40", 5, "the name is empty", "fill in"),
    ("regions.csv", "street,40", 'street,"4,0"', 5, "population “4,0” is no whole number", "without commas"),
    ("regions.csv", "street,40", "street,10", 2, "“东区” has 100 residents, but its parts sum to 70", "leave empty"),
    ("regions.csv", "山镇", "河街道", 5, "name “河街道” repeats within one parent", "01.01"),
    ("regions.csv", "01.02,山镇,street,40,,", "01.02,山镇,street,40,河街道,", 5, "name “河街道” repeats", "01.01"),
    ("regions.csv", "estate:花园", "garden:花园", 4, "place “garden:花园” is malformed", "estate"),
    ("regions.csv", "estate:花园;", "estate:花园；", 4, "full-width semicolon", "ASCII"),
    ("regions.csv", "road:一路;", "二路;", 4, "name “二路” is empty or repeats", "delete"),
    ("regions.csv", "01.02,山镇", '01.02,"山镇', 5, "CSV syntax", "quotes"),
    ("regions.geojson", '{"id": "01.02"}', '{"id": "01.03"}', 4, "“01.03” is not in regions.csv", "correct the id"),
    ("regions.geojson", '{"id": "01.02"}', '{"id": 1.02}', 4, "“1.02” is not in regions.csv", "a text"),
    ("regions.geojson", '{"id": "01.02"}', '{"id": "01.01"}', 4, "“01.01” has two outlines", ""),
    ("regions.geojson", "[111.0, 30.5]", '["111", 30.5]', 4, "no closed ring", "longitude"),
    ("regions.geojson", "[[110.5, 30], ", "[[110.6, 30], ", 4, "no closed ring", "three different corners"),
    ("regions.geojson", '"type": "FeatureCollection"', '"type": FeatureCollection', 1, "JSON syntax", ""),
    ("calendar.yaml", "last: 2027-12-31", "last: 2025-12-31", 2, "cannot span", "first comes before last"),
    ("calendar.yaml", "last: 2027-12-31", "last: 2028-12-31", 3, "lacks the year 2028", "announced: false"),
    ("calendar.yaml", "2026-01-02", "2026-02-30", 7, "not a day: 2026-02-30", "2026-03-01"),
    ("calendar.yaml", "2026-01-02", "2027-01-02", 7, "2027-01-02 is outside 2026", "move it"),
    ("calendar.yaml", "2026-01-02", "2026-01-01", 7, "2026-01-01 repeats", ""),
    ("calendar.yaml", "[2026-01-04]", "[2026-01-05]", 8, "2026-01-05 is no weekend", ""),
    ("calendar.yaml", "[2026-01-04]", "[2026-01-02]", 8, "both off and worked|is no weekend", ""),
    ("calendar.yaml", "year: 2027", "year: 2026", 9, "2026 repeats|lacks the year 2027", ""),
    ("calendar.yaml", "announced: true", "announced: yes", 5, "“announced” has a wrong value: yes", "true or false"),
    ("calendar.yaml", "announced: true", "announced: false", 5, "not announced and yet has days", "announced: true"),
    (
        "calendar.yaml",
        "announced: false",
        "announced: true",
        10,
        "announced and yet has no holiday",
        "announced: false",
    ),
    ("limits.yaml", "type: consult, urgency: urgent, ", "", 4, "already has a limit", "keep one"),
    ("limits.yaml", "amount: 15", "amount: 0", 3, "“amount” has a wrong value: 0", "from 1"),
    ("limits.yaml", "amount: 15", "amount: 1.5", 3, "“amount” has a wrong value: 1.5", "whole"),
    ("limits.yaml", "unit: days", "unit: day", 3, "unit knows no “day”", "is “days” meant"),
    ("limits.yaml", "to: release", "to: shelve", 6, "“shelve” stops the clock twice, or starts it too", "another"),
    (
        "weights.yaml",
        "report.top_n",
        "report.topn",
        None,
        "weight “report.top_n” is missing|unknown weight “report.topn”",
        "",
    ),
    ("weights.yaml", "value: 0.2", "value: 2", 29, "“value” has a wrong value: 2", "from 0 to 1"),
    ("weights.yaml", "value: 0.2", "value: 0.3", 28, "sum to 1.1, not to 1", "adjust"),
    ("weights.yaml", "value: 0.2\n  reason: 示例", "value: 0.2\n  reason:", 30, "“reason” is missing", "fill in"),
    ("knowledge/001.md", "---\nid: K1", "id: K1", 1, "the head between two lines", "begin with"),
    ("knowledge/001.md", '"02"', '"03"', 5, "category names “03”", ""),
    ("knowledge/001.md", "先核对公告。", "", 6, "the body is empty", "write"),
    ("knowledge/001.md", "title: 停水怎么办\n", "", 2, "“title” is missing", "fill in"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "message", "hint"), SPOILED, ids=[f"{s[0]}-{s[4][:30]}" for s in SPOILED]
)
def test_each_slip_is_named_with_its_line(
    tmp_path: Path, file: str, before: str, after: str, line: int | None, message: str, hint: str
) -> None:
    assert FILES[file].count(before) >= 1
    faults = check(write_pack(tmp_path, **{file: FILES[file].replace(before, after, 1)}))
    errors = [fault for fault in faults if fault.severity == "error" and fault.file == file]
    # An id that cannot be read may be missed elsewhere ("|"); no other slip may be said twice.
    assert "|" in message or len(errors) == sum(fault.severity == "error" for fault in faults)
    assert errors, faults
    for fault in errors:
        assert re.search(message, fault.message.en), fault.message
        assert fault.message.zh != fault.message.en
    if "|" not in message:
        assert [fault.line for fault in errors] == [line]
        assert hint in errors[0].hint.en
    else:
        assert line in {fault.line for fault in errors}


@pytest.mark.parametrize(
    "file", ["city.yaml", "departments.yaml", "regions.csv", "calendar.yaml", "limits.yaml", "weights.yaml"]
)
def test_a_missing_file_is_one_fault_and_breaks_no_reference(tmp_path: Path, file: str) -> None:
    changed: dict[str, str | None] = {file: None}
    if file == "regions.csv":
        changed["regions.geojson"] = None
    faults = check(write_pack(tmp_path, **changed))
    assert [(fault.file, fault.line, fault.message.en) for fault in faults] == [(file, None, "the file is missing")]


def test_a_missing_catalogue_folder_is_one_fault(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {"taxonomy/01.yaml": None, "taxonomy/02.yaml": None}
    fault, *others = check(write_pack(tmp_path, **changed))
    assert (fault.file, fault.line) == ("taxonomy/", None)
    assert not others


def test_outlines_and_knowledge_may_be_left_out(tmp_path: Path) -> None:
    assert check(write_pack(tmp_path, **{"regions.geojson": None, "knowledge/001.md": None})) == []


def test_single_files_serve_in_place_of_folders(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {f"{name}/{n}.yaml": None for name in ("taxonomy", "duties") for n in ("01", "02")}
    changed["taxonomy.yaml"] = FILES["taxonomy/01.yaml"] + FILES["taxonomy/02.yaml"]
    changed["duties.yaml"] = FILES["duties/01.yaml"]
    assert check(write_pack(tmp_path, **changed)) == []


def test_an_outline_that_leaves_its_parent_is_named(tmp_path: Path) -> None:
    text = geojson(feature("01", square(110, 30, 1)), feature("01.01", square(110.9, 30, 0.2)))
    fault = one_fault(tmp_path, "regions.geojson", text)
    assert (fault.line, fault.message.zh) == (3, "“01.01”的轮廓超出上级的范围")


@pytest.mark.parametrize(
    "ring",
    [
        [],
        [[110, 30], [110, 30], [110, 30], [110, 30]],
        [[110, 30], [110.2, 30.2], [110.4, 30.4], [110, 30]],
        [[200, 30], [201, 30], [201, 31], [200, 30]],
        [[110], [110], [110], [110]],
        "ring",
    ],
)
def test_an_outline_that_is_no_ring_is_named(tmp_path: Path, ring: object) -> None:
    fault = one_fault(tmp_path, "regions.geojson", geojson(feature("01", ring)))
    assert (fault.line, fault.message.en) == (2, "the outline is no closed ring")


@pytest.mark.parametrize("text", ["[]", "{}", '{"features": {}}', "3", '{"features": []}'])
def test_a_map_without_features_is_named(tmp_path: Path, text: str) -> None:
    assert one_fault(tmp_path, "regions.geojson", text).message.en == "there are no features"


def test_a_multi_polygon_is_refused_with_advice(tmp_path: Path) -> None:
    text = WHOLE.replace("Polygon", "MultiPolygon", 1)
    fault = one_fault(tmp_path, "regions.geojson", text)
    assert (fault.line, fault.message.en) == (2, "the outline must be a Polygon of one ring")


def test_a_leaf_without_duty_and_an_ungoverned_district_are_warnings(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        "duties/01.yaml": "- {id: Z1, category: '01.01.01', what: 收费, clause: 示例, lead: D01}\n",
        "departments.yaml": "departments:\n  - {id: D01, name: 市住建局, kind: bureau}\n",
        "taxonomy/03.yml": "- {id: '03', name: 供热}\n",
    }
    faults = check(write_pack(tmp_path, **changed))
    assert [(fault.severity, fault.file, fault.line) for fault in faults] == [
        ("warning", "regions.csv", 2),
        ("warning", "taxonomy/01.yaml", 8),
        ("warning", "taxonomy/02.yaml", 1),
        ("warning", "taxonomy/03.yml", None),
    ]


def test_children_without_population_do_not_contradict_their_parent(tmp_path: Path) -> None:
    text = FILES["regions.csv"].replace("street,40", "street,")
    assert check(write_pack(tmp_path, **{"regions.csv": text})) == []


def test_categories_deeper_than_four_levels_are_refused(tmp_path: Path) -> None:
    text = '- id: "02"\n  name: 一\n'
    for depth in range(1, 5):
        indent = "    " * depth
        id_ = ".".join(["02"] + ["01"] * depth)
        text += f'{indent[:-2]}children:\n{indent}- id: "{id_}"\n{indent}  name: 第{depth}\n'
    fault = next(fault for fault in check(write_pack(tmp_path, **{"taxonomy/02.yaml": text})))
    assert (fault.severity, fault.line, fault.message.en) == ("error", 12, "the taxonomy has at most 4 levels")


@pytest.mark.parametrize("file", ["city.yaml", "regions.csv", "regions.geojson", "knowledge/001.md"])
def test_a_file_that_is_not_utf8_is_named_with_the_line_of_its_first_bad_byte(tmp_path: Path, file: str) -> None:
    folder = write_pack(tmp_path)
    text = FILES[file] if file != "regions.geojson" else FILES[file].replace("Feature", "要素")
    (folder / file).write_bytes(b"\n" + text.encode("gb18030"))
    first = next(fault for fault in check(folder) if fault.file == file)
    assert first.message.zh == "文件不是UTF-8编码"
    assert first.line is not None
    assert first.line >= 2


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    for file, text in FILES.items():
        if not file.endswith(".geojson"):
            (folder / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert check(folder) == []


def test_lines_are_counted_across_quoted_line_breaks(tmp_path: Path) -> None:
    text = FILES["regions.csv"].replace("01.02,山镇,street,40,,", '01.02,山镇,street,40,"甲\n乙",\n01.03,,street,,,')
    faults = check(write_pack(tmp_path, **{"regions.csv": text}))
    assert [(fault.line, fault.message.en) for fault in faults] == [(7, "the name is empty")]


def test_all_faults_are_found_at_once_errors_first(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        "city.yaml": FILES["city.yaml"].replace("100", "none"),
        "limits.yaml": None,
        "duties/01.yaml": FILES["duties/01.yaml"].replace("lead: D01", "lead: X").replace('"02"', '"09"'),
    }
    faults = check(write_pack(tmp_path, **changed))
    assert [(fault.severity, fault.file, fault.line) for fault in faults] == [
        ("error", "city.yaml", 4),
        ("error", "duties/01.yaml", 5),
        ("error", "duties/01.yaml", 8),
        ("error", "limits.yaml", None),
        ("warning", "taxonomy/02.yaml", 1),
    ]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end_is_refused_and_breaks_nothing(tmp_path: Path, opening: str) -> None:
    fault = one_fault(tmp_path, "limits.yaml", opening * 100_000)
    assert (fault.line, fault.message.en) == (1, "the nesting is too deep")


@pytest.mark.parametrize("file", sorted(FILES))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.floats(0, 1),
    cut=st.integers(0, 30),
    inserted=st.binary(max_size=4) | st.sampled_from([b"[", b"-", b": ", b'"']),
)
def test_no_damage_to_a_file_is_more_than_a_fault(
    tmp_path_factory: pytest.TempPathFactory, file: str, at: float, cut: int, inserted: bytes
) -> None:
    folder = write_pack(tmp_path_factory.mktemp("damaged"))
    raw = FILES[file].encode()
    begin = int(at * len(raw))
    (folder / file).write_bytes(raw[:begin] + inserted + raw[begin + cut :])
    for fault in check(folder):
        assert fault.message.zh
        assert fault.hint.en
