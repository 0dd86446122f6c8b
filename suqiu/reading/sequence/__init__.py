"""Sequences of characters tagged: which part of a text is what."""

from suqiu.reading.sequence.lessons import Lesson, lesson, varied
from suqiu.reading.sequence.spans import Spans
from suqiu.reading.sequence.states import CharacterStates, StateLayer
from suqiu.reading.sequence.storage import load, save
from suqiu.reading.sequence.tagger import SequenceTagger

__all__ = ["CharacterStates", "Lesson", "SequenceTagger", "Spans", "StateLayer", "lesson", "load", "save", "varied"]
