"""The commands that assess a hotline: init, run, sample, sheet, plan, verify, oscal, key."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from suqiu import assessed, assessor
from suqiu.config import settings
from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.grouping import unsaid
from suqiu.screen import Screen
from suqiu.standards import CURRENT


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu assess` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    group = typer.Typer(
        cls=unsaid("run"),
        no_args_is_help=True,
        help=say(
            "智能化成熟度评估：suqiu assess 中心目录 --out 目录",
            "Assess a hotline's maturity: suqiu assess CENTRE --out DIR",
        ),
    )
    face.add_typer(group, name="assess")
    centre_argument = typer.Argument(
        help=say("中心材料目录，含centre.yaml", "a centre's folder, with centre.yaml"), show_default=False
    )
    bundle_argument = typer.Argument(
        help=say("suqiu assess的输出目录（证据包）", "a folder that suqiu assess wrote: a bundle"), show_default=False
    )
    standard_option = typer.Option(
        "--standard", help=say("标准及版本，或标准目录", "standard and version, or a folder")
    )
    profile_option = typer.Option(
        "--profile", help=say("适用类型；缺省按centre.yaml", "profile; else that of centre.yaml")
    )
    out_option = typer.Option("--out", help=say("输出目录或文件", "folder or file for the results"))

    @group.command(help=say("评估一个中心，写出结果、报告和证据包", "Assess a centre: result, reports and bundle"))
    def run(
        centre: Annotated[Path, centre_argument],
        out: Annotated[Path, out_option],
        standard: Annotated[str, standard_option] = CURRENT,
        profile: Annotated[str | None, profile_option] = None,
        period: Annotated[
            str | None,
            typer.Option(
                help=say(
                    "评估期，如2026H1、2026Q2、2026-05、2026-01-01/2026-06-30；缺省按centre.yaml或工单",
                    "period: 2026H1, 2026Q2, 2026-05, 2026-01-01/2026-06-30; else as centre.yaml or the orders say",
                )
            ),
        ] = None,
        as_of: Annotated[
            str | None,
            typer.Option(
                help=say("评估日，判断材料是否在有效期内；缺省为最近的采集日", "day on which evidence must be in date")
            ),
        ] = None,
        key: Annotated[
            Path | None, typer.Option(help=say("签名私钥；缺省按centre.yaml，没有则不签名", "signing key"))
        ] = None,
        previous: Annotated[
            Path | None,
            typer.Option(help=say("上次评估的输出目录，用于对比", "folder of the last assessment, to compare with")),
        ] = None,
    ) -> None:
        with screen.progress() as report:
            notices = assessed.assess(
                centre,
                out,
                assessed.Wish(standard, profile, period, as_of, previous),
                key=key,
                settings=settings(),
                language=screen.language,
                progress=report,
            )
        screen.show(notices)

    @group.command(help=say("建立中心材料目录：样例和空白表", "Make a centre's folder with forms to fill in"))
    def init(
        folder: Annotated[Path, typer.Argument(help=say("新目录", "a new folder"), show_default=False)],
        standard: Annotated[str, standard_option] = CURRENT,
        profile: Annotated[str, typer.Option("--profile", help=say("适用类型", "profile"))] = "city",
    ) -> None:
        screen.show(assessor.start(folder, standard, profile, settings(), screen.language))

    @group.command(help=say("生成签名私钥", "Make a signing key"))
    def key(file: Annotated[Path, typer.Argument(help=say("密钥文件", "the key's file"), show_default=False)]) -> None:
        screen.show(assessor.make_key(file))

    @group.command(
        help=say(
            "抽样复核：抽取样本写成复核表；填好后放入中心目录的rechecks/，再次评估即生效",
            "Draw a sample to re-check; put the filled worksheet into rechecks/ and assess again",
        )
    )
    def sample(
        centre: Annotated[Path, centre_argument],
        subject: Annotated[
            str,
            typer.Argument(
                help=say("指标、否决项编号或填报表名", "an indicator, a gate or a form"), show_default=False
            ),
        ],
        out: Annotated[Path, out_option],
        column: Annotated[
            str | None,
            typer.Option(help=say("核对的列；缺省为全部可核对的列", "column to re-check; else all that can be")),
        ] = None,
        width: Annotated[
            float, typer.Option(min=0.005, max=0.4, help=say("置信区间半宽", "half width of the interval"))
        ] = 0.05,
        expected: Annotated[float, typer.Option(min=0, max=1, help=say("预计比例", "share expected"))] = 0.5,
        seed: Annotated[str, typer.Option(help=say("抽样种子，事先不告知中心", "seed, not told to the centre"))] = "1",
        standard: Annotated[str, standard_option] = CURRENT,
    ) -> None:
        wish = assessor.SampleWish(subject, column, width, expected, seed, standard)
        screen.show(assessor.draw_sample(centre, out, wish, settings()))

    @group.command(help=say("导出或导入评估员评判表（xlsx）", "The assessor's spreadsheet, out or in"))
    def sheet(
        centre: Annotated[Path, centre_argument],
        out: Annotated[Path | None, typer.Option("--out", help=say("导出为", "write it here"))] = None,
        read: Annotated[Path | None, typer.Option("--in", help=say("导入", "read this one in"))] = None,
        standard: Annotated[str, standard_option] = CURRENT,
        profile: Annotated[str | None, profile_option] = None,
        result: Annotated[
            Path | None,
            typer.Option(help=say("评估输出目录，附上目前结论", "a bundle, for the findings as they stand")),
        ] = None,
    ) -> None:
        wish = assessor.SheetWish(standard, profile, result)
        screen.show(assessor.exchange_sheet(centre, out, read, wish, settings(), screen.language))

    @group.command(help=say("达到某一等级的最省改进计划", "The cheapest plan to a level"))
    def plan(
        bundle: Annotated[Path, bundle_argument],
        to: Annotated[int | None, typer.Option("--to", min=1, max=5, help=say("目标等级", "the level"))] = None,
    ) -> None:
        screen.show(assessed.plan_to(bundle, to, settings()))

    @group.command(help=say("重算证据包，逐字节核对", "Re-run a bundle and compare every byte"))
    def verify(
        bundle: Annotated[Path, bundle_argument],
        signer: Annotated[
            str | None, typer.Option(help=say("应有的签名指纹", "fingerprint of the key that should have signed"))
        ] = None,
    ) -> None:
        with screen.progress() as report:
            notices, problems = assessed.verify(bundle, settings(), signer=signer, progress=report)
        screen.show(notices)
        for problem in problems[:50]:
            screen.out.print(f"[red]• {escape(problem.to(screen.language))}[/]", soft_wrap=True)
        if problems:
            raise Conflict(
                "bundle.unproved",
                Text("证据包有{count}处不符", "{count} things in the bundle do not hold").fill(count=len(problems)),
                Text("请向提交单位核实，或重新评估", "ask whoever handed it in, or assess again"),
            )

    @group.command(help=say("结果另存为OSCAL assessment-results（JSON）", "Save a result as OSCAL assessment results"))
    def oscal(bundle: Annotated[Path, bundle_argument], out: Annotated[Path, out_option]) -> None:
        screen.show(assessor.save_oscal(bundle, out, settings(), screen.language))
