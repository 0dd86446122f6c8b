"""The background worker as a process: `suqiu worker`, and the one that `suqiu serve` keeps beside itself."""

from __future__ import annotations

import os
import signal
import sys
import threading

from suqiu.web import opening


def run(parent: int = 0) -> None:
    """Do background work of the open site until a signal ends it.

    Args:
        parent: end also when this process is no longer the parent; 0 for none.
    """
    from suqiu.web.jobs.worker import Worker  # not before Django is ready

    one = Worker()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: one.stop.set())
    if parent:
        threading.Thread(target=_end_with, args=(parent, one.stop), daemon=True).start()
    one.run()


def _end_with(parent: int, stop: threading.Event) -> None:
    """Set the event when this process has lost its parent: nobody would begin it again, or end it."""
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    stop.set()


if __name__ == "__main__":  # begun by the server, which has opened the site: half the time of the command line
    opening.opened()
    run(int(sys.argv[1]))
