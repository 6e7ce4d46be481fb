"""`bench calibrate`: the generator's ceiling on this host, beside other generators."""

import click

from harness.cli import options
from harness.cli.output import print_json
from harness.load.calibration import calibrate as measure
from harness.runtime.cpus import layout_here


@click.command()
@click.option("--windows", type=click.IntRange(min=3), default=15, show_default=True, help="Windows of each generator.")
@click.option(
    "--window-s", type=click.FloatRange(min=0.2), default=1.0, show_default=True, help="Length of one, in seconds."
)
@options.as_json
def calibrate(windows: int, window_s: float, *, as_json: bool) -> None:
    """Measure how much load this host's generator can make, against a trivial responder.

    Stock Locust users and, where it is installed, wrk are measured in the same run, window by window.
    """
    result = measure(layout_here(), windows=windows, window_s=window_s, rivals=True)
    if as_json:
        print_json(result.model_dump(mode="json"))
