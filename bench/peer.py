"""The main job as a good analyst would script it: pandas, jieba and scikit-learn, one file, no frills.

It does the same steps on the same export as `suqiu run`: read, check, redact, classify type, category and
department, find the place, the urgency, the repeats and the bursts, compute measures by department,
district, month and category, and write tables and a Word report. Run: `python -m bench.peer FOLDER CITY OUT`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jieba
import numpy as np
import pandas as pd
from docx import Document
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.neighbors import NearestNeighbors

TIMES = ["受理时间", "首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间", "办理时限"]
REDACT = [
    (r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)", "[手机]"),
    (r"(?<!\d)\d{17}[\dXx](?!\d)", "[身份证]"),
    (r"(?<!\d)\d{16,19}(?!\d)", "[银行卡]"),
    (r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)", "[座机]"),
    (r"[\w.+-]+@[\w-]+\.[\w.]+", "[邮箱]"),
    (r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}", "[车牌]"),
    (r"(我叫|联系人[:：]?)[\u4e00-\u9fff]{2,3}", r"\1[姓名]"),
    (r"[\u4e00-\u9fff](先生|女士)", r"[姓名]\1"),
    (r"(微信号?[:：]?\s*)[A-Za-z][\w-]{5,19}", r"\1[微信]"),
]
URGENT = "火灾|着火|燃气泄漏|煤气味|自杀|轻生|跳楼|打人|持刀|聚集|上访|拖欠工资|欠薪|停水|停电|停气|停暖|塌陷|中毒|被困"
MODELS = {"诉求类型": "type", "三级分类": "category", "承办单位": "department"}
TRAIN = 40_000


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read the export and split off bad rows."""
    orders = pd.read_csv(folder / "orders.csv", dtype=str, on_bad_lines="skip", encoding="utf-8")
    steps = pd.read_csv(folder / "steps.csv", dtype=str, on_bad_lines="skip", encoding="utf-8")
    visits = pd.read_csv(folder / "callbacks.csv", dtype=str, on_bad_lines="skip", encoding="utf-8")
    calls = pd.read_csv(folder / "calls.csv", dtype=str, on_bad_lines="skip", encoding="utf-8")
    for name in TIMES:
        orders[name] = pd.to_datetime(orders[name], errors="coerce", format="mixed")
    bad = (
        orders["工单编号"].isna() | orders["受理时间"].isna() | (orders["诉求内容"].isna() & orders["工单标题"].isna())
    )
    bad |= orders["办结时间"].notna() & (orders["办结时间"] < orders["受理时间"])
    bad |= orders["诉求内容"].fillna("").str.contains("\ufffd")
    bad |= orders.duplicated("工单编号", keep="last")
    orders[bad].to_csv(folder / "peer_rejected.csv", index=False)
    good = orders[~bad].sort_values("受理时间", ignore_index=True)
    for name in ("排队时间", "接听时间", "结束时间", "整理完成时间", "回拨时间"):
        calls[name] = pd.to_datetime(calls[name], errors="coerce", format="mixed")
    steps["时间"] = pd.to_datetime(steps["时间"], errors="coerce", format="mixed")
    return good, steps[steps["工单编号"].isin(good["工单编号"])], visits.merge(calls, how="outer", on="工单编号")


def redact(texts: pd.Series) -> pd.Series:
    """Mask personal data."""
    for pattern, token in REDACT:
        texts = texts.str.replace(pattern, token, regex=True)
    return texts


def classify(orders: pd.DataFrame) -> None:
    """Train on the oldest four-fifths, predict all."""
    words = orders["诉求内容"].fillna("").str.replace("请.{2,12}核实处理.*$", "", regex=True)
    cut = words.map(lambda text: " ".join(jieba.cut(text)))
    known = np.arange(len(orders) * 4 // 5)
    sample = known[:: max(1, len(known) // TRAIN)]
    vectors = TfidfVectorizer(token_pattern=r"\S+", min_df=2)  # noqa: S106  a pattern of words
    vectors.fit(cut.iloc[sample])
    features = vectors.transform(cut)
    for column, name in MODELS.items():
        rows = sample[orders[column].iloc[sample].notna().to_numpy()]
        model = SGDClassifier(loss="log_loss", random_state=0, n_jobs=2)
        model.fit(features[rows], orders[column].iloc[rows])
        orders[name] = orders[column].fillna(pd.Series(model.predict(features)))


def locate(orders: pd.DataFrame, city: Path) -> None:
    """Find the street by name where it is not recorded."""
    regions = pd.read_csv(city / "regions.csv", dtype=str)
    names = regions[regions["level"] == "street"]["name"].tolist()
    found = (orders["事发地址"].fillna("") + orders["诉求内容"].fillna("")).str.extract(
        "(" + "|".join(map(re.escape, names)) + ")"
    )[0]
    orders["street"] = orders["所属街道"].fillna(found)
    orders["urgent"] = orders["诉求内容"].fillna("").str.contains(URGENT)


def repeats(orders: pd.DataFrame) -> pd.Series:
    """Find equal texts, and alike ones within each street and second-level category."""
    plain = orders["诉求内容"].fillna("").str.replace(r"[^\w]", "", regex=True)
    first = plain.groupby(plain).transform(lambda group: group.index[0])
    for _, block in orders.groupby(["street", "二级分类"]):
        if not 2 <= len(block) <= 20_000:
            continue
        features = TfidfVectorizer(analyzer="char", ngram_range=(3, 3)).fit_transform(plain[block.index] + "   ")
        near = NearestNeighbors(n_neighbors=2, metric="cosine").fit(features).kneighbors(features)
        for row, (distances, places) in enumerate(zip(*near, strict=True)):
            if distances[1] < 0.4:
                first[block.index[row]] = min(first[block.index[row]], first[block.index[places[1]]])
    return first


def bursts(orders: pd.DataFrame) -> pd.DataFrame:
    """Find category × street cells whose three-day count is far above their mean."""
    days = orders["受理时间"].dt.floor("D")
    counts = orders.groupby(["category", "street", days]).size().rename("orders").reset_index()
    found = []
    for (category, street), cell in counts.groupby(["category", "street"]):
        daily = cell.set_index("受理时间")["orders"].asfreq("D", fill_value=0)
        rolling = daily.rolling(3, min_periods=1).sum()
        limit = 3 * daily.mean() + 4 * np.sqrt(3 * daily.mean())
        if rolling.max() > max(8, limit):
            found.append((category, street, rolling.idxmax(), int(rolling.max())))
    return pd.DataFrame(found, columns=["category", "street", "day", "orders"])


def measures(orders: pd.DataFrame, steps: pd.DataFrame, contacts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Compute about thirty figures for the city and each slice."""
    counts = steps.pivot_table(index="工单编号", columns="环节", values="序号", aggfunc="count").fillna(0)
    joined = orders.merge(counts, how="left", left_on="工单编号", right_index=True)
    joined["month"] = joined["受理时间"].dt.to_period("M").astype(str)
    joined["on_time"] = joined["办结时间"] <= joined["办理时限"]
    joined["hours"] = (joined["办结时间"] - joined["首次派单时间"]).dt.total_seconds() / 3600
    joined["sign_hours"] = (joined["签收时间"] - joined["首次派单时间"]).dt.total_seconds() / 3600
    joined["contact_hours"] = (joined["首次联系时间"] - joined["首次派单时间"]).dt.total_seconds() / 3600
    joined["closed"] = joined["办结时间"].notna()
    joined["solved"] = joined["是否解决"] == "是"
    joined["satisfied"] = joined["满意度"].isin(["非常满意", "满意", "基本满意"])
    kinds = [name for name in counts.columns if name in joined]
    figures = {
        "orders": ("工单编号", "count"),
        "closed": ("closed", "mean"),
        "on_time": ("on_time", "mean"),
        "hours": ("hours", "mean"),
        "hours_p95": ("hours", lambda values: values.quantile(0.95)),
        "sign_hours": ("sign_hours", "mean"),
        "contact_hours": ("contact_hours", "mean"),
        "solved": ("solved", "mean"),
        "satisfied": ("satisfied", "mean"),
        "urgent": ("urgent", "mean"),
        "callers": ("来电人", "nunique"),
        **{name: (name, "sum") for name in kinds},
    }
    tables = {
        name: joined.groupby(column).agg(**figures)
        for name, column in [
            ("month", "month"),
            ("department", "department"),
            ("district", "所属区县"),
            ("category_1", "一级分类"),
            ("category", "三级分类"),
            ("type", "type"),
            ("channel", "受理渠道"),
        ]
    }
    waits = (contacts["接听时间"] - contacts["排队时间"]).dt.total_seconds()
    talk = (contacts["结束时间"] - contacts["接听时间"]).dt.total_seconds()
    tables["access"] = pd.DataFrame(
        {
            "answered": [contacts["接听时间"].notna().mean()],
            "within_15": [(waits <= 15).mean()],
            "wait": [waits.mean()],
            "wait_p95": [waits.quantile(0.95)],
            "talk": [talk.mean()],
            "reached": [(contacts["是否接通"] == "是").mean()],
        }
    )
    return tables


def report(tables: dict[str, pd.DataFrame], events: pd.DataFrame, out: Path) -> None:
    """Write the tables into a Word file."""
    document = Document()
    document.add_heading("热线运行分析报告", 0)
    for name, table in {**tables, "events": events}.items():
        document.add_heading(name, 1)
        top = table.head(60).reset_index()
        grid = document.add_table(rows=1, cols=min(8, top.shape[1]))
        for cell, title in zip(grid.rows[0].cells, top.columns[:8], strict=False):
            cell.text = str(title)
        for _, row in top.iterrows():
            for cell, value in zip(grid.add_row().cells, row.iloc[:8], strict=False):
                cell.text = f"{value:.3f}" if isinstance(value, float) else str(value)
    document.save(str(out / "report.docx"))


def main(folder: Path, city: Path, out: Path) -> None:
    """Do it all."""
    out.mkdir(parents=True, exist_ok=True)
    orders, steps, contacts = read(folder)
    for column in ("工单标题", "诉求内容", "事发地址", "答复内容"):
        orders[column] = redact(orders[column])
    classify(orders)
    locate(orders, city)
    orders["first"] = repeats(orders)
    found = bursts(orders)
    orders.to_parquet(out / "orders.parquet")
    report(measures(orders, steps, contacts), found, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
