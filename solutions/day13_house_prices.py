"""Day 13: a price for every house, from a table with holes, judged by k-fold cross-validation.

A table is a dict: column name -> list with one value for each row. The way from table to prediction
file, the log error and the choice by k-fold follow chapter 5.7 of Zhang, Lipton, Li and Smola,
"Dive into Deep Learning" (2023), and De Cock, "Ames, Iowa: alternative to the Boston housing data"
(2011); ridge regression is Hoerl and Kennard's (1970). Why preprocessing belongs inside the folds:
Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning" (2009), section 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Table = dict[str, list[Any]]  # column name -> one value for each row


def take_rows(table: Table, rows: Any) -> Table:
    """The table of the rows with these numbers, in this order."""
    return {name: [values[row] for row in rows] for name, values in table.items()}


def log_rmse(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Root of the mean squared difference between the natural logarithms of two lists of prices.

    predicted: (n,) prices, integer or float; one below 1 counts as 1, so that a model that answers
        0 or less is judged badly and not by NaN
    actual: (n,) prices, integer or float, taken as they are
    returns: a float

    Both are prices: the logarithm is taken here and nowhere else. Neither argument is changed.
    Raises ValueError when the shapes differ, or when an actual price is 0 or less.

    >>> round(log_rmse(np.array([200.0, 50.0]), np.array([100.0, 100.0])), 4)
    0.6931
    """
    ### BEGIN SOLUTION
    if predicted.shape != actual.shape:
        raise ValueError(f"shapes differ: {predicted.shape} and {actual.shape}")
    if actual.min() <= 0:
        raise ValueError("every actual price must be above 0")
    error = np.log(np.maximum(predicted, 1)) - np.log(actual)
    return float(np.sqrt(np.mean(error**2)))
    ### END SOLUTION


def column_kinds(table: Table) -> dict[str, str]:
    """What each column holds that a model may learn from.

    table: columns as the notebook's conventions describe them; None is a missing value
    returns: a dict: column name -> kind, in any order, without `id` and `price`
        "empty": every value is missing
        "number": the values that are not missing are floats or ints
        "category": they are text, or True and False

    >>> column_kinds({"id": [7, 8], "area": [None, 80.5], "garage": [True, None]})
    {'area': 'number', 'garage': 'category'}
    """
    ### BEGIN SOLUTION
    kinds = {}
    for name, values in table.items():
        if name in ("id", "price"):
            continue
        known = [value for value in values if value is not None]
        if not known:
            kinds[name] = "empty"
        else:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds
    ### END SOLUTION


def fit_preprocess(train: Table) -> Any:
    """Learn from the training table all that `apply_preprocess` has to know.

    train: at least one row; it has `id` and `price`, which never become features
    returns: the state, of any type; only your own `apply_preprocess` looks inside

    Which features there are, what they are called, and every number in them depends on the
    training table alone. A feature that would have the same value in all rows of the training
    table is left out; this takes care of constant columns, and of empty ones. The features:

    - For a column of numbers: `area`, that is, the column's own name. Missing values become the
      median of the training table's known values (of an even number of values the mean of the two
      in the middle). Then the mean of the training table's filled column is taken off, and the
      rest is divided by its standard deviation (the root of the mean squared deviation: n, not
      n - 1).
    - For a column of categories: `heating=gas` and so on, one for each value that the training
      table knows: 1.0 in rows that have it, 0.0 in all others. True and False make `garage=True`
      and `garage=False`. All values are kept: none is dropped to stand for "none of the others".
    - For every column that has missing values in the training table: `heating is missing`, 1.0
      where the value is missing and 0.0 where it is known.

    train comes back unchanged.
    """
    ### BEGIN SOLUTION
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing
    ### END SOLUTION


def apply_preprocess(table: Table, state: Any) -> tuple[np.ndarray, list[str]]:
    """The features of any table, by what `fit_preprocess` learned from the training table.

    table: at least one row; every column of the training table except perhaps `price`, in any
        order, and perhaps further columns, which are ignored
    state: what your `fit_preprocess` returned; it may be used any number of times
    returns: (features, names)
        features: (n, d) float64, row i for row i of the table; d may be 0
        names: a list of d names; features[:, j] is the feature names[j]. You choose the order of
            the features, the same for all tables of one state.

    A category that the training table did not know gets 0.0 in all features `column=value` of its
    column, and it is not missing. So does a missing category: `column is missing`, where the
    training table made such a feature, tells the two apart. Neither argument is changed.
    """
    ### BEGIN SOLUTION
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = np.array([v == category for v in table[name]])
    for name in missing:
        features[f"{name} is missing"] = np.array([value is None for value in table[name]])
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)
    ### END SOLUTION


def kfold_indices(n: int, k: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Split n rows at random into k parts, each of which is held out once.

    n: number of rows
    k: number of parts, from 2 to n
    seed: the same seed gives the same split again, another seed an independent one
    returns: a list of k pairs (train, held_out) of 1-d integer arrays of row numbers
        Every row number is in exactly one held_out, train has all others, and the sizes of the
        held_out parts differ by at most 1. The order of the parts, and of the row numbers in an
        array, is free.

    Every split into such parts is equally likely. Raises ValueError when k is below 2 or above n.
    """
    ### BEGIN SOLUTION
    if not 2 <= k <= n:
        raise ValueError(f"k must be from 2 to {n}, and is {k}")
    parts = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), part) for i, part in enumerate(parts)]
    ### END SOLUTION


def fit_model(train: Table, penalty: float) -> Any:
    """Ridge regression from the features of `train` to the natural logarithm of its prices.

    train: a table with `price`; the features are those of your two functions of exercise 3, learned
        from this very table
    penalty: above 0
    returns: the model, of any type; only your own `predict_prices` looks inside

    The weights w (d,) and the bias b are the ones that make

        sum over rows of (features @ w + b - log(price))^2  +  penalty * (sum of w^2)

    smallest. The bias is not penalised. There is exactly one minimum: find it exactly, not by a
    few steps of gradient descent. train comes back unchanged.
    """
    ### BEGIN SOLUTION
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centre = features.mean(axis=0)
    centred = features - centre
    gram = centred.T @ centred + penalty * np.eye(len(names))
    w = np.linalg.solve(gram, centred.T @ target)
    return state, w, target.mean() - centre @ w
    ### END SOLUTION


def predict_prices(table: Table, model: Any) -> np.ndarray:
    """The price that the model expects for each row of a table.

    table: as for `apply_preprocess`; with or without `price`, which is not looked at
    model: what your `fit_model` returned; it may be used any number of times
    returns: (n,) float64, prices, not their logarithms
    """
    ### BEGIN SOLUTION
    state, w, b = model
    features, _ = apply_preprocess(table, state)
    prices: np.ndarray = np.exp(features @ w + b)
    return prices
    ### END SOLUTION


def cross_validate(
    table: Table,
    folds: list[tuple[np.ndarray, np.ndarray]],
    fit: Callable[[Table], Any],
    predict: Callable[[Table, Any], np.ndarray],
) -> np.ndarray:
    """One score for each fold, on houses that the model of this fold has never met.

    table: a table with `price`
    folds: pairs (train, held_out) of arrays of row numbers, for example from `kfold_indices`
    fit: fit(table) -> model; called once for each fold, with the table of its train rows alone
    predict: predict(table, model) -> (n,) prices; called once for each fold, with the table of its
        held_out rows *without* the column `price`, and with the model of this fold
    returns: (number of folds,) float64, in the order of the folds: the `log_rmse` of the predicted
        against the actual prices of the fold's held_out rows

    The tables that fit and predict get have all columns of `table` (but `price`, for predict). The
    order of their rows is free. table comes back unchanged, with its price.
    """
    ### BEGIN SOLUTION
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)
    ### END SOLUTION


def choose_model(
    table: Table,
    folds: list[tuple[np.ndarray, np.ndarray]],
    models: dict[str, tuple[Callable[[Table], Any], Callable[[Table, Any], np.ndarray]]],
) -> tuple[str, dict[str, np.ndarray]]:
    """Cross-validate every model on the same folds and name the best.

    table, folds: as for `cross_validate`
    models: name -> (fit, predict)
    returns: (best, scores): scores holds for each name what `cross_validate` gives, an array with
        one score for each fold, and best is the name whose scores have the smallest mean. In a tie
        it is the one that comes first in `models`.
    """
    ### BEGIN SOLUTION
    scores = {
        name: cross_validate(table, folds, fit, predict) for name, (fit, predict) in models.items()
    }
    return min(scores, key=lambda name: scores[name].mean()), scores
    ### END SOLUTION


def write_predictions(ids: list[int], prices: np.ndarray) -> str:
    """The text of a prediction file, as a competition wants it.

    ids: n ints, in the order in which the lines shall stand
    prices: (n,) float64; prices[i] belongs to ids[i]
    returns: the header `id,price`, then a line for each house with its id, a comma and its price
        with exactly two decimals, a point before them, no blanks, and nothing between thousands.
        Every line ends with a newline character, the last one too.

    Raises ValueError when there are not as many prices as ids, when an id occurs twice, or when a
    price is not a finite number above 0.

    >>> write_predictions([31, 4], np.array([1234567.891, 80.0]))
    'id,price\\n31,1234567.89\\n4,80.00\\n'
    """
    ### BEGIN SOLUTION
    if len(set(ids)) != len(ids):
        raise ValueError("an id occurs twice")
    if not (np.isfinite(prices) & (prices > 0)).all():
        raise ValueError("every price must be a finite number above 0")
    lines = [f"{house},{price:.2f}\n" for house, price in zip(ids, prices, strict=True)]
    return "id,price\n" + "".join(lines)
    ### END SOLUTION
