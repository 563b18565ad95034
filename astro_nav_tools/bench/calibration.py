"""`bench calibration`: does the planner touch things as often as it says?

Random scenes of exact shapes; the local map is made of noisy scans of them, and predicts the risk of random motions from the
trajectory space. The truth is a Monte Carlo: the exact footprint driven along each motion among the exact shapes, off its course by
draws of the errors that the risk model stands for (`noise`). As many situations fall into each tenth of predicted risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.robot import load_robot
from astro_nav_local.params import LocalParams
from astro_nav_tools.bench.noise import Noise
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.situations import Maker, Situation
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

BINS = 10
ROBOTS = ("astro", "jackal")
TARGET = 0.05


class Lot(NamedTuple):
    """A robot, the seed of one situation for each bin, and the number of draws of each."""

    robot: str
    seed: int
    draws: int


def calibration(
    situations: Annotated[int, typer.Option(min=2 * BINS, help="Situations, half with each robot.")] = 4000,
    draws: Annotated[int, typer.Option(min=1, help="Monte Carlo draws of each situation.")] = 200,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/calibration.json"),
) -> int:
    """Predicted collision probability against Monte Carlo."""
    lots = [Lot(robot, seed, draws) for seed in range(max(situations // (BINS * len(ROBOTS)), 1)) for robot in ROBOTS]
    made = in_processes(run_lot, lots, workers)
    every = [situation for lot in made for situation in lot]
    bins = reliability(every)
    error = expected_error(bins)
    by_robot = {
        name: expected_error(reliability([s for lot, part in zip(lots, made) if lot.robot == name for s in part]))
        for name in ROBOTS
    }
    summary = {
        "situations": len(every), "draws": draws, "expected_calibration_error": error, "by_robot": by_robot,
        "noise": Noise.of(LocalParams())._asdict(), "bins": bins,
    }  # fmt: skip
    draw(out.with_suffix(".png"), every, bins, error)
    lines = [
        f"{b['low']:.1f} to {b['high']:.1f}: predicted {b['predicted']:.3f}, observed {b['observed']:.3f} ({b['situations']})"
        for b in bins
    ]
    lines.append(f"{len(every)} situations: expected calibration error {error:.4f}")
    return finish(out, summary, provenance({"first": 0, "last": lots[-1].seed}), lines, passed=error <= TARGET)


def run_lot(lot: Lot) -> list[Situation]:
    """One situation for each bin."""
    maker = Maker(load_robot(lot.robot), LocalParams(), lot.draws)
    rng = np.random.default_rng(lot.seed)
    return [maker.make(i / BINS, (i + 1) / BINS, rng) for i in range(BINS)]


def reliability(situations: Sequence[Situation]) -> list[dict[str, Any]]:
    """The reliability table: for each tenth of predicted risk, the means of what was predicted and of what was observed."""
    predicted, observed = np.array([(s.predicted, s.observed) for s in situations]).T
    which = np.minimum((predicted * BINS).astype(int), BINS - 1)
    rows = []
    for i in np.unique(which):
        there = which == i
        rows.append({
            "low": i / BINS, "high": (i + 1) / BINS, "situations": int(there.sum()),
            "predicted": float(predicted[there].mean()), "observed": float(observed[there].mean()),
            "standard_error": float(observed[there].std() / np.sqrt(there.sum())),
        })  # fmt: skip
    return rows


def expected_error(bins: Sequence[dict[str, Any]]) -> float:
    """Expected calibration error: the mean over situations of the distance between prediction and observation in their bin."""
    counts = np.array([b["situations"] for b in bins])
    gaps = np.array([abs(b["predicted"] - b["observed"]) for b in bins])
    return float((counts * gaps).sum() / counts.sum())


def draw(path: Path, situations: Sequence[Situation], bins: Sequence[dict[str, Any]], error: float) -> None:
    """The reliability diagram: all situations, and the means of the bins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 5.6), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    predicted, observed = np.array([(s.predicted, s.observed) for s in situations]).T
    axes.plot((0.0, 1.0), (0.0, 1.0), color="0.6", linewidth=1.0)
    axes.scatter(predicted, observed, s=4, color="tab:blue", alpha=0.15, linewidths=0, label="a situation")
    means = np.array([(b["predicted"], b["observed"], 2.0 * b["standard_error"]) for b in bins])
    axes.errorbar(
        means[:, 0],
        means[:, 1],
        means[:, 2],
        fmt="o",
        color="tab:red",
        capsize=3,
        label="mean of a bin, ± 2 standard errors",
    )
    axes.set(
        xlabel="predicted probability of contact", ylabel="share of Monte Carlo draws with contact", aspect="equal"
    )
    axes.set_title(f"{len(situations)} situations, expected calibration error {error:.3f}")
    axes.legend(loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
