"""The commands that let centres compare themselves by exchange of files, unnamed."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from suqiu import standards
from suqiu.assessed import result_of
from suqiu.assessment import benchmark
from suqiu.config import settings
from suqiu.lake import replacing
from suqiu.screen import Screen


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu benchmark` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    group = typer.Typer(
        no_args_is_help=True,
        help=say("中心间匿名对比：不署名、不排名", "Compare centres by exchange of files: unnamed, unranked"),
    )
    face.add_typer(group, name="benchmark")
    bundle_argument = typer.Argument(
        help=say("suqiu assess的输出目录", "a folder that suqiu assess wrote"), show_default=False
    )
    out_option = typer.Option("--out", help=say("输出文件", "file to write"))

    @group.command(help=say("写出本中心的共享数据（不含名称和数量）", "Write what this centre gives away of itself"))
    def give(bundle: Annotated[Path, bundle_argument], out: Annotated[Path, out_option]) -> None:
        with replacing(out) as part:
            part.write_bytes(benchmark.contribution(result_of(bundle)))
        screen.out.print(f"{say('共享数据', 'contribution')}  {out}", soft_wrap=True)

    @group.command(help=say("汇总各中心的共享数据，同类不足五家的不输出", "Pool contributions of five centres or more"))
    def pool(
        files: Annotated[list[Path], typer.Argument(help=say("各中心的共享数据文件", "contributions"))],
        out: Annotated[Path, out_option],
    ) -> None:
        pooled = benchmark.pool([benchmark.read(file.read_bytes(), file.name) for file in files])
        with replacing(out) as part:
            part.write_bytes(benchmark.to_json(pooled))
        for profile in pooled.withheld:
            screen.out.print(say(f"{profile}：同类中心不足五家，未输出", f"{profile}: fewer than five, withheld"))
        screen.out.print(f"{say('行业基准', 'pool')}  {out}", soft_wrap=True)

    @group.command(help=say("本中心在同类中心中所处的位置", "Where this centre lies among its like"))
    def place(
        bundle: Annotated[Path, bundle_argument],
        pool: Annotated[Path, typer.Option(help=say("行业基准文件", "the pool's file"))],
    ) -> None:
        pooled = benchmark.from_json(pool.read_bytes(), pool.name)
        table = Table(
            say("能力域", "domain"),
            say("下限", "lower"),
            say("上限", "upper"),
            say("同类中位", "median"),
            say("位置", "where"),
        )
        result = result_of(bundle)
        catalogue = standards.load(f"{result.standard}/{result.standard_version}", settings())
        names = {one.id: one.name.to(screen.language) for one in catalogue.domains}
        for one in benchmark.placed(result, pooled):
            middle = "—" if one.middle is None else f"{one.middle.median:.2f}"
            name = say("总体", "overall") if one.part == benchmark.OVERALL else f"{one.part} {names[one.part]}"
            table.add_row(name, f"{one.lower:.2f}", f"{one.upper:.2f}", middle, escape(one.band.to(screen.language)))
        screen.out.print(table)
