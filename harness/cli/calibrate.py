"""`bench calibrate`: the generator's ceiling on this host, beside other generators."""

from harness.cli.other_harnesses import alone
from harness.cli.output import print_json, tell
from harness.cli.tables import print_rows
from harness.host.cpus import keep_to, layout_here
from harness.load.calibration.calibrate import calibrate as measure
from harness.model.calibration import CalibrationResult


def calibrate(windows: int, window_s: float, *, as_json: bool) -> None:
    """Measure how much load this host's generator can make, against a trivial responder."""
    layout = layout_here()
    with alone("bench calibrate"):
        keep_to(layout.generator)
        result = measure(layout, windows, window_s, rivals=True)
    if as_json:
        print_json(result.model_dump(mode="json"))
    else:
        _show(result)


def _show(result: CalibrationResult) -> None:
    ratios = {ratio.tool: ratio for ratio in result.ratios}
    print_rows(
        [
            {
                "generator": tool.tool.value,
                "requests/s": f"{tool.rps:,.0f}",
                "quartiles": f"{tool.rps_low:,.0f} .. {tool.rps_high:,.0f}",
                "CPU us/request": f"{tool.cpu_us_per_request:.1f}",
                "engine over it": f"{ratios[tool.tool].rps:.2f}" if tool.tool in ratios else "",
                "responder busy": f"{tool.responder_cpu_share:.0%}",
                "failures": tool.failures,
                "miscounted": tool.count_difference,
                "verifies": tool.verifies,
            }
            for tool in result.tools
        ],
        empty="no generator",
    )
    if result.responder_limited:
        limited = ", ".join(tool.value for tool in result.responder_limited)
        tell(f"\nThe responder was the limit for: {limited}. They can make more load than is shown.")
