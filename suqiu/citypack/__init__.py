"""City packs: a folder of plain files in, a City out, with every fault named."""

from suqiu.citypack.checks import check
from suqiu.citypack.drafting import DraftReport, draft
from suqiu.citypack.loading import find, load
from suqiu.citypack.weights import REQUIRED, RequiredWeight
from suqiu.datafiles.file_fault import FileFault

__all__ = ["REQUIRED", "DraftReport", "FileFault", "RequiredWeight", "check", "draft", "find", "load"]
