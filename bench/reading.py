"""The whole reading of an order against the same steps done with jieba, scikit-learn and Python's re.

`python -m bench.reading` simulates orders, takes them in, learns from the smallest lot, and times all that the main
job reads of an order: type, category, department, place, urgency, route and feeling (`Reader.read`), what the order
names (`Extractor.extract`), and how well the reply answers (`ReplyJudge`). It prints orders a second on one and two
processes, for growing lots, the time of a single order, and the ratio to the peer on the same orders and machine.
There are two peers: one with the short lists of cues of an afternoon's script, one with our own cues. Both look for
less than we do (no normal forms, no evidence, no place in a tree), which is in their favour.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bench.main_job import simulated
from suqiu import citypack, reading
from suqiu.app import Suqiu
from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.reading.extract import Extractor
from suqiu.reading.feeling import shipped_feelings
from suqiu.reading.pipeline import Reader, said_in
from suqiu.reading.reply import ReplyCorpus, ReplyJudge, shipped_reply_cues
from suqiu.reading.routes import shipped_rules
from suqiu.reading.urgency import shipped_cues

#: Orders handed over at a time, as the lake hands them to the main job, about.
_BATCH = 8_192
_STEPS = ("read", "extract", "replies")
_SINGLE = 200
_TAUGHT = 8_000


class Ours:
    """Everything that the main job reads of an order."""

    def __init__(self, reader: Reader, city: City) -> None:
        self._reader = reader
        self._extractor = Extractor(city)
        self._judge = ReplyJudge(shipped_reply_cues())

    def read(self, orders: pa.Table, seconds: dict[str, float] | None = None) -> int:
        """Read orders; return how many claims and mentions there were."""
        found, corpus = 0, ReplyCorpus()
        spent = dict.fromkeys(_STEPS, 0.0) if seconds is None else seconds
        batches = orders.to_batches(max_chunksize=_BATCH)
        for batch in batches:
            started = time.perf_counter()
            claims, _ = self._reader.read(batch)
            read = time.perf_counter()
            found += len(claims) + len(self._extractor.extract(batch, said_in(batch)))
            extracted = time.perf_counter()
            self._judge.learn(corpus, said_in(batch), batch.column("reply"))
            spent["read"] += read - started
            spent["extract"] += extracted - read
            spent["replies"] += time.perf_counter() - extracted
        for batch in batches:
            started = time.perf_counter()
            self._judge.judge(said_in(batch), batch.column("reply"), batch.column("order_id"), corpus=corpus)
            spent["replies"] += time.perf_counter() - started
        return found


_HINT = re.compile(
    r"请[^，。！？\n]{1,20}(?:核实处理|核实|处理|回复)[^，。！？\n]{0,12}[。！]?$|[（(]请[^（）()]{1,60}[）)]"
)
_URGENT = {
    "fire": "火灾|着火|起火|冒烟|失火",
    "gas": "燃气泄漏|煤气味|漏气|煤气泄漏",
    "self_harm": "自杀|轻生|跳楼|不想活|割腕",
    "violence": "打人|持刀|砍人|群殴|家暴",
    "crowd": "聚集|上访|堵路|拉横幅|围堵",
    "wages": "拖欠工资|欠薪|讨薪|不发工资",
    "outage": "停水|停电|停气|停暖",
    "collapse": "塌陷|坍塌|倒塌|掉落",
    "food": "食物中毒|上吐下泻|中毒",
    "trapped": "被困|电梯困人|走失|溺水",
}
_ROUTES = {
    "court": "法院|起诉|判决|执行案件",
    "arbitration": "劳动仲裁|仲裁委",
    "petition": "信访局|信访事项",
    "police": "报警|110|立案",
    "discipline": "纪委|监委|举报.{0,6}贪污",
    "military": "部队|武警|军队",
    "medical": "120|急救",
    "fire": "119|消防",
}
_FEELINGS = {
    "despair": "绝望|活不下去|走投无路",
    "abuse": "王八蛋|混蛋|不要脸|畜生",
    "ultimatum": "再不.{0,8}就|曝光|找媒体|起诉你们",
    "anger": "气愤|愤怒|忍无可忍|太过分",
    "tired": "多次反映|一直没人管|无人处理|踢皮球",
    "worry": "担心|害怕|着急",
    "thanks": "感谢|谢谢你们|表扬|点赞",
}
#: Cues of a script: a name, what says it, and what is blanked first.
_Cues = list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]


def short_cues() -> list[_Cues]:
    """Return what a script of an afternoon would look for."""
    return [[(name, re.compile(says), None) for name, says in cues.items()] for cues in (_URGENT, _ROUTES, _FEELINGS)]


def same_cues(city: City) -> list[_Cues]:
    """Return our own cues, for Python's re: the peer then does the same searches."""
    books: list[list[tuple[Sequence[str], Sequence[str]]]] = [
        [(cue.says, cue.exceptions) for cue in shipped_cues().cues],
        [(rule.says, rule.exceptions) for rule in shipped_rules(city).rules],
        [(cue.says, cue.exceptions) for cue in shipped_feelings()],
    ]
    return [
        [(str(number), _joined(says), _joined(but) if but else None) for number, (says, but) in enumerate(book)]
        for book in books
    ]


def _joined(patterns: Sequence[str]) -> re.Pattern[str]:
    """Return one expression for several of RE2, as Python writes it."""
    written = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(re.sub(r"\\x\{([0-9A-Fa-f]{4})\}", r"\\u\1", written).replace(r"\p{Han}", r"[\u4e00-\u9fff]"))


_NAMED = {
    "date": r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|昨天|今天|前天|明天|上周.|本周.|上个月|去年|今年",
    "time": r"(?:凌晨|早上|上午|中午|下午|晚上|夜里)?\d{1,2}[点时](?:\d{1,2}分|半)?|\d{1,2}:\d{2}",
    "span": r"[\d一二三四五六七八九十两几半多]+(?:分钟|小时|天|周|个月|年)",
    "money": r"\d+(?:\.\d+)?(?:万|千|百)?(?:余|多)?元|[一二三四五六七八九十百千万]+元",
    "amount": r"\d+(?:\.\d+)?(?:平方米|平米|公里|千米|米|厘米|吨|公斤|斤|分贝|度|户|人|辆|台|次|个|名)",
    "road": r"[\u4e00-\u9fff]{2,6}(?:大道|路|街|巷|胡同)(?:\d+号)?",
    "point": r"[\u4e00-\u9fff]{2,8}(?:小区|花园|家园|公寓|大厦|广场|市场|医院|学校|公园|工地|站)",
    "building": r"\d+(?:号楼|栋|幢|座)(?:\d+单元)?(?:\d+(?:室|层|楼))?",
    "party": r"[\u4e00-\u9fff]{2,14}(?:公司|物业|开发商|集团|超市|饭店|餐厅|银行|局|所|委员会|街道办|居委会)",
    "object": r"路灯|井盖|电梯|车位|垃圾桶|水管|下水道|护栏|红绿灯|监控|共享单车|电动车|绿化带|树木|外墙|噪声|油烟",
    "demand": r"(?:希望|要求|请求|恳请|建议|诉求)[^，。；！？]{2,40}",
    "action": r"(?:维修|更换|清理|拆除|退款|赔偿|整改|查处|修复|清运|安装|取缔|处罚|答复|说明|协调)",
}
_EMPTY = re.compile(r"高度重视|将进一步|加强(?:管理|监管|巡查)|做好解释|感谢您(?:的)?(?:关心|支持|理解)|将持续关注")
_EVASIVE = re.compile(
    r"不属于.{0,10}(?:职责|职权|管辖)|建议.{0,12}(?:联系|咨询|向)|正在研究|暂不具备条件|已转|请耐心等待"
)
_CONCRETE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d+元|\d{3,4}-?\d{7,8}|已(?:修复|清理|整改|拆除|更换|退款|处罚|完成)|工作人员|现场"
)
_CLAUSE = re.compile(r"[，。；！？\n]")


class Peer:
    """The same steps as a good analyst would script them."""

    def __init__(self, city: City, cues: list[_Cues]) -> None:
        names = {region.name for region in city.regions} | {
            region.name.removesuffix("街道").removesuffix("社区") for region in city.regions
        }
        alternatives = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
        self._places = re.compile("|".join(map(re.escape, alternatives)))
        self._cues = cues
        self._named = [(name, re.compile(says)) for name, says in _NAMED.items()]
        self._vectors = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False, min_df=2)
        self._machines: list[LinearSVC] = []

    def learn(self, orders: pa.Table) -> None:
        """Learn type, category and department from orders that have them."""
        features = self._vectors.fit_transform(self._said(orders))
        for name in ("type", "category", "department"):
            labels = orders[name].to_pylist()
            rows = [row for row, label in enumerate(labels) if label is not None]
            self._machines.append(LinearSVC().fit(features[rows], [labels[row] for row in rows]))

    def read(self, orders: pa.Table) -> int:
        """Read orders; return how many things were found."""
        said, found = self._said(orders), 0
        features = self._vectors.transform(said)
        for machine in self._machines:
            margins = machine.decision_function(features)
            found += len(np.atleast_1d(margins.argmax(axis=-1)))
        for text in said:
            found += len(self._places.findall(text))
            for cues in self._cues:
                found += any(self._heard(text, says, blanked) for _, says, blanked in cues)
            for name, pattern in self._named:
                found += len([(name, at.start(), at.end(), at.group()) for at in pattern.finditer(text)])
        return found + self._judged(said, orders["reply"].to_pylist())

    @staticmethod
    def _said(orders: pa.Table) -> list[str]:
        pairs = zip(orders["title"].to_pylist(), orders["text"].to_pylist(), strict=True)
        return [_HINT.sub("", f"{title or ''}\n{text or ''}") for title, text in pairs]

    @staticmethod
    def _heard(text: str, says: re.Pattern[str], blanked: re.Pattern[str] | None) -> bool:
        if not says.search(text):
            return False
        return blanked is None or says.search(blanked.sub("。", text)) is not None

    @staticmethod
    def _judged(said: Sequence[str], replies: Sequence[str | None]) -> int:
        """Judge each reply: copied, empty, evasive, or how much of the demand it takes up."""
        clauses = [[part for part in _CLAUSE.split(reply or "") if len(part) > 5] for reply in replies]
        seen = Counter(part for parts in clauses for part in set(parts))
        answered = 0
        for text, reply, parts in zip(said, replies, clauses, strict=True):
            if not reply:
                continue
            asked = {text[at : at + 2] for at in range(len(text) - 1)}
            told = {reply[at : at + 2] for at in range(len(reply) - 1)}
            shared = len(asked & told) / max(1, len(asked))
            copied = sum(seen[part] > 5 for part in parts) > 0.8 * len(parts)
            hollow = len(_EMPTY.findall(reply)) + len(_EVASIVE.findall(reply)) > len(_CONCRETE.findall(reply))
            answered += not copied and not hollow and shared > 0.1
        return answered


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot of orders on disk."""

    path: Path
    orders: int


_HELD: dict[str, Any] = {}


def _open(model: Path, lot: Path) -> None:
    """Prepare a process: load the reader and warm it on a few orders."""
    pa.set_cpu_count(1)
    city = _city()
    _HELD["ours"] = Ours(reading.load_reader(model, city), city)
    _HELD["orders"] = pq.read_table(lot).combine_chunks()
    _HELD["ours"].read(_HELD["orders"].slice(0, 256))


def _part(first: int, length: int) -> int:
    return int(_HELD["ours"].read(_HELD["orders"].slice(first, length)))


def on_processes(model: Path, lot: Lot, processes: int) -> float:
    """Return the orders a second of several processes, each with its part of the lot; loading is not counted."""
    size = -(-lot.orders // processes)
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_open, initargs=(model, lot.path)
    ) as pool:
        # As many idle parts as processes, so that all are loaded before the clock starts.
        list(pool.map(_part, [0] * processes * 4, [64] * processes * 4))
        started = time.perf_counter()
        list(pool.map(_part, range(0, lot.orders, size), [size] * processes))
        return lot.orders / (time.perf_counter() - started)


def lot_of(folder: Path, orders: int) -> Lot:
    """Simulate an export and take it in; what bad rows there were is left out."""
    export, out = simulated(folder, orders), folder / f"taken-{orders}"
    Suqiu(Settings()).intake(str(export), "linjiang", out)
    path = out / "lake" / "orders.parquet"
    return Lot(path, pq.read_metadata(path).num_rows)


def single(ours: Ours, orders: pa.Table) -> tuple[list[float], float]:
    """Return milliseconds of single orders read alone, from the shortest, and the mean of the processor."""
    taken, processor = [], time.process_time()
    for row in range(min(_SINGLE, len(orders))):
        started = time.perf_counter()
        ours.read(orders.slice(row, 1))
        taken.append(1e3 * (time.perf_counter() - started))
    return sorted(taken), 1e3 * (time.process_time() - processor) / len(taken)


def _city() -> City:
    return citypack.load(citypack.find("linjiang", Settings().cities))


def _timed(reader: Ours | Peer, orders: pa.Table) -> tuple[float, float]:
    """Return orders a second of wall time, and of processor time, which other programs do not lengthen."""
    wall, processor = time.perf_counter(), time.process_time()
    reader.read(orders)
    return len(orders) / (time.perf_counter() - wall), len(orders) / (time.process_time() - processor)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure it all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--peer", type=int, default=3_000, help="orders that the peer and ours are compared on")
    given = options.parse_args(arguments)
    pa.set_cpu_count(1)
    city = _city()
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as folder:
        lots = [lot_of(Path(folder), size) for size in sorted(given.sizes)]
        orders = pq.read_table(lots[0].path).combine_chunks()
        started = time.perf_counter()
        reader = reading.learn(lambda: iter(orders.to_batches()), city, progress=lambda done, of: None)
        print(f"learned from {len(orders):,} orders in {time.perf_counter() - started:.1f} s")
        model = Path(folder) / "model"
        reader.save(model)
        length = pc.mean(pc.utf8_length(said_in(orders.to_batches()[0]))).as_py()
        print(f"an order has {length:.0f} characters, replies have {orders['reply'].null_count:,} gaps")
        ours = Ours(reader, city)
        peers = {"own short cues": Peer(city, short_cues()), "the same cues": Peer(city, same_cues(city))}
        sample = orders.slice(max(0, len(orders) - given.peer))
        ours.read(sample.slice(0, 64))
        rate = _timed(ours, sample)
        print(f"suqiu, {len(sample):,} orders: {rate[0]:,.0f}/s by the clock, {rate[1]:,.0f} a CPU second")
        for name, peer in peers.items():
            peer.learn(orders.slice(0, _TAUGHT))
            peer.read(sample.slice(0, 64))
            other = _timed(peer, sample)
            print(f"jieba, scikit-learn, re with {name}: {other[0]:,.0f}/s, {other[1]:,.0f} a CPU second;", end=" ")
            print(f"suqiu is {rate[1] / other[1]:.2f} times as fast by CPU, {rate[0] / other[0]:.2f} by the clock")
        before: tuple[int, float] | None = None
        for lot in lots:
            table, seconds = pq.read_table(lot.path).combine_chunks(), dict.fromkeys(_STEPS, 0.0)
            processor = time.process_time()
            ours.read(table, seconds)
            took = time.process_time() - processor
            line = f"{lot.orders:,} orders, one process: {lot.orders / sum(seconds.values()):,.0f}/s by the clock"
            line += f", {lot.orders / took:,.0f} a CPU second ("
            line += ", ".join(f"{name} {share / sum(seconds.values()):.0%}" for name, share in seconds.items()) + ")"
            if before is not None:
                line += f"; {lot.orders / before[0]:.1f} times the orders take {took / before[1]:.1f} times the CPU"
            print(line, flush=True)
            before = (lot.orders, took)
        for processes in (1, 2):
            speed = on_processes(model, lots[0], processes)
            print(f"{lots[0].orders:,} orders on {processes} process(es): {speed:,.0f}/s by the clock", flush=True)
        taken, mean = single(ours, orders)
        line = f"one order alone: median {taken[len(taken) // 2]:.1f} ms, 95 % {taken[int(0.95 * len(taken))]:.1f} ms"
        print(f"{line} by the clock; {mean:.1f} ms of the processor")


if __name__ == "__main__":
    main()
