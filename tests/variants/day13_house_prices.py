"""Day 13's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name. An `apply_preprocess` that comes
alone reads the reference's state (numbers, categories, missing), and a `predict_prices` that comes
alone its model (state, w, b).
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np

from autograder.testing import right, wrong
from solutions.day13_house_prices import (
    apply_preprocess,
    column_kinds,
    cross_validate,
    fit_preprocess,
    log_rmse,
    take_rows,
)

houses = {}  # the notebook's table

# log_rmse: wrong


@wrong("log_rmse")
def log_rmse_logs_twice(predicted, actual):
    """The logarithm of the logarithm."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    p, a = np.log(np.maximum(predicted, 1)), np.log(actual)
    return float(np.sqrt(np.mean((np.log(np.maximum(p, 1)) - np.log(np.maximum(a, 1))) ** 2)))


@wrong("log_rmse")
def log_rmse_without_log(predicted, actual):
    """The plain root mean squared error of prices."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.maximum(predicted, 1) - actual) ** 2)))


@wrong("log_rmse")
def log_rmse_expects_logs(predicted, actual):
    """Takes the prediction for a logarithm already."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.maximum(predicted, 1) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_without_root(predicted, actual):
    """The mean squared error."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.mean((np.log(np.maximum(predicted, 1)) - np.log(actual)) ** 2))


@wrong("log_rmse")
def log_rmse_takes_the_mean_of_absolute_values(predicted, actual):
    """The mean absolute error of the logarithms."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.mean(np.abs(np.log(np.maximum(predicted, 1)) - np.log(actual))))


@wrong("log_rmse")
def log_rmse_of_one_plus_price(predicted, actual):
    """log1p for log."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.log1p(np.maximum(predicted, 1)) - np.log1p(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_to_the_base_ten(predicted, actual):
    """log10 for log."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.log10(np.maximum(predicted, 1)) - np.log10(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_of_the_mean_prices(predicted, actual):
    """Averages before it takes the logarithm."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    ratio = np.mean(np.maximum(predicted, 1)) / np.mean(actual)
    return float(np.sqrt(np.log(ratio) ** 2))


@wrong("log_rmse")
def log_rmse_unclipped(predicted, actual):
    """A prediction of 0 or less gives infinity or NaN."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean((np.log(predicted) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_clips_only_what_is_not_positive(predicted, actual):
    """A prediction between 0 and 1 stays as it is."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    raised = np.where(predicted <= 0, 1, predicted)
    return float(np.sqrt(np.mean((np.log(raised) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_clips_both(predicted, actual):
    """Actual prices below 1 are raised to 1, too."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    error = np.log(np.maximum(predicted, 1)) - np.log(np.maximum(actual, 1))
    return float(np.sqrt(np.mean(error**2)))


@wrong("log_rmse")
def log_rmse_takes_the_absolute_value_of_a_prediction(predicted, actual):
    """A negative prediction counts as its absolute value."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    error = np.log(np.maximum(np.abs(predicted), 1)) - np.log(actual)
    return float(np.sqrt(np.mean(error**2)))


@wrong("log_rmse")
def log_rmse_broadcasts(predicted, actual):
    """(n,) with (n, 1) becomes a matrix of all pairs."""
    if (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_compares_lengths_only(predicted, actual):
    """len is the same for (n,) and (n, 1)."""
    if len(predicted) != len(actual) or (actual <= 0).any():
        raise ValueError("no")
    return float(np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_accepts_any_actual_price(predicted, actual):
    """An actual price of 0 gives infinity."""
    if predicted.shape != actual.shape:
        raise ValueError("no")
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_accepts_an_actual_price_of_zero(predicted, actual):
    """Only negative actual prices are refused."""
    if predicted.shape != actual.shape or (actual < 0).any():
        raise ValueError("no")
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(actual)) ** 2)))


@wrong("log_rmse")
def log_rmse_divides_by_n_minus_one(predicted, actual):
    """The sum of squares is divided by n - 1."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    error = np.log(np.maximum(predicted, 1)) - np.log(actual)
    return float(np.sqrt(np.sum(error**2) / max(1, len(error) - 1)))


@wrong("log_rmse")
def log_rmse_clips_in_place(predicted, actual):
    """Right values, but the caller's predictions are raised to 1."""
    if predicted.shape != actual.shape or (actual <= 0).any():
        raise ValueError("no")
    predicted[predicted < 1] = 1
    return float(np.sqrt(np.mean((np.log(predicted) - np.log(actual)) ** 2)))


# log_rmse: right


@right("log_rmse")
def log_rmse_by_a_loop(predicted, actual):
    """Plain Python."""
    import math

    if np.shape(predicted) != np.shape(actual):
        raise ValueError("the shapes differ")
    if min(actual) <= 0:
        raise ValueError("a price of 0 or less")
    total = 0.0
    for p, a in zip(predicted.tolist(), actual.tolist(), strict=True):
        total += (math.log(max(p, 1.0)) - math.log(a)) ** 2
    return math.sqrt(total / len(actual))


@right("log_rmse")
def log_rmse_of_ratios(predicted, actual):
    """The logarithm of the ratio, and the norm of the vector; a numpy scalar."""
    if predicted.shape != actual.shape or not np.all(actual > 0):
        raise ValueError("not like this")
    return np.linalg.norm(np.log(np.clip(predicted, 1, None) / actual)) / np.sqrt(actual.size)


@right("log_rmse")
def log_rmse_by_torch(predicted, actual):
    """torch's mse_loss, double precision; a 0-d tensor."""
    import torch

    if predicted.shape != actual.shape or np.any(actual <= 0):
        raise ValueError("not like this")
    p = torch.tensor(np.array(predicted, dtype=np.float64)).clamp(min=1.0)
    a = torch.tensor(np.array(actual, dtype=np.float64))
    return torch.nn.functional.mse_loss(p.log(), a.log()).sqrt().item()


@right("log_rmse")
def log_rmse_by_sklearn(predicted, actual):
    """scikit-learn's mean squared error of the logarithms."""
    from sklearn.metrics import mean_squared_error

    if predicted.shape != actual.shape or np.any(actual <= 0):
        raise ValueError("not like this")
    raised = np.where(predicted < 1, 1, predicted)
    return mean_squared_error(np.log(actual), np.log(raised)) ** 0.5


# column_kinds: wrong


@wrong("column_kinds")
def kinds_take_flags_for_numbers(table):
    """isinstance(True, int) is true."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        known = [value for value in table[name] if value is not None]
        number = known and all(isinstance(value, int | float) for value in known)
        kinds[name] = "empty" if not known else "number" if number else "category"
    return kinds


@wrong("column_kinds")
def kinds_look_at_the_first_value(table):
    """A column whose first value is missing is taken for empty."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        first = table[name][0]
        kinds[name] = "category" if isinstance(first, str | bool) else "number"
        if first is None:
            kinds[name] = "empty"
    return kinds


@wrong("column_kinds")
def kinds_take_zero_for_missing(table):
    """`if value` drops 0, 0.0 and False."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        known = [value for value in table[name] if value]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_keep_the_id(table):
    """The id is a number like any other."""
    kinds = {}
    for name in table.keys() - {"price"}:
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_keep_the_price(table):
    """The price is a number like any other."""
    kinds = {}
    for name in table.keys() - {"id"}:
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_drop_names_that_contain_id(table):
    """Every column whose name begins like id or price is left out."""
    kinds = {}
    for name in table:
        if name.startswith(("id", "price")):
            continue
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_without_empty_columns(table):
    """Empty columns are left out."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        known = [value for value in table[name] if value is not None]
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_take_empty_columns_for_numbers(table):
    """A column without values is a number."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        words = any(isinstance(value, str | bool) for value in table[name])
        kinds[name] = "category" if words else "number"
    return kinds


@wrong("column_kinds")
def kinds_take_ints_for_categories(table):
    """Only floats are numbers."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            floats = all(isinstance(value, float) for value in known)
            kinds[name] = "number" if floats else "category"
    return kinds


@wrong("column_kinds")
def kinds_try_float(table):
    """Text that looks like a number is taken for one, and flags too."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            try:
                _ = [float(value) for value in known]
                kinds[name] = "number"
            except ValueError:
                kinds[name] = "category"
    return kinds


@wrong("column_kinds")
def kinds_want_complete_columns(table):
    """A number column with a gap is no number any more."""
    kinds = {}
    for name in table.keys() - {"id", "price"}:
        values = table[name]
        if all(value is None for value in values):
            kinds[name] = "empty"
        elif all(isinstance(value, int | float) and value is not True for value in values):
            kinds[name] = "number"
        else:
            kinds[name] = "category"
    return kinds


@wrong("column_kinds")
def kinds_pop_the_price(table):
    """Right values, but the caller's table loses its price."""
    kinds = {}
    table.pop("price", None)
    for name in table.keys() - {"id"}:
        known = [value for value in table[name] if value is not None]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


@wrong("column_kinds")
def kinds_of_the_global_table(table):
    """Reads the notebook's table, not the one that is handed in."""
    kinds = {}
    for name in houses.keys() - {"id", "price"}:
        known = [value for value in houses[name] if value is not None]
        kinds[name] = "empty"
        if known:
            kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
    return kinds


# column_kinds: right


@right("column_kinds")
def kinds_by_sets_of_types(table):
    """The set of types in a column, None's left out."""

    def kind(values):
        types = {type(value) for value in values} - {type(None)}
        if not types:
            return "empty"
        return "number" if types <= {int, float} else "category"

    return {name: kind(table[name]) for name in sorted(set(table) - {"id", "price"})}


@right("column_kinds")
def kinds_by_numpy(table):
    """The dtype that numpy finds for the known values."""
    kinds = {}
    for name, values in reversed(table.items()):
        if name not in ("id", "price"):
            known = np.array([value for value in values if value is not None])
            found = {"f": "number", "i": "number", "b": "category", "U": "category"}
            kinds[name] = found[known.dtype.kind] if known.size else "empty"
    return kinds


@right("column_kinds")
def kinds_by_next(table):
    """The first known value decides."""
    kinds = {}
    for name, values in table.items():
        first = next((value for value in values if value is not None), None)
        if first is None:
            kinds[name] = "empty"
        elif isinstance(first, bool):
            kinds[name] = "category"
        elif isinstance(first, (int, float)):
            kinds[name] = "number"
        else:
            kinds[name] = "category"
    kinds.pop("id", None)
    kinds.pop("price", None)
    return kinds


# fit_preprocess and apply_preprocess: wrong


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_fitted_on_test(table, state):
    """The state is ignored: medians, means and categories are those of the table at hand."""
    numbers, categories, missing = fit_preprocess({"id": [], "price": [], **table})
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = np.array([v == category for v in table[name]]) * 1.0
    for name in missing:
        features[f"{name} is missing"] = np.array([v is None for v in table[name]]) * 1.0
    rows = len(table["id"])
    return np.array(list(features.values())).reshape(len(features), rows).T, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_fills_with_the_table_at_hand(table, state):
    """Gaps are filled with the median of the table itself."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        known = [value for value in table[name] if value is not None]
        median = np.median(known) if known else median
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_standardises_with_the_table_at_hand(table, state):
    """Mean and standard deviation of the table itself."""
    numbers, categories, missing = state
    features = {}
    for name, (median, _, _) in numbers.items():
        filled = np.array([median if value is None else value for value in table[name]], float)
        features[name] = (filled - filled.mean()) / (filled.std() or 1.0)
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_with_categories_of_the_table(table, state):
    """An unseen category gets a feature, and one that does not occur has none."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name in categories:
        for category in sorted(set(table[name]) - {None}, key=str):
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_misaligns_dummies(table, state):
    """Names from the training table, columns from the sorted values of the table at hand."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        own = sorted(set(table[name]) - {None}, key=str)
        for i, category in enumerate(known):
            mine = own[i] if i < len(own) else None
            column = [float(v is not None and v == mine) for v in table[name]]
            features[f"{name}={category}"] = column
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_refuses_an_unseen_category(table, state):
    """list.index raises for a category that the training table did not know."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        place = [known.index(v) if v is not None else -1 for v in table[name]]
        for i, category in enumerate(known):
            features[f"{name}={category}"] = [float(p == i) for p in place]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_takes_unseen_for_missing(table, state):
    """An unseen category is turned into a missing one first."""
    numbers, categories, missing = state
    table = dict(table)
    for name, known in categories.items():
        table[name] = [v if v in known else None for v in table[name]]
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_gives_unseen_to_the_first(table, state):
    """An unseen category counts as the first known one."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        seen = [v if v is None or v in known else known[0] for v in table[name]]
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in seen]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess")
class preprocess_keeps_the_id:
    """The id becomes a standardised feature."""

    def column_kinds(table):
        kinds = {}
        for name in table.keys() - {"price"}:
            known = [value for value in table[name] if value is not None]
            kinds[name] = "empty"
            if known:
                kinds[name] = "category" if isinstance(known[0], str | bool) else "number"
        return kinds

    def fit_preprocess(train):
        numbers, categories, missing = {}, {}, []
        for name, kind in [("id", "number"), *column_kinds(train).items()]:
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


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_keeps_the_price(train):
    """The price becomes a feature, and a table without one cannot be transformed."""
    numbers, categories, missing = {}, {}, []
    for name, kind in [*column_kinds(train).items(), ("price", "number")]:
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


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_counts_gaps_as_zero(train):
    """The median of a column in which gaps are 0."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median([value or 0 for value in values]))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_fills_with_the_mean(train):
    """Gaps become the mean."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.mean(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_takes_the_lower_median(train):
    """With an even number of values the lower of the two in the middle."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = sorted(known)[(len(known) - 1) // 2]
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_scales_before_it_fills(train):
    """Mean and standard deviation are those of the known values."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number" and min(known) < max(known):
            numbers[name] = float(np.median(known)), np.mean(known), np.std(known)
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_divides_by_the_sample_deviation(train):
    """n - 1 for n."""
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
                numbers[name] = median, filled.mean(), filled.std(ddof=1)
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_divides_by_the_variance(train):
    """var for std."""
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
                numbers[name] = median, filled.mean(), filled.var()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_divides_by_zero(train):
    """A constant column of numbers becomes NaN."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_compares_the_deviation_with_zero(train):
    """The standard deviation of equal numbers is not always exactly 0."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.std() > 0:
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_keeps_constant_columns_as_zeros(train):
    """A constant column of numbers becomes a feature of zeros."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            constant = filled.min() == filled.max()
            numbers[name] = median, filled.mean(), 1.0 if constant else filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_keeps_constant_categories(train):
    """A category with one value becomes a feature of ones."""
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
            categories[name] = sorted(set(known))
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_drops_categories_with_one_value_and_gaps(train):
    """A category with one value is dropped, though its gaps make a difference."""
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
        if kind == "category" and len(set(known)) > 1:
            categories[name] = sorted(set(known))
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_flags_every_column(train):
    """`is missing` also for columns that are complete."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if known:
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_flags_empty_columns(train):
    """`is missing` for an empty column, a feature of ones."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_flags_numbers_only(train):
    """A missing category has no feature of its own."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if kind == "number":
            if len(known) < len(values):
                missing.append(name)
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_without_flags(train):
    """That a value is missing is forgotten."""
    numbers, categories = {}, {}
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if kind == "number":
            median = float(np.median(known))
            filled = np.array([median if value is None else value for value in values])
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, []


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_drops_the_first_category(train):
    """The first category stands for "none of the others"."""
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
            categories[name] = sorted(set(known))[1:]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_with_categories_called_missing(table, state):
    """`heating=None` in place of `heating is missing`."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name}=None"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_leaves_flags_boolean(table, state):
    """An object array that holds floats and bools."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [v == category for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [v is None for v in table[name]]
    matrix = np.empty((len(table["id"]), len(features)), dtype=object)
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_takes_flags_for_numbers(train):
    """True and False are standardised like 1 and 0."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if known and not isinstance(known[0], str):
            median = float(np.median(np.array(known, dtype=float)))
            filled = np.array([median if value is None else value for value in values], float)
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        elif kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_in_single_precision(table, state):
    """float32, as networks like it."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)), dtype=np.float32)
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_with_sorted_names(table, state):
    """The names are sorted, the columns are not."""
    numbers, categories, missing = state
    features = {}
    for name, (median, mean, std) in numbers.items():
        filled = [median if value is None else value for value in table[name]]
        features[name] = (np.array(filled) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, sorted(features)[::-1]


@wrong("fit_preprocess")
class preprocess_by_place:
    """Columns are found by their place in the table, not by name."""

    def fit_preprocess(train):
        numbers, categories, missing = {}, {}, []
        order = list(train)
        for name, kind in column_kinds(train).items():
            values, place = train[name], order.index(name)
            known = [value for value in values if value is not None]
            if 0 < len(known) < len(values):
                missing.append((name, place))
            if kind == "number":
                median = float(np.median(known))
                filled = np.array([median if value is None else value for value in values])
                if filled.min() < filled.max():
                    numbers[name] = place, median, filled.mean(), filled.std()
            if kind == "category":
                known = [v for v in sorted(set(known)) if known.count(v) < len(values)]
                categories[name] = place, known
        return numbers, categories, missing

    def apply_preprocess(table, state):
        numbers, categories, missing = state
        columns, features = list(table.values()), {}
        for name, (place, median, mean, std) in numbers.items():
            filled = [median if value is None else value for value in columns[place]]
            features[name] = (np.array(filled) - mean) / std
        for name, (place, known) in categories.items():
            for category in known:
                features[f"{name}={category}"] = [float(v == category) for v in columns[place]]
        for name, place in missing:
            features[f"{name} is missing"] = [float(v is None) for v in columns[place]]
        matrix = np.zeros((len(table["id"]), len(features)))
        for j, column in enumerate(features.values()):
            matrix[:, j] = column
        return matrix, list(features)


@wrong("fit_preprocess")
class preprocess_in_a_global:
    """The state is the last one that was fitted, wherever it came from."""

    def fit_preprocess(train):
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
        globals()["LAST"] = numbers, categories, missing
        return "fitted"

    def apply_preprocess(table, state):
        numbers, categories, missing = globals()["LAST"]
        features = {}
        for name, (median, mean, std) in numbers.items():
            filled = [median if value is None else value for value in table[name]]
            features[name] = (np.array(filled) - mean) / std
        for name, known in categories.items():
            for category in known:
                features[f"{name}={category}"] = [float(v == category) for v in table[name]]
        for name in missing:
            features[f"{name} is missing"] = [float(v is None) for v in table[name]]
        matrix = np.zeros((len(table["id"]), len(features)))
        for j, column in enumerate(features.values()):
            matrix[:, j] = column
        return matrix, list(features)


@wrong("fit_preprocess", replaces="fit_preprocess")
def preprocess_fills_in_place(train):
    """Right values, but the gaps of the caller's training table are filled."""
    numbers, categories, missing = {}, {}, []
    for name, kind in column_kinds(train).items():
        values = train[name]
        known = [value for value in values if value is not None]
        if 0 < len(known) < len(values):
            missing.append(name)
        if kind == "number":
            median = float(np.median(known))
            values[:] = [median if value is None else value for value in values]
            filled = np.array(values)
            if filled.min() < filled.max():
                numbers[name] = median, filled.mean(), filled.std()
        if kind == "category":
            categories[name] = [v for v in sorted(set(known)) if known.count(v) < len(values)]
    return numbers, categories, missing


@wrong("fit_preprocess", replaces="apply_preprocess")
def preprocess_drops_rows_with_gaps(table, state):
    """Rows with a missing number are left out."""
    numbers, categories, missing = state
    good = [
        i for i in range(len(table["id"])) if all(table[name][i] is not None for name in numbers)
    ]
    table = take_rows(table, good)
    features = {}
    for name, (_, mean, std) in numbers.items():
        features[name] = (np.array(table[name]) - mean) / std
    for name, known in categories.items():
        for category in known:
            features[f"{name}={category}"] = [float(v == category) for v in table[name]]
    for name in missing:
        features[f"{name} is missing"] = [float(v is None) for v in table[name]]
    matrix = np.zeros((len(table["id"]), len(features)))
    for j, column in enumerate(features.values()):
        matrix[:, j] = column
    return matrix, list(features)


# fit_preprocess and apply_preprocess: right


@right("fit_preprocess")
class preprocess_by_a_list_of_features:
    """Pure Python: the state is a list with one entry for each feature, in sorted order."""

    def fit_preprocess(train):
        import statistics

        state = []
        for name in sorted(column_kinds(train)):
            values = train[name]
            known = [v for v in values if v is not None]
            if known and len(known) < len(values):
                state.append((f"{name} is missing", name, "gap", None))
            if known and isinstance(known[0], (str, bool)):
                state += [
                    (f"{name}={value}", name, "one", value)
                    for value in dict.fromkeys(known)
                    if any(v != value for v in values)
                ]
            elif known and len(set(known)) > 1:
                middle = statistics.median(known)
                filled = [middle if v is None else v for v in values]
                mean = statistics.fmean(filled)
                spread = statistics.pstdev(filled)
                state.append((name, name, "number", (middle, mean, spread)))
        return state

    def apply_preprocess(table, state):
        rows = []
        for i in range(len(table["id"])):
            row = []
            for _, name, kind, what in state:
                value = table[name][i]
                if kind == "gap":
                    row.append(1.0 if value is None else 0.0)
                elif kind == "one":
                    row.append(1.0 if value == what else 0.0)
                else:
                    middle, mean, spread = what
                    row.append(((middle if value is None else value) - mean) / spread)
            rows.append(row)
        features = np.array(rows, dtype=np.float64).reshape(len(rows), len(state))
        return features, [name for name, *_ in state]


@right("fit_preprocess")
class preprocess_by_an_object:
    """The state is an instance of a class of the student's own, with a method that transforms."""

    def fit_preprocess(train):
        class Preprocessor:
            def __init__(self, table):
                self.kinds = column_kinds(table)
                self.medians, self.known, self.gaps = {}, {}, set()
                for name, kind in self.kinds.items():
                    values = [v for v in table[name] if v is not None]
                    if kind == "number":
                        self.medians[name] = np.median(values)
                    if kind == "category":
                        self.known[name] = set(values)
                    if len(values) < len(table[name]):
                        self.gaps.add(name)
                raw = self.raw(table)
                raw = {name: v for name, v in raw.items() if v.min() != v.max()}
                self.names = list(raw)
                self.means = {n: v.mean() if n in self.medians else 0 for n, v in raw.items()}
                self.stds = {n: v.std() if n in self.medians else 1 for n, v in raw.items()}

            def raw(self, table):
                out = {}
                for name, median in self.medians.items():
                    column = np.array([np.nan if v is None else v for v in table[name]], float)
                    out[name] = np.where(np.isnan(column), median, column)
                for name, values in self.known.items():
                    for value in values:
                        out[f"{name}={value}"] = np.array([v == value for v in table[name]], float)
                for name in self.gaps:
                    out[f"{name} is missing"] = np.array([v is None for v in table[name]], float)
                return out

            def transform(self, table):
                raw = self.raw(table)
                columns = [(raw[n] - self.means[n]) / self.stds[n] for n in self.names]
                empty = np.empty((len(table["id"]), 0))
                return np.column_stack([empty, *columns]), self.names

        return Preprocessor(train)

    def apply_preprocess(table, state):
        return state.transform(table)


@right("fit_preprocess")
class preprocess_by_a_closure:
    """The state is a function; features in reverse, in Fortran order, names in a list."""

    def fit_preprocess(train):
        makers = {}

        def gap(name):
            return lambda table: [value is None for value in table[name]]

        def same(name, value):
            return lambda table: [v == value for v in table[name]]

        def scaled(name, median, mean, std):
            def make(table):
                return [((median if v is None else v) - mean) / std for v in table[name]]

            return make

        for name in reversed(list(train)):
            values = train[name]
            known = [v for v in values if v is not None]
            if name in ("id", "price") or not known:
                continue
            if type(known[0]) in (int, float):
                if max(known) > min(known):
                    median = float(np.median(known))
                    filled = np.array([median if v is None else v for v in values])
                    makers[name] = scaled(name, median, filled.mean(), filled.std())
            else:
                for value in set(known):
                    if set(values) != {value}:
                        makers[f"{name}={value}"] = same(name, value)
            if None in values:
                makers[f"{name} is missing"] = gap(name)
        return lambda table: {name: make(table) for name, make in makers.items()}

    def apply_preprocess(table, state):
        columns = state(table)
        matrix = np.zeros((len(table["id"]), len(columns)), order="F")
        for j, column in enumerate(columns.values()):
            matrix[:, j] = column
        return matrix, list(columns)


@right("fit_preprocess")
class preprocess_by_sklearn:
    """scikit-learn's scaler and encoder for what they are good at."""

    def fit_preprocess(train):
        from sklearn.impute import SimpleImputer
        from sklearn.preprocessing import StandardScaler

        state = {"numbers": {}, "categories": {}, "gaps": []}
        for name, kind in column_kinds(train).items():
            values = train[name]
            if kind != "empty" and None in values:
                state["gaps"].append(name)
            if kind == "number":
                column = np.array([[np.nan if v is None else v] for v in values], dtype=float)
                imputer = SimpleImputer(strategy="median").fit(column)
                filled = imputer.transform(column)
                if np.ptp(filled) > 0:
                    state["numbers"][name] = imputer, StandardScaler().fit(filled)
            if kind == "category":
                words = {v for v in values if v is not None}
                state["categories"][name] = words if len(words) > 1 or None in values else set()
        return state

    def apply_preprocess(table, state):
        blocks, names = [np.zeros((len(table["id"]), 0))], []
        for name, (imputer, scaler) in state["numbers"].items():
            column = np.array([[np.nan if v is None else v] for v in table[name]], dtype=float)
            blocks.append(scaler.transform(imputer.transform(column)))
            names.append(name)
        for name, words in state["categories"].items():
            for word in sorted(words):
                blocks.append(np.array([[float(v == word)] for v in table[name]]))
                names.append(f"{name}={word}")
        for name in state["gaps"]:
            blocks.append(np.array([[float(v is None)] for v in table[name]]))
            names.append(f"{name} is missing")
        return np.hstack(blocks), names


# kfold_indices: wrong


@wrong("kfold_indices")
def kfold_drops_the_last_rows(n, k, seed):
    """n // k rows in each part, and the rest in none."""
    if not 2 <= k <= n:
        raise ValueError("k")
    order = np.random.default_rng(seed).permutation(n)
    parts = [order[i * (n // k) : (i + 1) * (n // k)] for i in range(k)]
    return [(np.setdiff1d(order, part), part) for part in parts]


@wrong("kfold_indices")
def kfold_puts_the_rest_into_the_last_part(n, k, seed):
    """The last part is larger by up to k - 1."""
    if not 2 <= k <= n:
        raise ValueError("k")
    order = np.random.default_rng(seed).permutation(n)
    cuts = [i * (n // k) for i in range(k)] + [n]
    parts = [order[cuts[i] : cuts[i + 1]] for i in range(k)]
    return [(np.setdiff1d(order, part), part) for part in parts]


@wrong("kfold_indices")
def kfold_with_an_overlap(n, k, seed):
    """Each part is shuffled anew, so that parts overlap."""
    if not 2 <= k <= n:
        raise ValueError("k")
    rng = np.random.default_rng(seed)
    sizes = [len(part) for part in np.array_split(np.arange(n), k)]
    parts = [rng.permutation(n)[:size] for size in sizes]
    return [(np.setdiff1d(np.arange(n), part), part) for part in parts]


@wrong("kfold_indices")
def kfold_trains_on_everything(n, k, seed):
    """train has the held-out rows, too."""
    if not 2 <= k <= n:
        raise ValueError("k")
    order = np.random.default_rng(seed).permutation(n)
    return [(order, part) for part in np.array_split(order, k)]


@wrong("kfold_indices")
def kfold_exchanges_train_and_held_out(n, k, seed):
    """(held_out, train)."""
    if not 2 <= k <= n:
        raise ValueError("k")
    order = np.random.default_rng(seed).permutation(n)
    return [(part, np.setdiff1d(order, part)) for part in np.array_split(order, k)]


@wrong("kfold_indices")
def kfold_trains_on_the_next_part_only(n, k, seed):
    """train is one other part, not all others."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(parts[(i + 1) % k], parts[i]) for i in range(k)]


@wrong("kfold_indices")
def kfold_without_shuffling(n, k, seed):
    """Blocks of neighbouring rows."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(np.arange(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


@wrong("kfold_indices")
def kfold_shuffles_the_parts_only(n, k, seed):
    """Blocks of neighbouring rows in random order."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(np.arange(n), k)
    np.random.default_rng(seed).shuffle(order := list(range(k)))
    return [(np.setdiff1d(np.arange(n), parts[i]), parts[i]) for i in order]


@wrong("kfold_indices")
def kfold_deals_in_turn(n, k, seed):
    """Row i goes to part i modulo k, from a random start."""
    if not 2 <= k <= n:
        raise ValueError("k")
    start = np.random.default_rng(seed).integers(k)
    part_of = (np.arange(n) + start) % k
    return [(np.flatnonzero(part_of != i), np.flatnonzero(part_of == i)) for i in range(k)]


@wrong("kfold_indices")
def kfold_draws_a_part_for_each_row(n, k, seed):
    """Parts of random sizes."""
    if not 2 <= k <= n:
        raise ValueError("k")
    part_of = np.random.default_rng(seed).integers(k, size=n)
    return [(np.flatnonzero(part_of != i), np.flatnonzero(part_of == i)) for i in range(k)]


@wrong("kfold_indices")
def kfold_always_with_the_same_seed(n, k, seed):
    """The seed is ignored."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(np.random.default_rng(0).permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


@wrong("kfold_indices")
def kfold_without_a_seed(n, k, seed):
    """Another split at each call."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(np.random.default_rng().permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


@wrong("kfold_indices")
def kfold_counts_from_one(n, k, seed):
    """Row numbers 1 to n."""
    if not 2 <= k <= n:
        raise ValueError("k")
    parts = np.array_split(1 + np.random.default_rng(seed).permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


@wrong("kfold_indices")
def kfold_gives_masks(n, k, seed):
    """Boolean masks in place of row numbers."""
    if not 2 <= k <= n:
        raise ValueError("k")
    part_of = np.random.default_rng(seed).permutation(n) % k
    return [(part_of != i, part_of == i) for i in range(k)]


@wrong("kfold_indices")
def kfold_takes_any_k(n, k, seed):
    """More parts than rows, or one part, raise nothing."""
    parts = np.array_split(np.random.default_rng(seed).permutation(n), max(1, k))
    return [(np.setdiff1d(np.arange(n), part), part) for part in parts]


@wrong("kfold_indices")
def kfold_refuses_leaving_one_out(n, k, seed):
    """k = n is refused."""
    if not 2 <= k < n:
        raise ValueError("k")
    parts = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


# kfold_indices: right


@right("kfold_indices")
def kfold_by_dealing_cards(n, k, seed):
    """Shuffle, then deal one row after the other; plain lists inside."""
    if k < 2 or k > n:
        raise ValueError(f"k = {k}")
    import random

    rows = list(range(n))
    random.Random(seed).shuffle(rows)
    folds = []
    for i in range(k):
        held_out = sorted(rows[i::k])
        train = [row for row in range(n) if row not in held_out]
        folds.append((np.array(train), np.array(held_out)))
    return folds


@right("kfold_indices")
def kfold_by_remainders(n, k, seed):
    """A random permutation modulo k is the number of the part."""
    if not 2 <= k <= n:
        raise ValueError("k")
    part_of = np.random.default_rng(seed).permutation(n) % k
    return tuple(
        (np.flatnonzero(part_of != i), np.flatnonzero(part_of == i)) for i in reversed(range(k))
    )


@right("kfold_indices")
def kfold_by_sklearn(n, k, seed):
    """scikit-learn's KFold, which raises ValueError by itself."""
    from sklearn.model_selection import KFold

    return list(KFold(k, shuffle=True, random_state=seed).split(np.zeros((n, 1))))


@right("kfold_indices")
def kfold_by_torch(n, k, seed):
    """torch.randperm with a generator of its own."""
    import torch

    if not 2 <= k <= n:
        raise ValueError("k")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts = [part.numpy() for part in torch.tensor_split(order, k)]
    return [[np.concatenate([p for p in parts if p is not part]), part] for part in parts]


# fit_model and predict_prices: wrong


@wrong("fit_model", replaces="predict_prices")
def model_answers_logarithms(table, model):
    """The exponential is forgotten."""
    state, w, b = model
    return apply_preprocess(table, state)[0] @ w + b


@wrong("fit_model")
class model_logs_twice:
    """The logarithm of the logarithm is learned, and only one of them is undone."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, names = apply_preprocess(train, state)
        target = np.log(np.log(train["price"]))
        centred = features - features.mean(axis=0)
        gram = centred.T @ centred + penalty * np.eye(len(names))
        w = np.linalg.solve(gram, centred.T @ target)
        return state, w, target.mean() - features.mean(axis=0) @ w

    def predict_prices(table, model):
        state, w, b = model
        return np.exp(apply_preprocess(table, state)[0] @ w + b)


@wrong("fit_model")
class model_on_prices:
    """A ridge regression on prices without logarithm."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, names = apply_preprocess(train, state)
        target = np.array(train["price"])
        centred = features - features.mean(axis=0)
        gram = centred.T @ centred + penalty * np.eye(len(names))
        w = np.linalg.solve(gram, centred.T @ target)
        return state, w, target.mean() - features.mean(axis=0) @ w

    def predict_prices(table, model):
        state, w, b = model
        return apply_preprocess(table, state)[0] @ w + b


@wrong("fit_model")
class model_with_log1p:
    """log1p and expm1: nearly the same for prices, but not what is asked."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, names = apply_preprocess(train, state)
        target = np.log1p(train["price"])
        centred = features - features.mean(axis=0)
        gram = centred.T @ centred + penalty * np.eye(len(names))
        w = np.linalg.solve(gram, centred.T @ target)
        return state, w, target.mean() - features.mean(axis=0) @ w

    def predict_prices(table, model):
        state, w, b = model
        return np.expm1(apply_preprocess(table, state)[0] @ w + b)


@wrong("fit_model", replaces="fit_model")
def model_penalises_the_bias(train, penalty):
    """The bias is penalised like any weight."""
    state = fit_preprocess(train)
    features, _ = apply_preprocess(train, state)
    x = np.column_stack([features, np.ones(len(features))])
    gram = x.T @ x + penalty * np.eye(x.shape[1])
    solution = np.linalg.solve(gram, x.T @ np.log(train["price"]))
    return state, solution[:-1], solution[-1]


@wrong("fit_model", replaces="fit_model")
def model_without_bias(train, penalty):
    """There is no bias."""
    state = fit_preprocess(train)
    x, names = apply_preprocess(train, state)
    gram = x.T @ x + penalty * np.eye(len(names))
    return state, np.linalg.solve(gram, x.T @ np.log(train["price"])), 0.0


@wrong("fit_model", replaces="fit_model")
def model_takes_the_mean_of_the_errors(train, penalty):
    """The mean of the squared errors, so that the penalty is n times as strong."""
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    gram = centred.T @ centred / len(target) + penalty * np.eye(len(names))
    w = np.linalg.solve(gram, centred.T @ target / len(target))
    return state, w, target.mean() - features.mean(axis=0) @ w


@wrong("fit_model", replaces="fit_model")
def model_halves_the_errors(train, penalty):
    """One half of the squared errors, so that the penalty is twice as strong."""
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    gram = centred.T @ centred + 2 * penalty * np.eye(len(names))
    w = np.linalg.solve(gram, centred.T @ target)
    return state, w, target.mean() - features.mean(axis=0) @ w


@wrong("fit_model", replaces="fit_model")
def model_ignores_the_penalty(train, penalty):
    """Plain least squares."""
    state = fit_preprocess(train)
    features, _ = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    w = np.linalg.pinv(centred) @ target
    return state, w, target.mean() - features.mean(axis=0) @ w


@wrong("fit_model", replaces="fit_model")
def model_adds_the_penalty_everywhere(train, penalty):
    """The penalty is added to every entry of the matrix, not to its diagonal."""
    state = fit_preprocess(train)
    features, _ = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    w = np.linalg.pinv(centred.T @ centred + penalty) @ centred.T @ target
    return state, w, target.mean() - features.mean(axis=0) @ w


@wrong("fit_model", replaces="fit_model")
def model_forgets_that_features_have_a_mean(train, penalty):
    """The bias is the mean of the target, as if all features had mean 0; dummies have not."""
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    gram = centred.T @ centred + penalty * np.eye(len(names))
    return state, np.linalg.solve(gram, centred.T @ target), target.mean()


@wrong("fit_model", replaces="fit_model")
def model_logs_the_mean_price(train, penalty):
    """The bias is made of the logarithm of the mean price."""
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centred = features - features.mean(axis=0)
    gram = centred.T @ centred + penalty * np.eye(len(names))
    w = np.linalg.solve(gram, centred.T @ target)
    return state, w, np.log(np.mean(train["price"])) - features.mean(axis=0) @ w


@wrong("fit_model")
class model_fits_preprocessing_anew:
    """predict_prices fits its own preprocessing on the table that it is asked about."""

    def predict_prices(table, model):
        state, w, b = model
        names = apply_preprocess(table, state)[1]
        own, own_names = apply_preprocess(table, fit_preprocess({"price": [], **table}))
        found = dict(zip(own_names, own.T, strict=True))
        rows = len(table["id"])
        features = np.zeros((rows, len(names)))
        for j, name in enumerate(names):
            features[:, j] = found.get(name, np.zeros(rows))
        return np.exp(features @ w + b)


@wrong("fit_model")
class model_in_a_global:
    """The model is the last one that was fitted."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, names = apply_preprocess(train, state)
        target = np.log(train["price"])
        centred = features - features.mean(axis=0)
        gram = centred.T @ centred + penalty * np.eye(len(names))
        w = np.linalg.solve(gram, centred.T @ target)
        globals()["MODEL"] = state, w, target.mean() - features.mean(axis=0) @ w
        return "fitted"

    def predict_prices(table, model):
        state, w, b = globals()["MODEL"]
        return np.exp(apply_preprocess(table, state)[0] @ w + b)


@wrong("fit_model", replaces="fit_model")
def model_by_few_steps_of_descent(train, penalty):
    """A hundred steps of gradient descent do not reach the minimum."""
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    target = np.log(train["price"])
    centre = features.mean(axis=0)
    w = np.zeros(len(names))
    for _ in range(100):
        error = (features - centre) @ w - target
        w -= 0.5 * ((features - centre).T @ error + penalty * w) / (100 * len(target) + penalty)
    return state, w, target.mean() - centre @ w


@wrong("fit_model", replaces="fit_model")
def model_pops_the_price(train, penalty):
    """Right values, but the caller's table loses its price."""
    target = np.log(train.pop("price"))
    state = fit_preprocess(train)
    features, names = apply_preprocess(train, state)
    centred = features - features.mean(axis=0)
    gram = centred.T @ centred + penalty * np.eye(len(names))
    w = np.linalg.solve(gram, centred.T @ target)
    return state, w, target.mean() - features.mean(axis=0) @ w


@wrong("fit_model", replaces="predict_prices")
def model_corrects_with_the_price(table, model):
    """Looks at the price of the table, where there is one."""
    state, w, b = model
    prices = np.exp(apply_preprocess(table, state)[0] @ w + b)
    if "price" in table:
        prices = prices * np.mean(table["price"]) / prices.mean()
    return prices


@wrong("fit_model", replaces="predict_prices")
def model_answers_a_column(table, model):
    """(n, 1) instead of (n,)."""
    state, w, b = model
    return np.exp(apply_preprocess(table, state)[0] @ w[:, None] + b)


# fit_model and predict_prices: right


@right("fit_model")
class model_by_a_column_of_ones:
    """A column of ones whose penalty is 0; the model is a dict."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, _ = apply_preprocess(train, state)
        x = np.hstack([np.ones((len(features), 1)), features])
        ridge = penalty * np.eye(x.shape[1])
        ridge[0, 0] = 0.0
        weights = np.linalg.solve(x.T @ x + ridge, x.T @ np.log(np.array(train["price"])))
        return {"state": state, "weights": weights}

    def predict_prices(table, model):
        features, _ = apply_preprocess(table, model["state"])
        x = np.hstack([np.ones((len(features), 1)), features])
        return np.exp(x @ model["weights"])


@right("fit_model")
class model_by_more_rows:
    """Ridge as least squares with rows of sqrt(penalty) below; a function is the model."""

    def fit_model(train, penalty):
        state = fit_preprocess(train)
        features, names = apply_preprocess(train, state)
        target = np.log(train["price"])
        centre, level = features.mean(axis=0), target.mean()
        x = np.vstack([features - centre, np.sqrt(penalty) * np.eye(len(names))])
        y = np.concatenate([target - level, np.zeros(len(names))])
        w = np.linalg.lstsq(x, y, rcond=None)[0]
        return lambda table: np.exp((apply_preprocess(table, state)[0] - centre) @ w + level)

    def predict_prices(table, model):
        return model(table)


@right("fit_model")
class model_by_sklearn:
    """scikit-learn's Ridge has the same sum."""

    def fit_model(train, penalty):
        from sklearn.linear_model import Ridge

        state = fit_preprocess(train)
        features, _ = apply_preprocess(train, state)
        return [
            state,
            Ridge(alpha=penalty, solver="cholesky").fit(features, np.log(train["price"])),
        ]

    def predict_prices(table, model):
        state, ridge = model
        return np.exp(ridge.predict(apply_preprocess(table, state)[0]))


@right("fit_model")
class model_by_the_dual:
    """The kernel form, an n by n system, in torch; an instance of a class is the model."""

    def fit_model(train, penalty):
        import torch

        class Model:
            pass

        model = Model()
        model.state = fit_preprocess(train)
        x = torch.tensor(apply_preprocess(train, model.state)[0])
        y = torch.tensor(train["price"], dtype=torch.float64).log()
        model.centre, model.level = x.mean(dim=0), y.mean()
        x = x - model.centre
        kernel = x @ x.T + penalty * torch.eye(len(y), dtype=torch.float64)
        model.w = x.T @ torch.linalg.solve(kernel, y - model.level)
        return model

    def predict_prices(table, model):
        import torch

        x = torch.tensor(apply_preprocess(table, model.state)[0])
        return ((x - model.centre) @ model.w + model.level).exp().numpy()


# cross_validate and choose_model: wrong


@wrong("cross_validate", replaces="cross_validate")
def validate_fits_on_everything(table, folds, fit, predict):
    """fit sees all rows, the held-out ones too."""
    scores = []
    for _, held_out in folds:
        model = fit(table)
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_fits_once(table, folds, fit, predict):
    """One model, of the first fold, judges all folds."""
    model, scores = fit(take_rows(table, folds[0][0])), []
    for _, held_out in folds:
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_scores_the_training_rows(table, folds, fit, predict):
    """The score is the one on the training rows."""
    scores = []
    for train, _ in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, train)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_exchanges_the_two(table, folds, fit, predict):
    """Learns from the held-out rows and is judged on the others."""
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, held_out))
        questions = take_rows(table, train)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_shows_the_price(table, folds, fit, predict):
    """predict is given the prices of the held-out houses."""
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        scores.append(log_rmse(predict(questions, model), np.array(questions["price"])))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_hides_the_price_from_fit(table, folds, fit, predict):
    """fit is not given the price either, or rather 1 for each."""
    scores = []
    for train, held_out in folds:
        model = fit({**take_rows(table, train), "price": [1.0] * len(train)})
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_logs_before_log_rmse(table, folds, fit, predict):
    """The logarithm is taken here, and once more in log_rmse."""
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(np.log(predict(questions, model)), np.log(actual)))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_without_logarithms(table, folds, fit, predict):
    """The plain root mean squared error."""
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(np.sqrt(np.mean((predict(questions, model) - actual) ** 2)))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_answers_the_mean(table, folds, fit, predict):
    """One number in place of one for each fold."""
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.mean(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_fits_all_models_first(table, folds, fit, predict):
    """All folds are predicted with the model of the last one."""
    scores = []
    for train, _ in folds:
        model = fit(take_rows(table, train))
    for _, held_out in folds:
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_drops_the_price_for_good(table, folds, fit, predict):
    """Right values, but the caller's table has no price afterwards."""
    price = np.array(table["price"])
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        questions.pop("price")
        scores.append(log_rmse(predict(questions, model), price[held_out]))
    table.pop("price")
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_makes_its_own_folds(table, folds, fit, predict):
    """The folds that are handed in only tell how many there are."""
    rows = np.arange(len(table["id"]))
    scores = []
    for held_out in np.array_split(rows, len(folds)):
        model = fit(take_rows(table, np.setdiff1d(rows, held_out)))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_trains_on_what_is_not_held_out(table, folds, fit, predict):
    """The train rows of a fold are ignored: all rows that are not held out are used."""
    scores = []
    for _, held_out in folds:
        rest = np.setdiff1d(np.arange(len(table["id"])), held_out)
        model = fit(take_rows(table, rest))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_compares_with_prices_in_another_order(table, folds, fit, predict):
    """Rows are predicted in sorted order, and compared in the order of the fold."""
    price = np.array(table["price"])
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, np.sort(held_out))
        questions.pop("price")
        scores.append(log_rmse(predict(questions, model), price[held_out]))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_hides_the_id(table, folds, fit, predict):
    """The tables for fit and predict have no id any more."""
    table = {name: values for name, values in table.items() if name != "id"}
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="cross_validate")
def validate_fills_gaps_beforehand(table, folds, fit, predict):
    """Missing numbers are filled with the median of all rows before the folds are made."""
    table = dict(table)
    for name, kind in column_kinds(table).items():
        if kind == "number":
            median = float(np.median([v for v in table[name] if v is not None]))
            table[name] = [median if v is None else v for v in table[name]]
    scores = []
    for train, held_out in folds:
        model = fit(take_rows(table, train))
        questions = take_rows(table, held_out)
        actual = np.array(questions.pop("price"))
        scores.append(log_rmse(predict(questions, model), actual))
    return np.array(scores)


@wrong("cross_validate", replaces="choose_model")
def choose_takes_the_largest(table, folds, models):
    """The largest mean error wins."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    return max(scores, key=lambda name: scores[name].mean()), scores


@wrong("cross_validate", replaces="choose_model")
def choose_takes_the_best_fold(table, folds, models):
    """The smallest single score wins."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    return min(scores, key=lambda name: scores[name].min()), scores


@wrong("cross_validate", replaces="choose_model")
def choose_takes_the_median(table, folds, models):
    """The smallest median wins."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    return min(scores, key=lambda name: np.median(scores[name])), scores


@wrong("cross_validate", replaces="choose_model")
def choose_looks_at_the_first_fold(table, folds, models):
    """The smallest score on the first fold wins."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    return min(scores, key=lambda name: scores[name][0]), scores


@wrong("cross_validate", replaces="choose_model")
def choose_takes_the_last_in_a_tie(table, folds, models):
    """The last of several models with the same mean wins."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    best, smallest = None, np.inf
    for name, values in scores.items():
        if values.mean() <= smallest:
            best, smallest = name, values.mean()
    return best, scores


@wrong("cross_validate", replaces="choose_model")
def choose_takes_the_first_by_alphabet(table, folds, models):
    """In a tie the name that sorts first wins."""
    scores = {name: cross_validate(table, folds, *models[name]) for name in sorted(models)}
    return min(scores, key=lambda name: scores[name].mean()), scores


@wrong("cross_validate", replaces="choose_model")
def choose_answers_the_model(table, folds, models):
    """The pair of functions in place of its name."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    return models[min(scores, key=lambda name: scores[name].mean())], scores


@wrong("cross_validate", replaces="choose_model")
def choose_answers_means(table, folds, models):
    """Means in place of the scores of the folds."""
    scores = {name: cross_validate(table, folds, *pair).mean() for name, pair in models.items()}
    return min(scores, key=lambda name: scores[name]), scores


@wrong("cross_validate", replaces="choose_model")
def choose_fits_the_winner_again(table, folds, models):
    """The winner is fitted once more on the whole table."""
    scores = {name: cross_validate(table, folds, *pair) for name, pair in models.items()}
    best = min(scores, key=lambda name: scores[name].mean())
    models[best][0](table)
    return best, scores


# cross_validate and choose_model: right


@right("cross_validate")
class validate_with_masks_and_other_orders:
    """Rows in the order of the table, by masks; scores in an array; a loop for the best."""

    def cross_validate(table, folds, fit, predict):
        scores = np.zeros(len(folds))
        n = len(table["price"])
        for number, (train, held_out) in enumerate(folds):
            learn, ask = np.isin(np.arange(n), train), np.isin(np.arange(n), held_out)
            known = {
                k: [v for v, on in zip(col, learn, strict=True) if on] for k, col in table.items()
            }
            asked = {
                k: [v for v, on in zip(col, ask, strict=True) if on]
                for k, col in table.items()
                if k != "price"
            }
            model = fit(known)
            scores[number] = log_rmse(predict(asked, model), np.array(table["price"])[ask])
        return scores

    def choose_model(table, folds, models):
        best, smallest, scores = None, None, {}
        for name, (fit, predict) in models.items():
            scores[name] = cross_validate(table, folds, fit, predict)
            mean = scores[name].mean()
            if smallest is None or mean < smallest:
                best, smallest = name, mean
        return best, scores


@right("cross_validate", replaces="cross_validate")
def validate_models_first(table, folds, fit, predict):
    """All models are fitted before the first one predicts."""
    models = [fit(take_rows(table, train)) for train, _ in folds]
    scores = []
    for model, (_, held_out) in zip(models, folds, strict=True):
        asked = take_rows(table, held_out.tolist())
        actual = np.asarray(asked["price"], dtype=float)
        del asked["price"]
        scores.append(log_rmse(np.asarray(predict(asked, model)), actual))
    return np.array(scores)


@right("cross_validate", replaces="cross_validate")
def validate_reversed_rows(table, folds, fit, predict):
    """Rows and columns in reverse; ids as numpy integers."""
    scores = []
    for train, held_out in folds:
        flipped = dict(reversed(table.items()))
        model = fit(take_rows(flipped, sorted(train, reverse=True)))
        asked = take_rows(flipped, held_out[::-1])
        actual = np.array(asked.pop("price"))
        asked["id"] = list(np.array(asked["id"]))
        scores.append(log_rmse(predict(asked, model), actual))
    return np.array(scores)


@right("cross_validate", replaces="choose_model")
def choose_by_argmin(table, folds, models):
    """argmin takes the first of equals."""
    names = list(models)
    scores = [cross_validate(table, folds, *models[name]) for name in names]
    best = names[int(np.argmin([np.mean(values) for values in scores]))]
    return [best, dict(zip(names, scores, strict=True))]


# write_predictions: wrong


@wrong("write_predictions")
def write_without_header(ids, prices):
    """The first line is a house."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_with_another_header(ids, prices):
    """A capital in the header."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "Id,Price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_without_the_last_newline(ids, prices):
    """join leaves the last line without its newline."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "\n".join(["id,price", *(f"{i},{p:.2f}" for i, p in zip(ids, prices, strict=True))])


@wrong("write_predictions")
def write_with_blanks(ids, prices):
    """A blank after the comma."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i}, {p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_all_digits(ids, prices):
    """Prices as Python shows them."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_rounded_numbers(ids, prices):
    """round(5.0, 2) is shown as 5.0."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    pairs = zip(ids, prices.tolist(), strict=True)
    return "id,price\n" + "".join(f"{i},{round(p, 2)}\n" for i, p in pairs)


@wrong("write_predictions")
def write_cut_off_prices(ids, prices):
    """Digits are cut off, not rounded."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    cut = np.floor(prices * 100) / 100
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, cut, strict=True))


@wrong("write_predictions")
def write_with_marks_between_thousands(ids, prices):
    """1,234,567.89 has two commas too many."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:,.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_with_exponents(ids, prices):
    """%.10g shows a billion with an exponent and drops zeros."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.7g}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_whole_numbers(ids, prices):
    """No decimals."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.0f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_sorted(ids, prices):
    """Lines sorted by id."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    pairs = sorted(zip(ids, prices, strict=True))
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in pairs)


@wrong("write_predictions")
def write_sorted_ids_only(ids, prices):
    """Ids are sorted, prices are not."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    pairs = zip(sorted(ids), prices, strict=True)
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in pairs)


@wrong("write_predictions")
def write_row_numbers(ids, prices):
    """Row numbers in place of ids."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in enumerate(prices, start=1))


@wrong("write_predictions")
def write_with_carriage_returns(ids, prices):
    """The csv module's own line ends."""
    import csv
    import io

    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "price"])
    writer.writerows([i, f"{p:.2f}"] for i, p in zip(ids, prices, strict=True))
    return text.getvalue()


@wrong("write_predictions")
def write_as_far_as_both_go(ids, prices):
    """zip stops at the shorter list."""
    if len(set(ids)) < len(ids) or not (np.isfinite(prices) & (prices > 0)).all():
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=False))


@wrong("write_predictions")
def write_ids_twice(ids, prices):
    """An id that occurs twice is written twice."""
    if len(ids) != len(prices) or not (np.isfinite(prices) & (prices > 0)).all():
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_by_a_dict(ids, prices):
    """A dict keeps the last price of an id that occurs twice."""
    if len(ids) != len(prices) or not (np.isfinite(prices) & (prices > 0)).all():
        raise ValueError("no")
    table = dict(zip(ids, prices, strict=True))
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in table.items())


@wrong("write_predictions")
def write_nan(ids, prices):
    """(prices <= 0).any() does not see NaN."""
    if len(ids) != len(prices) or len(set(ids)) < len(ids) or (prices <= 0).any():
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_infinity(ids, prices):
    """Only NaN and prices of 0 or less are refused."""
    if len(ids) != len(prices) or len(set(ids)) < len(ids) or not (prices > 0).all():
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_zero(ids, prices):
    """A price of 0 is accepted."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices >= 0)).all()
    ):
        raise ValueError("no")
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_repaired_prices(ids, prices):
    """Impossible prices are quietly replaced."""
    if len(ids) != len(prices) or len(set(ids)) < len(ids):
        raise ValueError("no")
    repaired = np.maximum(np.nan_to_num(prices, nan=1.0), 1.0)
    return "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, repaired, strict=True))


@wrong("write_predictions")
def write_to_a_file(ids, prices):
    """The text goes to a file, and nothing is returned."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    with open("predictions.csv", "w", newline="") as file:
        file.write("id,price\n")
        file.writelines(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))


@wrong("write_predictions")
def write_and_sort_in_place(ids, prices):
    """Right text, but the caller's ids are sorted."""
    if (
        len(ids) != len(prices)
        or len(set(ids)) < len(ids)
        or not (np.isfinite(prices) & (prices > 0)).all()
    ):
        raise ValueError("no")
    text = "id,price\n" + "".join(f"{i},{p:.2f}\n" for i, p in zip(ids, prices, strict=True))
    ids.sort()
    return text


# write_predictions: right


@right("write_predictions")
def write_by_a_loop(ids, prices):
    """One line after the other, with percent formats."""
    import math

    if len(ids) != len(prices):
        raise ValueError("lengths")
    seen, text = set(), "id,price\n"
    for house, price in zip(ids, prices.tolist(), strict=True):
        if house in seen or not math.isfinite(price) or price <= 0:
            raise ValueError(f"house {house}")
        seen.add(house)
        text += "%d,%.2f\n" % (house, price)  # noqa: UP031
    return text


@right("write_predictions")
def write_by_csv(ids, prices):
    """The csv module with a newline as line end."""
    import csv
    import io

    prices = np.asarray(prices)
    if prices.shape != (len(ids),) or sorted(set(ids)) != sorted(ids):
        raise ValueError("ids")
    if np.isnan(prices).any() or np.isinf(prices).any() or prices.min() <= 0:
        raise ValueError("prices")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "price"))
    writer.writerows(
        (house, format(price, ".2f")) for house, price in zip(ids, prices, strict=True)
    )
    return out.getvalue()


@right("write_predictions")
def write_by_savetxt(ids, prices):
    """numpy's savetxt."""
    import io

    if len(ids) != len(prices) or np.unique(ids).size != len(ids):
        raise ValueError("ids")
    if not all(0 < price < np.inf for price in prices):
        raise ValueError("prices")
    out = io.StringIO()
    table = np.column_stack([ids, prices])
    np.savetxt(out, table, fmt=["%d", "%.2f"], delimiter=",", header="id,price", comments="")
    return out.getvalue()
