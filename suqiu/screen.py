"""What a person sees of a command, and how that person stops it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from suqiu.domain.errors import SuqiuError
from suqiu.domain.text import Language, Text
from suqiu.notice import Notice


class Screen:
    """What a person sees: messages, tables and progress, in one language; and whether that person asked to stop.

    Attributes:
        language: of everything that is printed.
        stopped: Ctrl-C was pressed.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.stopped = False
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def say(self, zh: str, en: str) -> str:
        """Return the phrase in the screen's language."""
        return zh if self.language == "zh" else en

    def show(self, notices: Sequence[Notice]) -> None:
        """Print findings, one a line, a name and what it is; nothing is cut off."""
        pairs = [(one.name.to(self.language), one.value.to(self.language)) for one in notices]
        if not self.out.is_terminal:  # a file or another program wants whole lines
            width = max((cell_len(name) for name, _ in pairs), default=0)
            for name, value in pairs:
                self.out.print(f"{set_cell_size(name, width)}  {value}", markup=False, soft_wrap=True)
            return
        table = Table.grid(padding=(0, 2))
        for _ in range(2):  # Chinese has no spaces to break at: fold it anywhere
            table.add_column(overflow="fold")
        for name, value in pairs:
            table.add_row(f"[bold]{escape(name)}[/]", escape(value))
        self.out.print(table)

    def refuse(self, error: SuqiuError) -> None:
        """Print an error in one line, with its hint."""
        colon = self.say("：", ": ")
        self.err.print(
            f"[bold red]{self.say('错误', 'error')}[/]{colon}{escape(error.message.to(self.language))}"
            f"{self.say('。', '. ')}{escape(error.hint.to(self.language))} [dim]\\[{error.code}][/]",
            soft_wrap=True,
        )

    @contextmanager
    def progress(self) -> Iterator[Callable[[Text, float | None], None]]:
        """Show a bar for each stage, or where nobody watches a line; give what a stage calls with the share done."""
        if not self.err.is_terminal:
            seen: dict[str, None] = {}

            def note(stage: Text, share: float | None) -> None:
                self._heed()
                if stage.zh not in seen:
                    seen[stage.zh] = None
                    self.err.print(f"… {stage.to(self.language)}")

            yield note
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err) as bars:
            tasks: dict[str, TaskID] = {}

            def report(stage: Text, share: float | None) -> None:
                self._heed()
                name = stage.to(self.language)
                if name not in tasks:
                    for task in tasks.values():
                        bars.update(task, completed=1.0, total=1.0)
                    tasks[name] = bars.add_task(name, total=1.0)
                bars.update(tasks[name], completed=share or 0.0)

            yield report
            for task in tasks.values():
                bars.update(task, completed=1.0)

    @contextmanager
    def heeding(self) -> Iterator[None]:
        """Remember Ctrl-C: an engine may make an error of its own of it, and a destructor may swallow it."""

        def stop(*_: object) -> None:
            self.stopped = True
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _heed(self) -> None:
        if self.stopped:
            raise KeyboardInterrupt
