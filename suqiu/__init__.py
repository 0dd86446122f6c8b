"""诉求 Suqiu: open software for China's 12345 government hotlines."""

__version__ = "0.1.0"
