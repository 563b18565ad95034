"""`bench search`: what each stage of the search is worth, and how near it comes to a search of a hundred thousand evaluations.

The problems are recorded from closed-loop runs (`recorded.py`). Every variant solves each of them alone, warm (given the previous plan
that was there in the run) or cold. The excess cost is over the least that is known, nearly always what the long search found, and
relative to it, or to `FLOOR` where that is nearly nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_local.evaluate import Problem
from astro_nav_local.params import LocalParams
from astro_nav_local.search import Search
from astro_nav_local.trajectory_space import DIMENSIONS
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import warm_up
from astro_nav_tools.bench.long_search import LongSearch
from astro_nav_tools.bench.output import OUT, finish, save
from astro_nav_tools.bench.recorded import Recorded, recorded, sources
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

#: Costs are compared relative to at least this, m of progress.
FLOOR = 0.1
#: What the issue asks for: the median excess cost of the search as it is.
TARGET = 0.05
#: Budgets as multiples of the usual number of samples.
BUDGETS = (0.25, 0.5, 2.0, 4.0)
#: Drawn as curves: what these have reached after so many candidates.
DRAWN = {
    "all stages": "tab:blue",
    "cold: without the previous plan": "tab:orange",
    "cold, samples everywhere only": "tab:red",
}
NONE = np.empty((0, DIMENSIONS))


class Variant(NamedTuple):
    """A search with something switched off. without: a stage's name; warm: given the previous plan; budget: times the samples."""

    name: str
    without: str = ""
    warm: bool = True
    budget: float = 1.0


VARIANTS = (
    Variant("all stages"),
    Variant("without the fixed candidates", "fixed"),
    Variant("without samples around the previous plan", "around"),
    Variant("without candidates along the way", "informed"),
    Variant("without samples everywhere", "everywhere"),
    Variant("without refinement", "refine"),
    Variant("cold: without the previous plan", warm=False),
    Variant("cold, without candidates along the way", "informed", warm=False),
    Variant("cold, without samples everywhere", "everywhere", warm=False),
    Variant("cold, without refinement", "refine", warm=False),
    Variant("cold, samples everywhere only", "all but everywhere", warm=False),
    *(Variant(f"{budget:g} of the samples", budget=budget) for budget in BUDGETS),
    *(Variant(f"cold, {budget:g} of the samples", budget=budget, warm=False) for budget in BUDGETS),
)  # fmt: skip


class PartialSearch(Search):
    """The search with one of its stages switched off."""

    def __init__(self, params: LocalParams, without: str) -> None:
        usual = Search(params).capacity
        if without in ("around", "all but everywhere"):
            params = replace(params, samples_warm=0)
        if without in ("refine", "all but everywhere"):
            params = replace(params, refine_rounds=0)
        if without == "all but everywhere":
            params = replace(params, samples_global=usual)
        super().__init__(params)
        self._without = without
        if without == "everywhere":
            self._everywhere = NONE

    def _informed(self, problem: Problem) -> np.ndarray:
        return NONE if self._without in ("informed", "all but everywhere") else super()._informed(problem)

    def _fixed(self, problem: Problem, warm: np.ndarray | None) -> np.ndarray:
        if self._without in ("fixed", "all but everywhere"):
            return NONE if warm is None else warm[None]
        return super()._fixed(problem, warm)


def search(
    seed: Annotated[int, typer.Option(help="Of the drives that the problems are recorded from.")] = 0,
    thin: Annotated[int, typer.Option(min=1, help="Take one in so many of the usual problems.")] = 1,
    evaluations: Annotated[int, typer.Option(min=1000, help="Evaluations of the reference.")] = 100_000,
    problems: Annotated[
        Path | None, typer.Option(help="File to keep the recorded problems in, and take them from.")
    ] = None,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/search.json"),
) -> int:
    """Search: each stage and the warm start switched off, against a reference of 100,000 evaluations."""
    drives = sources(thin)
    for name in {drive.robot for drive in drives}:
        warm_up(load_sim_robot(name))
    taken = recorded(drives, seed, problems)
    long = np.array(in_processes(partial(reference, evaluations=evaluations), taken, workers))
    runs = [solve(variant, taken) for variant in VARIANTS]
    found = np.min([[costs.min() for costs in run] for run in runs], axis=0)
    best = np.minimum(long, found)
    rows = [row(variant, run, best) for variant, run in zip(VARIANTS, runs)]
    summary = {
        "problems": len(taken),
        "places": {place: sum(one.place == place for one in taken) for place in sorted({one.place for one in taken})},
        "reference_evaluations": evaluations,
        "reference_beaten_by_1_percent": int((found < long - 0.01 * np.abs(long)).sum()),
        "rows": rows,
    }
    draw(out.with_suffix(".png"), runs, best)
    lines = [f"{len(taken)} problems; excess cost over {evaluations} evaluations:", *map(line, rows)]
    return finish(out, summary, provenance({"drives": seed}), lines, passed=rows[0]["excess_p50"] <= TARGET)


def reference(one: Recorded, evaluations: int) -> float:
    """The least cost that the long search finds, m."""
    return LongSearch(evaluations).run(one.problem, one.warm)


def solve(variant: Variant, problems: Sequence[Recorded]) -> list[np.ndarray]:
    """The costs of all candidates, (K,) for each problem, in the order in which they were evaluated."""
    usual = LocalParams()
    names = ("samples_global", "samples_warm", "samples_refine")
    samples = {name: max(round(variant.budget * getattr(usual, name)), 1) for name in names}
    made = PartialSearch(replace(usual, **samples), variant.without)
    return [made.run(one.problem, one.warm if variant.warm else None).costs for one in problems]


def excess(costs: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Relative to the best known, but at least to `FLOOR`."""
    return (costs - best) / np.maximum(np.abs(best), FLOOR)


def row(variant: Variant, run: Sequence[np.ndarray], best: np.ndarray) -> dict[str, Any]:
    """One line of the table."""
    reached = np.array([costs.min() for costs in run])
    over = excess(reached, best)
    return {
        "search": variant.name, "warm": variant.warm, "evaluations": float(np.mean([len(costs) for costs in run])),
        "excess_p50": float(np.median(over)), "excess_p90": float(np.percentile(over, 90)),
        "excess_m_p50": float(np.median(reached - best)), "excess_m_p90": float(np.percentile(reached - best, 90)),
    }  # fmt: skip


def line(values: dict[str, Any]) -> str:
    """A row for people."""
    return (
        f"{values['search']:<42} {values['evaluations']:>6.0f} evaluations: median {values['excess_p50']:>6.1%}, "
        f"90 % within {values['excess_p90']:>6.1%}"
    )


def draw(path: Path, runs: Sequence[Sequence[np.ndarray]], best: np.ndarray) -> None:
    """Median excess against evaluations: while some of the searches go on, and where those with other budgets end."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.0), dpi=100, layout="constrained")
    axes = figure.subplots()
    for name, color in DRAWN.items():
        run = runs[[variant.name for variant in VARIANTS].index(name)]
        over = [excess(np.minimum.accumulate(costs), value) for costs, value in zip(run, best)]
        counts = np.arange(1, max(map(len, over)) + 1)
        median = np.median([values[np.minimum(counts, len(values)) - 1] for values in over], axis=0)
        axes.plot(counts, 100.0 * median, color=color, label=name)
    for warm, color in ((True, "tab:blue"), (False, "tab:orange")):
        chosen = [row(v, run, best) for v, run in zip(VARIANTS, runs) if v.warm is warm and not v.without]
        chosen.sort(key=lambda values: float(values["evaluations"]))
        ends = [(values["evaluations"], 100.0 * values["excess_p50"]) for values in chosen]
        axes.plot(*zip(*ends), "o:", color=color, ms=4, label=f"{'warm' if warm else 'cold'}: ends with other budgets")
    axes.axhline(100.0 * TARGET, color="0.5", lw=0.8, ls="--")
    axes.set(xscale="log", yscale="log", xlabel="candidates evaluated", ylabel="median excess cost, %", xlim=(10, None))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    save(figure, path)
