"""The mesh between a region and what lies outside: area and volume, by marching cubes through the middle of edges.

A cube of 2 x 2 x 2 voxels is one of 256 cases, and a case has the same triangles wherever it stands. So cases are
counted over the mask, with the sum of their places, and geometry is done 256 times instead of once a cube.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput

Spacing = tuple[float, float, float]
Values = NDArray[np.float64]

# Corner c of a cube lies at (k, j, i) = the bits of c; a case is the sum of 2^c over the corners inside.
_CORNERS = np.array([[c >> 2 & 1, c >> 1 & 1, c & 1] for c in range(8)])
# Edges join corners that differ in one bit, and are numbered in the order of their corners: 01, 02, 04, 13, ...
_EDGES = [(a, b) for a, b in combinations(range(8), 2) if (a ^ b).bit_count() == 1]
_MIDDLES = np.array([(_CORNERS[a] + _CORNERS[b]) / 2 for a, b in _EDGES])

# Triangles of the cases 1 to 127: three edges (hexadecimal) a triangle, turned outward. Case 255 - c has those of c,
# turned round. Contours were traced over the six faces and cut into triangles in every possible way; written down is
# the cut whose area and volume are those of pyradiomics' mesh at four spacings (the 255 cases are compared in the
# tests). Where a face is ambiguous, inside corners stay apart in the cases where corner 6 is outside and are joined
# where it is inside: neighbouring cubes can disagree, and the mesh then has a hole. Volume is therefore that of the
# reference only when it is measured from the same origin.
_TRIANGLES = (
    "210 034 423213 516 260650 340165 463426653 357 021573 054574 725742215 317167 270267730 014164674 427267 "
    "892 890910 034892 483893913 516892 850895965 892165340 483893963653 357892 890910573 054574892 745485895915 "
    "317167892 890970967730 014164674892 894964674 4a8 2104a8 0383a8 a13a81821 5164a8 2606504a8 0383a8165 "
    "a83863826653 3574a8 4a8573021 0585787a8 7a5a85825215 3171674a8 2702677304a8 0181781677a8 2782677a8 a94924 "
    "4a0a10a91 0323923a9 a93913 516a94924 4a0a60a96650 a93923203165 a93963653 357a94924 a14a91104573 "
    "0525727a2a92 7a5a15a91 317167a94924 4a0a90960670730 0920a907a067016 a97967 69b 2909b0b60610 03469b "
    "4b342b29bb13b61 51b19b 2909b0b50 54b53449b419401 4232939b3b53 3973595699b7 73b30b02b29b615 0940595699749b7 "
    "61572b74229b 3973199b7 2909b0b70730 0141b419bb74 72b74229b 8b2b62 8b0b60610 0323623b638b348 4838638b6613 "
    "58b518128 8b0b50 8548b5534120 4838538b5 3b738b328362356 8b0b70730561 0525628b4b74 6158b4b74 3171272878b7 "
    "8b0b70730 0128b4b74 8b4b74 ab4b64694984 4a0ab0b60610982 0680363a6ab6698 a13ab1b61829 54b5141949844ab "
    "4a0ab0b50829 1909803a5ab5 ab3b53829 354564694984ab7 430615982ab7 0585686987ab 6158297ab 394319984ab7 "
    "430ab7829 018198ab7 829ab7 ab4b64624 4a0ab0b60610 0323b23abb62 a13ab1b61 51b14b1244ab 4a0ab0b50 ab3b53120 "
    "ab3b53 354564624ab7 ab7043561 052562ab7 615ab7 314124ab7 430ab7 012ab7 ab7 "
)
_DIGITS = "".join(_TRIANGLES).split()
_TRIANGLE_CASE = np.repeat(np.arange(1, 128), [len(digits) // 3 for digits in _DIGITS])
_TRIANGLE_CORNERS = _MIDDLES[[int(digit, 16) for digit in "".join(_DIGITS)]].reshape(-1, 3, 3)


@dataclass(frozen=True)
class Mesh:
    """Area in mm2 and volume in mm3 of the mesh around a region."""

    area: float
    volume: float


def mesh(mask: NDArray[np.bool_], spacing_mm: Spacing) -> Mesh:
    """Area and volume of a mask (k, j, i), as pyradiomics' when the mask is cropped to its region.

    Raises
    ------
    BadInput
        When the mask is empty.
    """
    if not mask.any():
        raise BadInput("mask", "voxels", "none inside", "at least one", "Leave the region out.")
    padded = np.zeros([size + 2 for size in mask.shape], dtype=np.uint8)
    padded[1:-1, 1:-1, 1:-1] = mask
    counts, places = _cases(padded)
    area, determinant, normal = _geometry(*spacing_mm)
    volume = (counts * determinant).sum() + (places * np.asarray(spacing_mm) * normal).sum()
    return Mesh(float((counts * area).sum()), float(volume / 6))


@lru_cache(maxsize=16)
def _geometry(*spacing_mm: float) -> tuple[Values, Values, Values]:
    """Of each case: area (256,), determinant of the corners (256,), sum of the cross products (256, 3).

    A triangle a, b, c moved by t spans with the origin det(a, b, c) + t . (a x b + b x c + c x a), six times the
    volume of the tetrahedron.
    """
    corners = _TRIANGLE_CORNERS * np.asarray(spacing_mm, dtype=np.float64)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    cross = np.cross(a, b)
    normals = cross + np.cross(b, c) + np.cross(c, a)
    of_triangle = np.column_stack([np.sqrt((normals**2).sum(axis=1)) / 2, (cross * c).sum(axis=1), normals])
    of_case = np.zeros((256, 5))
    np.add.at(of_case, _TRIANGLE_CASE, of_triangle)
    of_case += of_case[::-1] * [1, -1, -1, -1, -1]  # case 255 - c has the triangles of c, turned round
    return of_case[:, 0], of_case[:, 1], of_case[:, 2:]


@njit(cache=True, nogil=True, error_model="numpy")
def _cases(mask: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """How often each case occurs, (256,), and the sum of its places, (256, 3)."""
    n_k, n_j, n_i = mask.shape
    counts = np.zeros(256, np.int64)
    places = np.zeros((256, 3), np.int64)
    halves, cases = np.empty(n_i, np.uint8), np.empty(n_i - 1, np.uint8)
    for k in range(n_k - 1):
        for j in range(n_j - 1):
            one, two, three, four = mask[k, j], mask[k, j + 1], mask[k + 1, j], mask[k + 1, j + 1]
            for i in range(np.uintp(n_i)):
                halves[i] = one[i] | two[i] << 2 | three[i] << 4 | four[i] << 6
            for i in range(np.uintp(n_i - 1)):  # corners with the i-bit lie one ahead
                cases[i] = halves[i] | halves[i + np.uintp(1)] << 1
            for i in range(n_i - 1):
                case = np.uintp(cases[np.uintp(i)])
                if np.uintp(0) < case < np.uintp(255):
                    counts[case] += 1
                    places[case, 0] += k
                    places[case, 1] += j
                    places[case, 2] += i
    return counts, places
