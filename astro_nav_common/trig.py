"""Cosine and sine together, for hot loops: without a call and without a branch, so loops over them vectorise."""

from __future__ import annotations

from astro_nav_common.jit import inline_kernel

_TURNS = 0.6366197723675814  # quarter turns a radian
#: a quarter turn in two parts, so that many of them can be taken off exactly
_QUARTER, _QUARTER_REST = 1.5707963267948966, 6.123233995736766e-17
#: Taylor's coefficients up to angle^15 and angle^16: beyond half a quarter turn from a multiple the series need not reach
_S3, _S5, _S7, _S9 = -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362880.0
_S11, _S13, _S15 = -1.0 / 39916800.0, 1.0 / 6227020800.0, -1.0 / 1307674368000.0
_C2, _C4, _C6, _C8 = -1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40320.0
_C10, _C12, _C14, _C16 = -1.0 / 3628800.0, 1.0 / 479001600.0, -1.0 / 87178291200.0, 1.0 / 20922789888000.0


@inline_kernel
def cos_sin(angle: float) -> tuple[float, float]:
    """Cosine and sine of a finite angle, to within 1e-15 (1 + |angle| / 10)."""
    shifted = angle * _TURNS + 0.5
    quarters = int(shifted)
    quarters -= 1 if shifted < quarters else 0
    a = (angle - quarters * _QUARTER) - quarters * _QUARTER_REST
    b = a * a
    s = a + a * b * (_S3 + b * (_S5 + b * (_S7 + b * (_S9 + b * (_S11 + b * (_S13 + b * _S15))))))
    c = 1.0 + b * (_C2 + b * (_C4 + b * (_C6 + b * (_C8 + b * (_C10 + b * (_C12 + b * (_C14 + b * _C16)))))))
    odd = (quarters & 1) != 0
    cosine = s if odd else c
    sine = c if odd else s
    return (-cosine if ((quarters + 1) & 2) != 0 else cosine), (-sine if (quarters & 2) != 0 else sine)
