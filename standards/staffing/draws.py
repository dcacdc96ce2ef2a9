"""Chance from a seed: the same seed draws the same numbers, on every machine and in every version of Python.

Kept derives what it decides; a simulation needs chance all the same, so it is given some.
Read next: `floor.py`.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")

_WORD = (1 << 64) - 1
_FAR = 500.0
"""Above this mean a Poisson count is drawn in parts, as exp(-mean) would be too small."""


class Draws:
    """SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _WORD

    def split(self) -> Draws:
        """Give another generator, whose numbers have nothing to do with the rest of these."""
        return Draws(self._next())

    def unit(self) -> float:
        """Draw a number from [0, 1), to 53 bits."""
        return (self._next() >> 11) * 2.0**-53

    def exponential(self, mean: float) -> float:
        """Draw a time of this mean."""
        return -mean * log(1.0 - self.unit())

    def one_of(self, items: Sequence[Item]) -> Item:
        """Draw one of several."""
        return items[int(self.unit() * len(items))]

    def poisson(self, mean: float) -> int:
        """Draw a count of this mean (Knuth, The Art of Computer Programming 2, 3.4.1, algorithm Q)."""
        count = 0
        while mean > _FAR:
            count, mean = count + self.poisson(_FAR), mean - _FAR
        limit, product = exp(-mean), self.unit()
        while product > limit:
            count, product = count + 1, product * self.unit()
        return count

    def gamma(self, shape: float) -> float:
        """Draw from the gamma distribution of this shape, one or more, and scale 1 (Marsaglia and Tsang 2000)."""
        d = shape - 1 / 3
        c = 1 / sqrt(9 * d)
        while True:
            normal = self._normal()
            cube = (1 + c * normal) ** 3
            if cube > 0 and log(1.0 - self.unit()) < 0.5 * normal * normal + d - d * cube + d * log(cube):
                return d * cube

    def _normal(self) -> float:
        """Draw from the standard normal distribution (the polar method: Marsaglia and Bray 1964)."""
        while True:
            x, y = 2 * self.unit() - 1, 2 * self.unit() - 1
            size = x * x + y * y
            if 0 < size < 1:
                return x * sqrt(-2 * log(size) / size)

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        return mixed ^ (mixed >> 31)
