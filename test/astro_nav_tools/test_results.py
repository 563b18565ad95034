"""Result files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from astro_nav_tools.results import ResultError, percentiles, provenance, write_result


def test_result_holds_summary_rows_and_provenance(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "r.json"
    write_result(
        file,
        {"rate": np.float32(0.5), "worst": math.inf},
        provenance({"world": 3}, {"LocalParams.step": 0.1}),
        rows=np.arange(2),
    )
    read = json.loads(file.read_text())
    assert read["summary"] == {"rate": 0.5, "worst": None}
    assert read["rows"] == [0, 1]
    assert read["provenance"]["seeds"] == {"world": 3}
    assert read["provenance"]["changed_parameters"] == {"LocalParams.step": 0.1}
    assert set(read["provenance"]) >= {"commit", "versions", "cpu"}
    assert "numpy" in read["provenance"]["versions"]
    assert [path.name for path in file.parent.iterdir()] == ["r.json"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="cannot be written"):
        write_result(tmp_path / "file" / "r.json", {}, {})


def test_percentiles() -> None:
    assert percentiles(range(101), 50, 99) == {"p50": 50.0, "p99": 99.0}
    assert math.isnan(percentiles([], 50)["p50"])
