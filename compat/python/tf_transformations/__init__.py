"""Stand-in for the ROS package tf_transformations where it is not installed: its common functions, over transforms3d.

Quaternions are (x, y, z, w), as in ROS messages; transforms3d has w first. Matrices are 4 x 4 and homogeneous.
Euler axes are named as in transforms3d: 'sxyz' turns about the static axes x, then y, then z (roll, pitch, yaw).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import transforms3d
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]

__all__ = [
    "concatenate_matrices",
    "euler_from_matrix",
    "euler_from_quaternion",
    "euler_matrix",
    "identity_matrix",
    "inverse_matrix",
    "quaternion_about_axis",
    "quaternion_conjugate",
    "quaternion_from_euler",
    "quaternion_from_matrix",
    "quaternion_inverse",
    "quaternion_matrix",
    "quaternion_multiply",
    "quaternion_slerp",
    "rotation_matrix",
    "translation_from_matrix",
    "translation_matrix",
    "unit_vector",
    "vector_norm",
]


def _w_first(quaternion: ArrayLike) -> NDArray[np.float64]:
    x, y, z, w = np.asarray(quaternion, dtype=float)
    return np.array((w, x, y, z))


def _w_last(quaternion: Sequence[float]) -> NDArray[np.float64]:
    w, x, y, z = quaternion
    return np.array((x, y, z, w))


def _homogeneous(rotation: ArrayLike) -> Matrix:
    matrix = np.identity(4)
    matrix[:3, :3] = rotation
    return matrix


def identity_matrix() -> Matrix:
    """No motion."""
    return np.identity(4)


def translation_matrix(direction: ArrayLike) -> Matrix:
    """Translation by a vector (3,)."""
    matrix = np.identity(4)
    matrix[:3, 3] = np.asarray(direction)[:3]
    return matrix


def translation_from_matrix(matrix: ArrayLike) -> NDArray[np.float64]:
    """The vector (3,) of a homogeneous matrix."""
    return np.array(matrix, dtype=float)[:3, 3]


def rotation_matrix(angle: float, direction: ArrayLike, point: ArrayLike | None = None) -> Matrix:
    """Rotation by an angle, rad, about an axis through the origin or through `point`."""
    return np.asarray(transforms3d.axangles.axangle2aff(direction, angle, point))


def inverse_matrix(matrix: ArrayLike) -> Matrix:
    """Inverse of a square matrix."""
    return np.linalg.inv(np.asarray(matrix, dtype=float))


def concatenate_matrices(*matrices: ArrayLike) -> Matrix:
    """Product from left to right."""
    return functools.reduce(np.matmul, (np.asarray(m, dtype=float) for m in matrices), np.identity(4))


def euler_matrix(ai: float, aj: float, ak: float, axes: str = "sxyz") -> Matrix:
    """Rotation from Euler angles, rad."""
    return _homogeneous(transforms3d.euler.euler2mat(ai, aj, ak, axes=axes))


def euler_from_matrix(matrix: ArrayLike, axes: str = "sxyz") -> tuple[float, float, float]:
    """Euler angles, rad, of a rotation."""
    return transforms3d.euler.mat2euler(np.asarray(matrix, dtype=float)[:3, :3], axes=axes)


def euler_from_quaternion(quaternion: ArrayLike, axes: str = "sxyz") -> tuple[float, float, float]:
    """Euler angles, rad, of a quaternion (x, y, z, w)."""
    return transforms3d.euler.quat2euler(_w_first(quaternion), axes=axes)


def quaternion_from_euler(ai: float, aj: float, ak: float, axes: str = "sxyz") -> NDArray[np.float64]:
    """Quaternion (x, y, z, w) from Euler angles, rad."""
    return _w_last(transforms3d.euler.euler2quat(ai, aj, ak, axes=axes))


def quaternion_about_axis(angle: float, axis: ArrayLike) -> NDArray[np.float64]:
    """Quaternion (x, y, z, w) of a turn by an angle, rad, about an axis."""
    return _w_last(transforms3d.quaternions.axangle2quat(axis, angle))


def quaternion_matrix(quaternion: ArrayLike) -> Matrix:
    """Rotation of a quaternion (x, y, z, w)."""
    return _homogeneous(transforms3d.quaternions.quat2mat(_w_first(quaternion)))


def quaternion_from_matrix(matrix: ArrayLike) -> NDArray[np.float64]:
    """Quaternion (x, y, z, w) of a rotation."""
    return _w_last(transforms3d.quaternions.mat2quat(np.asarray(matrix, dtype=float)[:3, :3]))


def quaternion_multiply(quaternion1: ArrayLike, quaternion0: ArrayLike) -> NDArray[np.float64]:
    """First turn by quaternion0, then by quaternion1."""
    return _w_last(transforms3d.quaternions.qmult(_w_first(quaternion1), _w_first(quaternion0)))


def quaternion_conjugate(quaternion: ArrayLike) -> NDArray[np.float64]:
    """(-x, -y, -z, w)."""
    return _w_last(transforms3d.quaternions.qconjugate(_w_first(quaternion)))


def quaternion_inverse(quaternion: ArrayLike) -> NDArray[np.float64]:
    """The turn back."""
    return _w_last(transforms3d.quaternions.qinverse(_w_first(quaternion)))


def quaternion_slerp(quat0: ArrayLike, quat1: ArrayLike, fraction: float) -> NDArray[np.float64]:
    """From quat0 (0) to quat1 (1), the shorter way round and at constant angular speed."""
    a, b = unit_vector(quat0), unit_vector(quat1)
    dot = float(a @ b)
    if dot < 0.0:
        b, dot = -b, -dot
    angle = np.arccos(min(dot, 1.0))
    if angle < 1e-9:
        return a
    return (np.sin((1.0 - fraction) * angle) * a + np.sin(fraction * angle) * b) / np.sin(angle)


def vector_norm(data: ArrayLike, axis: int | None = None) -> np.floating | NDArray[np.float64]:
    """Euclidean length, of the whole or along an axis."""
    return np.linalg.norm(np.asarray(data, dtype=float), axis=axis)


def unit_vector(data: ArrayLike, axis: int | None = None) -> NDArray[np.float64]:
    """Scaled to length 1, as a whole or along an axis."""
    array = np.asarray(data, dtype=float)
    length = np.linalg.norm(array, axis=axis, keepdims=axis is not None)
    return array / length
