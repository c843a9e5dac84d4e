"""Independent computations for the deck of day 13."""

from __future__ import annotations

import numpy as np
from quiz_oracles import oracle
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@oracle("tabular-standardise")
def tabular_standardise(m: float, s: float, x: float) -> float:
    """By scikit-learn, fitted on two rows with this mean and standard deviation."""
    scaler = StandardScaler().fit(np.array([[m - s], [m + s]], dtype=float))
    return float(scaler.transform(np.array([[x]], dtype=float))[0, 0])


@oracle("dummies-columns")
def dummies_columns(n: int, a: int, b: int) -> int:
    """Encoded by scikit-learn, with one missing entry in each categorical column."""
    count = n
    for categories in (a, b):
        column = np.array([*(f"c{i}" for i in range(categories)), "missing"])
        count += OneHotEncoder().fit_transform(column[:, None]).shape[1]
    return count


@oracle("logrmse-value")
def logrmse_value(r: float) -> float:
    truth = np.array([120_000.0, 250_000.0, 90_000.0])
    return float(np.sqrt(np.mean((np.log(r * truth) - np.log(truth)) ** 2)))


@oracle("kfold-fold-size")
def kfold_fold_size(n: int, k: int) -> int:
    return max(len(rows) for _, rows in KFold(k).split(np.zeros(n)))


@oracle("kfold-models")
def kfold_models(m: int, k: int) -> int:
    """Counted while the loops run."""
    trainings = 0
    for _ in range(m):
        for _ in KFold(k).split(np.zeros(40)):
            trainings += 1
    return trainings + 1
