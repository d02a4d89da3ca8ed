"""``portal demo``: the embedded network."""

from pathlib import Path

import click

from portal.demo import launcher


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65529), default=8000, show_default=True, help="MyCooper's port; six follow."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Where everything is kept between starts.",
)
@click.option("--reset", is_flag=True, help="Start over: what was done in the demo is deleted.")
@click.option("--lan", is_flag=True, help="Let other devices of this network in; without it only this computer.")
def demo(port: int, data_dir: Path, reset: bool, lan: bool) -> None:
    """Run seven organizations with invented people. Ctrl-C stops everything."""
    launcher.run(port=port, data_dir=data_dir, reset=reset, lan=lan, say=click.echo)
