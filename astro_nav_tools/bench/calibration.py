"""`bench calibration`: does the planner touch things as often as it says?

Random scenes of exact shapes; the local map is made of noisy scans of them, and predicts the risk of random motions from the
trajectory space. The truth is a Monte Carlo: the exact footprint driven along each motion among the exact shapes, off its course by
draws of the errors that the risk model stands for (`noise`). As many situations fall into each tenth of predicted risk.

People are a table of their own: random ones on an open floor (`crowds`), each off their prediction by draws of its covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.robot import load_robot
from astro_nav_local.params import LocalParams
from astro_nav_tools.bench.crowds import CrowdMaker
from astro_nav_tools.bench.noise import Noise
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.situations import Maker, Situation
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

BINS = 10
ROBOTS = ("astro", "jackal")
#: greatest error among things; among people, for whom a half plane stands, which says rather too much
TARGET, PEOPLE_TARGET = 0.05, 0.12


class Lot(NamedTuple):
    """A robot, the seed of one situation for each bin, the number of draws of each, and whether it is people that are about."""

    robot: str
    seed: int
    draws: int
    people: bool = False


def calibration(
    situations: Annotated[int, typer.Option(min=2 * BINS, help="Situations, half with each robot.")] = 4000,
    people: Annotated[int, typer.Option(min=2 * BINS, help="Situations with people, half with each robot.")] = 800,
    draws: Annotated[int, typer.Option(min=1, help="Monte Carlo draws of each situation.")] = 200,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/calibration.json"),
) -> int:
    """Predicted collision probability against Monte Carlo."""
    lots = [
        Lot(robot, seed, draws, crowded)
        for crowded, count in ((False, situations), (True, people))
        for seed in range(max(count // (BINS * len(ROBOTS)), 1))
        for robot in ROBOTS
    ]
    made = in_processes(run_lot, lots, workers)
    every = [s for lot, part in zip(lots, made) if not lot.people for s in part]
    among_people = [s for lot, part in zip(lots, made) if lot.people for s in part]
    bins, people_bins = reliability(every), reliability(among_people)
    error, people_error = expected_error(bins), expected_error(people_bins)
    by_robot = {
        name: expected_error(
            reliability([s for lot, part in zip(lots, made) if not lot.people and lot.robot == name for s in part])
        )
        for name in ROBOTS
    }
    summary = {
        "situations": len(every), "draws": draws, "expected_calibration_error": error, "by_robot": by_robot,
        "noise": Noise.of(LocalParams())._asdict(), "bins": bins,
        "people": {"situations": len(among_people), "expected_calibration_error": people_error, "bins": people_bins},
    }  # fmt: skip
    draw(out.with_suffix(".png"), {"things": every, "people": among_people})
    lines = [*_lines("things", bins, error), *_lines("people", people_bins, people_error)]
    passed = error <= TARGET and people_error <= PEOPLE_TARGET
    return finish(out, summary, provenance({"first": 0, "last": max(lot.seed for lot in lots)}), lines, passed=passed)


def _lines(name: str, bins: Sequence[dict[str, Any]], error: float) -> list[str]:
    """A reliability table, to be read."""
    rows = [
        f"{name}, {b['low']:.1f} to {b['high']:.1f}: predicted {b['predicted']:.3f}, observed {b['observed']:.3f} ({b['situations']})"
        for b in bins
    ]
    return [*rows, f"{name}: expected calibration error {error:.4f} of {sum(b['situations'] for b in bins)} situations"]


def run_lot(lot: Lot) -> list[Situation]:
    """One situation for each bin."""
    maker = (CrowdMaker if lot.people else Maker)(load_robot(lot.robot), LocalParams(), lot.draws)
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


def draw(path: Path, parts: dict[str, Sequence[Situation]]) -> None:
    """The reliability diagrams: all situations, and the means of the bins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6 * len(parts), 6.2), dpi=100, layout="constrained")
    for axes, (name, situations) in zip(figure.subplots(1, len(parts), squeeze=False)[0], parts.items()):
        bins = reliability(situations)
        predicted, observed = np.array([(s.predicted, s.observed) for s in situations]).T
        axes.plot((0.0, 1.0), (0.0, 1.0), color="0.6", linewidth=1.0)
        axes.scatter(predicted, observed, s=4, color="tab:blue", alpha=0.15, linewidths=0, label="a situation")
        means = np.array([(b["predicted"], b["observed"], 2.0 * b["standard_error"]) for b in bins])
        axes.errorbar(*means.T, fmt="o", color="tab:red", capsize=3, label="mean of a bin, ± 2 standard errors")
        axes.set(
            xlabel="predicted probability of contact", ylabel="share of Monte Carlo draws with contact", aspect="equal"
        )
        axes.set_title(f"{name}: {len(situations)} situations, calibration error {expected_error(bins):.3f}")
        axes.legend(loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
