"""The stand-in for tf_transformations against rotations known by heart."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tf_transformations as tf
from numpy.testing import assert_allclose

QUARTER = math.pi / 2
LEFT = (0.0, 0.0, math.sqrt(0.5), math.sqrt(0.5))  # a quarter about z, in the order x, y, z, w


def test_the_real_part_of_a_quaternion_comes_last() -> None:
    assert_allclose(tf.quaternion_from_euler(0.0, 0.0, QUARTER), LEFT, atol=1e-15)
    assert_allclose(tf.quaternion_about_axis(QUARTER, (0.0, 0.0, 1.0)), LEFT, atol=1e-15)


def test_euler_angles_are_roll_pitch_and_yaw_about_fixed_axes() -> None:
    # pitch takes x to -z; the yaw that follows does not change that
    matrix = tf.euler_matrix(0.0, QUARTER, 0.3)
    assert_allclose(matrix[:3, :3] @ (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), atol=1e-15)
    assert tf.euler_from_quaternion(tf.quaternion_from_euler(0.1, -0.2, 3.0)) == pytest.approx((0.1, -0.2, 3.0))
    assert tf.euler_from_matrix(tf.euler_matrix(0.1, -0.2, 3.0)) == pytest.approx((0.1, -0.2, 3.0))


def test_quaternions_and_matrices_are_the_same_rotation() -> None:
    turned = tf.quaternion_matrix(LEFT)
    assert_allclose(turned @ (1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), atol=1e-15)
    assert_allclose(tf.quaternion_from_matrix(turned), LEFT, atol=1e-15)


def test_a_product_turns_by_its_second_factor_first() -> None:
    tip = tf.quaternion_about_axis(QUARTER, (1.0, 0.0, 0.0))
    matrix = tf.quaternion_matrix(tf.quaternion_multiply(LEFT, tip))
    # y is tipped up to z, which turning left leaves where it is
    assert_allclose(matrix[:3, :3] @ (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), atol=1e-15)


def test_the_inverse_turns_back() -> None:
    assert_allclose(tf.quaternion_multiply(LEFT, tf.quaternion_inverse(LEFT)), (0.0, 0.0, 0.0, 1.0), atol=1e-15)
    assert_allclose(tf.quaternion_conjugate((1.0, 2.0, 3.0, 4.0)), (-1.0, -2.0, -3.0, 4.0))


def test_slerp_goes_at_constant_speed_and_the_shorter_way() -> None:
    start = tf.quaternion_from_euler(0.0, 0.0, 0.0)
    for end in (np.array(LEFT), -np.array(LEFT)):
        third = tf.quaternion_slerp(start, end, 1.0 / 3.0)
        assert tf.euler_from_quaternion(third)[2] == pytest.approx(QUARTER / 3.0)
    assert_allclose(tf.quaternion_slerp(LEFT, LEFT, 0.5), LEFT)


def test_matrices_are_chained_from_left_to_right() -> None:
    chain = tf.concatenate_matrices(tf.translation_matrix((1.0, 2.0, 3.0)), tf.quaternion_matrix(LEFT))
    assert_allclose(chain @ (1.0, 0.0, 0.0, 1.0), (1.0, 3.0, 3.0, 1.0), atol=1e-15)
    assert_allclose(tf.translation_from_matrix(chain), (1.0, 2.0, 3.0))
    assert_allclose(tf.concatenate_matrices(tf.inverse_matrix(chain), chain), tf.identity_matrix(), atol=1e-15)


def test_a_rotation_may_be_about_a_point() -> None:
    matrix = tf.rotation_matrix(math.pi, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    assert_allclose(matrix @ (0.0, 0.0, 0.0, 1.0), (2.0, 0.0, 0.0, 1.0), atol=1e-15)


def test_vectors_are_measured_and_scaled() -> None:
    assert tf.vector_norm((3.0, 4.0)) == 5.0
    assert_allclose(tf.unit_vector([[3.0, 4.0], [0.0, 2.0]], axis=1), [[0.6, 0.8], [0.0, 1.0]])
