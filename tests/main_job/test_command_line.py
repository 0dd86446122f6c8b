"""The command line as a person meets it: every command, every refusal, in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from suqiu import cli
from suqiu.app import Suqiu
from suqiu.domain.text import Text
from tests.main_job.foreign import write_bare, write_export
from tests.main_job.killing import command
from tests.main_job.making import small_export, small_run

COMMANDS = (
    "run", "intake", "preview", "read", "sense", "measure", "report", "verify", "simulate", "city"
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line that says what is wrong."""
        (line,) = [line for line in self.err.splitlines() if line and not line.startswith("…")]
        return line


Shell = Callable[..., Said]


@pytest.fixture
def suqiu(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell that knows one command, in a wide window."""
    monkeypatch.setenv("COLUMNS", "200")

    def shell(*words: object) -> Said:
        with pytest.raises(SystemExit) as left:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return shell


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_export(tmp_path_factory)


@pytest.fixture
def result(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """Return a finished run of one's own."""
    return Path(shutil.copytree(small_run(tmp_path_factory), tmp_path / "result"))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return write_bare(tmp_path / "bare.csv")


@pytest.mark.parametrize(("language", "word"), [("zh", "工单"), ("en", "orders")])
def test_help_names_every_command_in_each_language(suqiu: Shell, language: str, word: str) -> None:
    said = suqiu("--lang", language, "--help")
    assert said.code == 0
    assert all(re.search(rf"\b{name}\b", said.out) for name in COMMANDS)
    assert word in said.out
    assert "130" in said.out  # the exit codes are told


@pytest.mark.parametrize("name", [*COMMANDS, "city init", "city check"])
def test_every_command_explains_itself_in_both_languages(suqiu: Shell, name: str) -> None:
    chinese, english = suqiu(*name.split(), "--help"), suqiu("--lang=en", *name.split(), "--help")
    assert chinese.code == english.code == 0
    assert re.search("[\u4e00-\u9fff]{4}", chinese.out)
    assert not re.search("[\u4e00-\u9fff]{4}", english.out.replace("参数", "").replace("选项", ""))


def test_without_a_command_the_help_is_shown(suqiu: Shell) -> None:
    for words in ([], ["city"]):
        said = suqiu(*words)
        assert said.code == 64
        assert "--help" in said.out
        assert not said.err


def test_the_version_is_told(suqiu: Shell) -> None:
    assert re.fullmatch(r"suqiu \d+\.\d+\.\d+\n", suqiu("--version").out)


def test_stages_work_one_after_the_other_and_give_what_a_run_gives(suqiu: Shell, bare: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stages"
    assert "120" in suqiu("intake", bare, "--city", "linjiang", "--out", folder).out
    for stage in ("read", "sense", "measure", "report", "verify"):
        said = suqiu(stage, folder)
        assert said.code == 0, said.err
        assert said.out.strip()
    assert suqiu("run", bare, "--city", "linjiang", "--out", tmp_path / "run").code == 0
    for name in ("facts.json", "report.docx", "report.html", "run.json", "lake/readings.parquet"):
        assert (folder / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_a_stage_does_the_stages_before_it_when_they_are_missing(suqiu: Shell, bare: Path, tmp_path: Path) -> None:
    suqiu("intake", bare, "--city", "linjiang", "--out", tmp_path / "out")
    assert suqiu("report", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "report.docx").exists()


def test_an_export_with_number_time_and_text_gets_a_report_that_says_what_is_unknown_and_why(
    suqiu: Shell, bare: Path, tmp_path: Path
) -> None:
    assert suqiu("run", bare, "--city", "linjiang", "--out", tmp_path / "out").code == 0
    facts = json.loads((tmp_path / "out" / "facts.json").read_text("utf-8"))
    missing = [fact for fact in facts if fact["outcome"] == "unknown"]
    assert {"C1", "C3", "C16", "C17"} <= {fact["measure"] for fact in missing}
    assert all(fact["value"] is None and fact["reason"]["zh"] and fact["reason"]["en"] for fact in missing)
    (total,) = [fact["value"] for fact in facts if fact["measure"] == "V1" and fact["slice"]["dimension"] == "all"]
    assert total == 120
    assert "数据不足" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert suqiu("verify", tmp_path / "out").code == 0


def test_another_hotlines_export_gets_a_pack_that_passes_its_check_and_runs_to_a_report(
    suqiu: Shell, tmp_path: Path
) -> None:
    export, pack = write_export(tmp_path / "letters.csv"), tmp_path / "packs" / "elsewhere"
    shown = suqiu("preview", export, "--city", "linjiang")
    assert "信件编号" in shown.out
    drafted = suqiu("city", "init", export, "--out", pack, "--name", "示例市")
    assert drafted.code == 0, drafted.err
    assert {"city.yaml", "departments.yaml", "regions.csv", "mapping.yaml"} <= {path.name for path in pack.iterdir()}
    checked = suqiu("city", "check", pack)
    assert checked.code == 0, checked.out
    ran = suqiu("run", export, "--city", pack, "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert "200" in ran.out
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "示例市" in page
    assert all(unit in page for unit in ("城管局", "水务公司"))
    assert suqiu("city", "init", export, "--out", pack).code == 4  # an edited pack is never lost


def test_from_and_to_restrict_the_report(suqiu: Shell, bare: Path, tmp_path: Path) -> None:
    words = ("run", bare, "--city", "linjiang", "--out", tmp_path / "out", "--from", "2026-03-10", "--to", "2026-03-16")
    assert suqiu(*words).code == 0
    facts = json.loads((tmp_path / "out" / "facts.json").read_text("utf-8"))
    (total,) = [fact["value"] for fact in facts if fact["fact_id"] == "V1@2026-03-10_2026-03-16"]
    rows = bare.read_text("utf-8").splitlines()[1:]
    assert total == sum("2026-03-10" <= row.split(",")[1][:10] <= "2026-03-16" for row in rows)
    assert suqiu("measure", tmp_path / "out", "--from", "2026-03-20").code == 0
    assert json.loads((tmp_path / "out" / "job.json").read_text("utf-8"))["first"] == "2026-03-20"


REFUSALS = {
    "missing source": (("run", "nowhere.csv", "--city", "linjiang", "--out", "new"), 3, "intake.no_such_file"),
    "missing city": (("run", "bare.csv", "--city", "nowhere", "--out", "new"), 3, "city.not_found"),
    "unknown format": (("run", "letter.pdf", "--city", "linjiang", "--out", "new"), 2, "intake.unknown_format"),
    "no day": (("run", "bare.csv", "--city", "linjiang", "--out", "new", "--from", "2026-13-01"), 2, "cli.bad_day"),
    "reversed": (
        ("run", "bare.csv", "--city", "linjiang", "--out", "new", "--from", "2026-03-02", "--to", "2026-03-01"),
        2,
        "job.reversed_period",
    ),
    "empty": (("run", "bare.csv", "--city", "linjiang", "--out", "new", "--from", "2030-01-01"), 2, "job.empty_period"),
    "no run": (("report", "empty"), 3, "job.none"),
    "no report": (("verify", "empty"), 3, "job.none"),
    "in the way": (("run", "bare.csv", "--city", "linjiang", "--out", "letter.pdf"), 6, "cli.file"),
    "pack not empty": (("city", "init", "bare.csv", "--out", "empty"), 4, "city.exists"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_one_line_with_a_hint_and_its_exit_code(
    suqiu: Shell, case: str, language: str, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare.parent)
    Path("letter.pdf").write_bytes(b"%PDF-1.4")
    Path("empty").mkdir()
    Path("empty", "note.txt").write_text("kept")
    words, code, name = REFUSALS[case]
    said = suqiu("--lang", language, *words)
    assert said.code == code
    assert said.refusal.startswith("错误：" if language == "zh" else "error: ")
    assert said.refusal.endswith(f"[{name}]")
    assert bool(re.search("[\u4e00-\u9fff]", said.refusal)) == (language == "zh")
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "words", [["nonsense"], ["run"], ["run", "a.csv", "--nonsense"], ["simulate", "--months", "99", "--out", "x"]]
)
def test_wrong_usage_is_told_in_one_line_with_code_64(suqiu: Shell, words: list[str]) -> None:
    chinese, english = suqiu(*words), suqiu(*words, "--lang", "en")
    assert chinese.code == english.code == 64
    assert chinese.refusal.startswith("用法错误：")
    assert english.refusal.startswith("usage: ")
    assert "--help" in chinese.refusal
    assert "--help" in english.refusal


def test_an_unknown_language_is_refused_wherever_it_stands(suqiu: Shell) -> None:
    for words in (("--lang", "fr", "city", "check", "linjiang"), ("city", "check", "linjiang", "--lang=fr")):
        said = suqiu(*words)
        assert (said.code, "cli.bad_language" in said.refusal) == (2, True)


def test_a_defect_is_told_as_one_with_code_70(
    suqiu: Shell, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("suqiu.app.Suqiu.run", broken)
    said = suqiu("run", bare, "--city", "linjiang", "--out", tmp_path / "out", "--lang", "en")
    assert said.code == 70
    assert "ZeroDivisionError" in said.err.splitlines()[-1]


def test_the_report_can_be_written_again_in_english(suqiu: Shell, result: Path) -> None:
    assert suqiu("--lang", "en", "report", result).code == 0
    page = (result / "report.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "government hotline" in page
    assert suqiu("verify", result, "--lang", "en").code == 0
    assert json.loads((result / "run.json").read_text("utf-8"))["settings"] == {"language": "en"}


def test_a_number_changed_by_hand_in_the_web_report_is_found(suqiu: Shell, result: Path) -> None:
    assert suqiu("verify", result).code == 0
    page = (result / "report.html").read_text("utf-8")
    forged, count = re.subn(r'(<data value="\d+" [^>]*>\d[\d,]*)(</data>)', r"\g<1>9\g<2>", page, count=1)
    assert count == 1
    (result / "report.html").write_text(forged, "utf-8")
    said = suqiu("verify", result)
    assert (said.code, "report.unproved" in said.refusal) == (4, True)


def test_a_number_changed_by_hand_in_the_word_report_is_found(suqiu: Shell, result: Path) -> None:
    with zipfile.ZipFile(result / "report.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    control = r"(<w:sdtContent>(?:(?!</w:sdt>).)*?<w:t(?: [^>]*)?>\d[\d,]*)(</w:t>)"
    forged, count = re.subn(control, r"\g<1>9\g<2>", parts["word/document.xml"].decode(), count=1)
    assert count == 1
    with zipfile.ZipFile(result / "report.docx", "w") as archive:
        for name, content in (parts | {"word/document.xml": forged.encode()}).items():
            archive.writestr(name, content)
    said = suqiu("verify", result)
    assert (said.code, "report.unproved" in said.refusal) == (4, True)


def test_an_interrupt_ends_with_130_and_the_next_run_goes_on(export: Path, tmp_path: Path) -> None:
    words = command("run", str(export), "--city", "linjiang", "--out", str(tmp_path / "out"))
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "推算时限" in line:
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait() == 130
    assert "已中断" in rest
    assert "Traceback" not in rest
    assert (tmp_path / "out" / "lake" / ".stages" / "learn.json").exists()


@pytest.mark.parametrize("swallowed", [True, False])
def test_an_interrupt_that_an_engine_takes_for_its_own_error_or_swallows_is_heeded(
    suqiu: Shell, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swallowed: bool
) -> None:
    def engine(house: Suqiu, *_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as stop:
            if not swallowed:
                raise RuntimeError("query interrupted") from stop
        house.progress(Text("下一环节", "the next stage"), 0.0)
        raise AssertionError("went on")

    monkeypatch.setattr("suqiu.app.Suqiu.run", engine)
    said = suqiu("run", bare, "--city", "linjiang", "--out", tmp_path / "out")
    assert said.code == 130
    assert said.refusal == "已中断；再次运行即从断点继续。"


def test_no_network_is_needed(bare: Path, tmp_path: Path) -> None:
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    environment = os.environ | dict.fromkeys(names, "http://127.0.0.1:9")
    words = command("run", str(bare), "--city", "linjiang", "--out", str(tmp_path / "out"))
    apart = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    prefix = ["unshare", "-rn"] if apart else []
    done = subprocess.run([*prefix, *words], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "out" / "report.docx").exists()
    if not apart:
        pytest.skip("this machine does not permit a network namespace: only proxies were cut off")
