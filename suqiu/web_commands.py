"""Commands of the web platform: make a site, serve it, do its background work."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from pathlib import Path
from typing import Annotated

import typer

from suqiu import citypack
from suqiu.config import settings
from suqiu.domain.text import Text
from suqiu.notice import Notice
from suqiu.screen import Screen


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu site`, `suqiu serve` and `suqiu worker` to a face.

    What needs the web platform is imported when a command runs: the others begin without it.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    site_option = typer.Option("--site", help=say("站点目录（默认取SUQIU_SITE）", "the site's folder, else SUQIU_SITE"))

    group = typer.Typer(no_args_is_help=True, help=say("站点：建立网上平台的站点", "Sites: make one for the platform"))
    face.add_typer(group, name="site")

    @group.command(help=say("建立站点：目录、数据库、首批账户", "Make a site: folder, database, first accounts"))
    def init(
        city: Annotated[str, typer.Option(help=say("城市数据包的名称或目录", "a city pack's name or folder"))],
        site: Annotated[Path | None, site_option] = None,
        result: Annotated[
            Path | None,
            typer.Option(help=say("suqiu run的结果目录，其工单装入站点", "a run's folder: its orders come in")),
        ] = None,
        assessment: Annotated[
            Path | None, typer.Option(help=say("suqiu assess的输出目录", "an assessment's folder"))
        ] = None,
        demo: Annotated[
            bool,
            typer.Option("--demo", help=say("演示站点：各角色账户和示例办理过程", "a demo: accounts and live calls")),
        ] = False,
    ) -> None:
        from suqiu.web import beginning

        plan = beginning.Plan(citypack.find(city, settings().cities), result, assessment, demo)
        with screen.progress() as told:
            found = beginning.begin(site, plan, told)
        screen.show(found)

    @face.command(help=say("启动网上平台", "Serve the web platform"))
    def serve(
        site: Annotated[Path | None, site_option] = None,
        port: Annotated[int, typer.Option(min=1, max=65535, help=say("端口", "port"))] = 8000,
        host: Annotated[
            str, typer.Option(help=say("监听地址；0.0.0.0为所有网卡", "address to listen on; 0.0.0.0 is all"))
        ] = "127.0.0.1",
        workers: Annotated[
            int,
            typer.Option(
                min=0, max=64, help=say("应答进程数；0为自动", "processes that answer; 0 is as fits the database")
            ),
        ] = 0,
        worker: Annotated[
            bool, typer.Option("--worker/--no-worker", help=say("同时执行后台任务", "do background work beside"))
        ] = True,
    ) -> None:
        from suqiu.web import opening, serving

        place = serving.Place(host, port, workers, worker)
        here = opening.opened(site)
        serving.check_free(place)
        _upgrade(screen)
        if here.about.demo:
            from suqiu.web.demo import morning

            morning.take_up()
        screen.show(
            [
                Notice(Text("网上平台", "platform"), Text(place.address, place.address)),
                Notice(Text("停止", "to stop"), Text("Ctrl-C", "Ctrl-C")),
            ]
        )
        serving.serve(place)

    @face.command(help=say("执行后台任务，直至收到停止信号", "Do background work until told to stop"))
    def worker(
        site: Annotated[Path | None, site_option] = None,
        once: Annotated[
            bool, typer.Option("--once", help=say("做完到期任务即退出", "do what is due now, then leave"))
        ] = False,
    ) -> None:
        from suqiu.web import opening

        opening.opened(site)
        if once:
            from suqiu.web.jobs.worker import Worker

            done = Worker().once()
            screen.show([Notice(Text("完成任务", "done"), Text(str(done), str(done)))])
            return
        from suqiu.web.jobs import process

        process.run()


def _upgrade(screen: Screen) -> None:
    """Bring the database to this version, and say so when there was something to do."""
    from suqiu.web import opening

    behind = opening.upgrades()
    if behind:
        screen.show([Notice(Text("升级数据库", "upgrading"), Text(f"{behind}步", f"the database, {behind} steps"))])
        opening.upgrade()
