"""Does the reply answer the demand: relevance, completeness, evidence, concreteness, promises, and a verdict.

Everything a reply says in stock phrases is a cue in `reply_cues.yaml`. A verdict is a hint for a person who
checks replies, with the reason beside it; nothing is sent back or scored because of it alone.
"""

from suqiu.reading.reply.answered import answered
from suqiu.reading.reply.corpus import ReplyCorpus
from suqiu.reading.reply.cues import ReplyCues, shipped_reply_cues
from suqiu.reading.reply.judge import ReplyJudge, Verdict

__all__ = ["ReplyCorpus", "ReplyCues", "ReplyJudge", "Verdict", "answered", "shipped_reply_cues"]
