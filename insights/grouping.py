"""Finding groups of like questions: density clustering over the cosine, in bounded memory.

Imports numpy and scikit-learn, so it is imported by the clustering activity alone (`tests/insights/test_imports.py`).
On unit vectors the Euclidean distance orders pairs as the cosine does, so HDBSCAN works on those.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import HDBSCAN

type Matrix = NDArray[np.float32]
type Labels = NDArray[np.int64]

NONE = -1
"""The label of what belongs to no group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How groups are made. Similarities are cosines.

    A group has `smallest` questions; `dense` of them lie about each that makes its core. What lies `near` a group's
    centre belongs to it; groups whose centres are as close as `same` are one. HDBSCAN compares every pair, so it looks
    at `at_once` questions at a time, for `rounds` rounds at most; the rest is compared with centres only.
    """

    smallest: int = 5
    dense: int = 3
    near: float = 0.35
    same: float = 0.6
    at_once: int = 3_000
    rounds: int = 4
    settle: int = 5
    block: int = 4_096


USUAL = Grouping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A label for each question, and the centre (unit length) of each group, by label."""

    labels: Labels
    centres: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """For each new group the old one it is, by index, or None; the one it split from; the ones that went into it."""

    same_as: tuple[int | None, ...]
    split_from: tuple[int | None, ...]
    merged: tuple[tuple[int, ...], ...]


def unit(matrix: Matrix) -> Matrix:
    """Bring every row to length one; rows without direction stay zero. Changes the matrix it is given."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    np.divide(matrix, lengths, out=matrix, where=lengths > 0)
    return matrix


def grouped(vectors: Matrix, known: Matrix | None = None, how: Grouping = USUAL) -> Groups:
    """Group unit vectors (one a row). With more than `how.at_once` of them, `known` centres are where it begins."""
    dimensions = vectors.shape[1]
    if len(vectors) <= how.at_once:
        centres = _dense(vectors, how)
    else:
        centres = np.empty((0, dimensions), np.float32) if known is None else known
        centres = _gathered(vectors, centres, how)
    labels = np.full(len(vectors), NONE, np.int64)
    for _ in range(how.settle):
        if not len(centres):
            break
        centres = _joined(centres, labels, how)
        labels, _ = _nearest(vectors, centres, how)
        centres = _centres(vectors, labels, len(centres))
        labels, centres = _large_enough(labels, centres, how)
    return Groups(labels=labels, centres=centres)


def _gathered(vectors: Matrix, centres: Matrix, how: Grouping) -> Matrix:
    """Look for groups among what is near no centre yet, a part at a time, until there are none."""
    chance = np.random.default_rng(len(vectors))
    for _ in range(how.rounds):
        labels, _ = _nearest(vectors, centres, how)
        rest = np.flatnonzero(labels == NONE)
        if len(rest) < how.smallest:
            break
        part = np.sort(chance.choice(rest, min(how.at_once, len(rest)), replace=False))
        found = _dense(vectors[part], how)
        if not len(found):
            break
        centres = np.concatenate([centres, found])
    return centres


def _dense(vectors: Matrix, how: Grouping) -> Matrix:
    """Return the centres of the dense regions."""
    if len(vectors) < how.smallest:
        return np.empty((0, vectors.shape[1]), np.float32)
    finder = HDBSCAN(
        min_cluster_size=how.smallest,
        min_samples=how.dense,
        allow_single_cluster=True,
        copy=True,  # pyright: ignore[reportArgumentType] - a truth value; its type is guessed from a default of words
    )
    labels = np.asarray(finder.fit_predict(vectors), np.int64)
    return _centres(vectors, labels, int(labels.max()) + 1)


def _nearest(vectors: Matrix, centres: Matrix, how: Grouping) -> tuple[Labels, Matrix]:
    """Return the label and similarity of the nearest centre of each question, a block at a time."""
    labels = np.full(len(vectors), NONE, np.int64)
    best = np.zeros(len(vectors), np.float32)
    if not len(centres):
        return labels, best
    for begin in range(0, len(vectors), how.block):
        block = vectors[begin : begin + how.block] @ centres.T
        end = begin + len(block)
        best[begin:end] = block.max(axis=1)
        labels[begin:end] = np.where(best[begin:end] >= how.near, block.argmax(axis=1), NONE)
    return labels, best


def _centres(vectors: Matrix, labels: Labels, count: int) -> Matrix:
    centres = np.zeros((count, vectors.shape[1]), np.float32)
    for label in range(count):
        members = vectors[labels == label]
        if len(members):
            centres[label] = members.mean(axis=0)
    return unit(centres)


def _joined(centres: Matrix, labels: Labels, how: Grouping) -> Matrix:
    """Make one of those groups whose centres are as close as `how.same`, the closest first."""
    weights = np.bincount(labels[labels >= 0], minlength=len(centres)).astype(np.float32)
    weights = np.maximum(weights, 1)
    while len(centres) > 1:
        likeness = centres @ centres.T
        np.fill_diagonal(likeness, -1)
        one, other = (int(place) for place in np.unravel_index(likeness.argmax(), likeness.shape))
        if likeness[one, other] < how.same:
            break
        centres[one] = centres[one] * weights[one] + centres[other] * weights[other]
        weights[one] += weights[other]
        centres = unit(np.delete(centres, other, axis=0))
        weights = np.delete(weights, other)
    return centres


def _large_enough(labels: Labels, centres: Matrix, how: Grouping) -> tuple[Labels, Matrix]:
    sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
    kept = np.flatnonzero(sizes >= how.smallest)
    names = np.full(len(centres) + 1, NONE, np.int64)
    names[kept] = np.arange(len(kept))
    return names[labels], centres[kept]


def paired(new: Matrix, old: Matrix, threshold: float) -> Pairing:
    """Find which new group is which old one: the best pairing of all centres, by pairs as similar as `threshold`."""
    if not len(new) or not len(old):
        nobody = tuple(None for _ in range(len(new)))
        return Pairing(same_as=nobody, split_from=nobody, merged=tuple(() for _ in range(len(new))))
    likeness = new @ old.T
    rows, columns = linear_sum_assignment(np.where(likeness >= threshold, -likeness, 1.0))
    pairs = {int(row): int(column) for row, column in zip(rows, columns, strict=True)}
    pairs = {row: column for row, column in pairs.items() if likeness[row, column] >= threshold}
    taken = set(pairs.values())
    split: list[int | None] = []
    merged: list[list[int]] = [[] for _ in range(len(new))]
    for row in range(len(new)):
        nearest = int(likeness[row].argmax())
        is_split = row not in pairs and nearest in taken and likeness[row, nearest] >= threshold
        split.append(nearest if is_split else None)
    for column in range(len(old)):
        nearest = int(likeness[:, column].argmax())
        if column not in taken and likeness[nearest, column] >= threshold:
            merged[nearest].append(column)
    return Pairing(
        same_as=tuple(pairs.get(row) for row in range(len(new))),
        split_from=tuple(split),
        merged=tuple(tuple(sorted(columns)) for columns in merged),
    )
