"""The reference of day 13 against scikit-learn, statistics, brute force and hand work, and its data
against the program that made them."""

from __future__ import annotations

import json
import math
import runpy
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_log_error
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from solutions.day13_house_prices import (
    apply_preprocess,
    choose_model,
    column_kinds,
    cross_validate,
    fit_model,
    fit_preprocess,
    kfold_indices,
    log_rmse,
    predict_prices,
    take_rows,
    write_predictions,
)

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source" / "day13_house_prices"
MAKER = Path(__file__).with_name("make_house_tables.py")
EVERYTHING = {
    "id": [1, 2, 3, 4],
    "area": [50.0, None, 80.0, 200.0],
    "heating": ["gas", "oil", "gas", None],
    "garage": [True, False, False, True],
    "currency": ["EUR"] * 4,
    "tax": [0.1] * 4,
    "energy": [None] * 4,
    "price": [1e5, 2e5, 3e5, 4e5],
}


@pytest.fixture
def rng():
    return np.random.default_rng(13)


@pytest.fixture(scope="module")
def notebook():
    """What the notebook's given cells define, its two tables included."""
    cells = json.loads((SOURCE / "day13_house_prices.ipynb").read_text(encoding="utf-8"))["cells"]
    setup = [cell for cell in cells if "setup" in cell["metadata"].get("tags", [])]
    names: dict[str, object] = {}
    for cell in setup:
        text = "".join(cell["source"]).replace('"houses_', f'"{SOURCE.as_posix()}/houses_')
        exec(text, names)
    return names


@pytest.fixture(scope="module")
def unsold_prices():
    _, test = runpy.run_path(str(MAKER))["tables"]()
    return np.array([row["price"] for row in test], dtype=float)


def features_of(table, state):
    matrix, names = apply_preprocess(table, state)
    assert matrix.shape == (len(table["id"]), len(names))
    assert matrix.dtype == np.float64
    return dict(zip(names, matrix.T, strict=True))


def close(actual, expected, tolerance=1e-10):
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def test_log_rmse_by_hand_and_by_scikit_learn(rng):
    close(log_rmse(np.array([200.0, 50.0]), np.array([100.0, 100.0])), math.log(2))
    close(log_rmse(np.array([-5, 300]), np.array([1000, 300])), math.log(1000) / math.sqrt(2))
    predicted, actual = np.exp(rng.normal(8.0, 1.0, size=(2, 11)))
    # theirs is of log(1 + price)
    close(log_rmse(predicted, actual), root_mean_squared_log_error(actual - 1, predicted - 1))


@pytest.mark.parametrize(
    ("predicted", "actual"),
    [((3,), (3, 1)), ((3,), (2,)), ((1,), (3,))],
)
def test_log_rmse_refuses_shapes_that_differ(predicted, actual):
    with pytest.raises(ValueError, match="shapes"):
        log_rmse(np.ones(predicted), np.ones(actual))


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_log_rmse_refuses_impossible_prices(bad):
    with pytest.raises(ValueError, match="above 0"):
        log_rmse(np.ones(2), np.array([3.0, bad]))


def test_kinds_by_hand():
    kinds = ["number", "category", "category", "category", "number", "empty"]
    names = ["area", "heating", "garage", "currency", "tax", "energy"]
    assert column_kinds(EVERYTHING) == dict(zip(names, kinds, strict=True))


def test_preprocessing_worked_by_hand():
    found = features_of(EVERYTHING, fit_preprocess(EVERYTHING))
    filled = [50, 80, 80, 200]
    mean, std = statistics.fmean(filled), statistics.pstdev(filled)
    expected = {
        "area": [(value - mean) / std for value in filled],
        "area is missing": [0, 1, 0, 0],
        "heating=gas": [1, 0, 1, 0],
        "heating=oil": [0, 1, 0, 0],
        "heating is missing": [0, 0, 0, 1],
        "garage=True": [1, 0, 0, 1],
        "garage=False": [0, 1, 1, 0],
    }
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        close(found[name], column)


def test_new_rows_are_only_transformed():
    state = fit_preprocess(EVERYTHING)
    new = {
        "price": [9.0, 9.0],
        "heating": ["coal", None],
        "area": [None, 80],
        "garage": [None, True],
        "currency": ["USD", None],
        "tax": [7.0, None],
        "energy": [1.0, 2.0],
        "attic": [3.0, 4.0],
        "id": [8, 9],
    }
    found = features_of(new, state)
    assert found.keys() == features_of(EVERYTHING, state).keys()
    close(found["heating=gas"] + found["heating=oil"], [0, 0])
    close(found["heating is missing"], [0, 1])
    close(found["garage=True"] + found["garage=False"], [0, 1])
    assert found["area"][0] == found["area"][1] == features_of(EVERYTHING, state)["area"][1]


def test_complete_columns_against_scikit_learn(rng):
    def table(rows):
        wood = rng.choice(["oak", "elm", "ash"], size=rows).tolist()
        return {
            "id": list(range(rows)),
            "width": rng.normal(3.0, 2.0, size=rows).tolist(),
            "wood": wood,
        }

    train, test = table(40), table(15)
    found = features_of(test, fit_preprocess(train))
    scaler = StandardScaler().fit(np.array(train["width"])[:, None])
    close(found["width"], scaler.transform(np.array(test["width"])[:, None])[:, 0])
    encoder = OneHotEncoder(handle_unknown="ignore").fit(np.array(train["wood"])[:, None])
    dummies = encoder.transform(np.array(test["wood"])[:, None]).toarray()
    for name, column in zip(encoder.categories_[0], dummies.T, strict=True):
        close(found[f"wood={name}"], column)


def test_one_row_leaves_no_feature():
    matrix, names = apply_preprocess(EVERYTHING, fit_preprocess(take_rows(EVERYTHING, [0])))
    assert matrix.shape == (4, 0)
    assert names == []


@pytest.mark.parametrize(("n", "k"), [(2, 2), (5, 5), (13, 4), (30, 3), (31, 10)])
def test_folds_cover_all_rows_once(n, k):
    folds = kfold_indices(n, k, seed=1)
    assert sorted(np.concatenate([held_out for _, held_out in folds])) == list(range(n))
    sizes = {len(held_out) for _, held_out in folds}
    assert max(sizes) - min(sizes) <= 1
    for train, held_out in folds:
        assert sorted([*train, *held_out]) == list(range(n))


def test_every_split_is_equally_likely():
    splits = [
        frozenset(frozenset(held_out.tolist()) for _, held_out in kfold_indices(4, 2, seed))
        for seed in range(600)
    ]
    counts = [splits.count(split) for split in set(splits)]
    assert len(counts) == 3  # {01|23}, {02|13}, {03|12}
    assert max(abs(count - 200) for count in counts) < 5 * math.sqrt(600 * 2 / 9)


@pytest.mark.parametrize("k", [-1, 0, 1, 6])
def test_too_few_or_too_many_folds(k):
    with pytest.raises(ValueError, match="from 2 to 5"):
        kfold_indices(5, k, seed=0)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 300.0])
def test_ridge_against_scikit_learn_and_its_own_gradient(rng, penalty):
    rows = 25
    train = {
        "id": list(range(rows)),
        "width": [*rng.normal(size=rows - 2).tolist(), None, None],
        "wood": rng.choice(["oak", "elm", "ash"], size=rows).tolist(),
        "price": np.exp(rng.normal(12.0, 0.5, size=rows)).tolist(),
    }
    state, w, b = model = fit_model(train, penalty)
    x, _ = apply_preprocess(train, state)
    theirs = Ridge(alpha=penalty).fit(x, np.log(train["price"]))
    close(np.log(predict_prices(train, model)), theirs.predict(x), 1e-8)
    error = x @ w + b - np.log(train["price"])
    close(x.T @ error + penalty * w, 0, 1e-8)
    close(error.sum(), 0, 1e-8)


def test_cross_validation_against_scikit_learn(rng):
    rows = 30
    x = rng.normal(size=(rows, 2))
    table = {
        "id": list(range(rows)),
        "a": x[:, 0].tolist(),
        "b": x[:, 1].tolist(),
        "price": np.exp(3.0 + x @ [0.5, -0.2] + 0.1 * rng.normal(size=rows)).tolist(),
    }
    folds = kfold_indices(rows, 4, seed=2)

    def fit(train):
        regressor = TransformedTargetRegressor(Ridge(alpha=2.0), func=np.log, inverse_func=np.exp)
        return regressor.fit(np.array([train["a"], train["b"]]).T, train["price"])

    def predict(asked, model):
        assert "price" not in asked
        return model.predict(np.array([asked["a"], asked["b"]]).T)

    def scorer(model, features, price):
        return log_rmse(model.predict(features), price)

    mine = cross_validate(table, folds, fit, predict)
    regressor = TransformedTargetRegressor(Ridge(alpha=2.0), func=np.log, inverse_func=np.exp)
    theirs = cross_val_score(regressor, x, np.array(table["price"]), cv=folds, scoring=scorer)
    close(mine, theirs)
    assert "price" in table


def test_choice_by_the_smallest_mean_and_by_order():
    three = {"id": [1, 2, 3], "price": [100.0, 100.0, 400.0]}
    folds = [(np.array([1, 2]), np.array([0])), (np.array([0, 1]), np.array([2]))]

    def always(price):
        return lambda table: price, lambda table, model: np.full(len(table["id"]), model)

    models = {"low": always(90.0), "b": always(190.0), "a": always(190.0), "high": always(450.0)}
    best, scores = choose_model(three, folds, models)
    assert best == "b"
    close(scores["low"], [math.log(100 / 90), math.log(400 / 90)])
    close(scores["b"], [math.log(1.9), math.log(4 / 1.9)])
    assert list(scores) == list(models)


def test_prediction_file_by_hand():
    text = write_predictions([31, 4], np.array([1234567.891, 80.0]))
    assert text == "id,price\n31,1234567.89\n4,80.00\n"


@pytest.mark.parametrize(
    ("ids", "prices"),
    [
        ([1, 2], [1.0]),
        ([1], [1.0, 2.0]),
        ([1, 1], [1.0, 2.0]),
        *(([1, 2], [1.0, bad]) for bad in (0.0, -1.0, math.nan, math.inf)),
    ],
)
def test_bad_prediction_files_are_refused(ids, prices):
    with pytest.raises(ValueError, match=r"price|twice|zip"):
        write_predictions(ids, np.array(prices))


def test_tables_come_out_the_same_again(tmp_path):
    subprocess.run([sys.executable, str(MAKER), str(tmp_path)], check=True)
    for name in ("houses_train.csv", "houses_test.csv"):
        assert (tmp_path / name).read_bytes() == (SOURCE / name).read_bytes()


def test_shipped_tables_are_what_the_notebook_says(notebook):
    houses, unsold = notebook["houses"], notebook["unsold"]
    assert len(houses["id"]) == 900
    assert len(unsold["id"]) == 360
    assert "price" not in unsold
    assert houses.keys() - {"price"} == unsold.keys()
    assert not set(houses["id"]) & set(unsold["id"])
    assert all(type(number) is int for number in houses["id"] + unsold["id"])
    assert set(unsold["neighbourhood"]) - set(houses["neighbourhood"]) == {"New Docks"}
    assert set(houses["energy"]) == {None} < set(unsold["energy"])
    assert set(houses["currency"]) == {"EUR"}
    assert set(houses["garage"]) == {True, False, None}
    kinds = {name: column_kinds(houses)[name] for name in ("area", "built", "heating", "garage")}
    assert list(kinds.values()) == ["number", "number", "category", "category"]
    assert sum((area or 0) > 900 for area in houses["area"]) == 2
    assert sum((area or 0) > 900 for area in unsold["area"]) == 1


def test_the_notebooks_take_rows_is_the_references(notebook):
    for rows in ([2, 0], [], np.array([1, 1])):
        assert notebook["take_rows"](EVERYTHING, rows) == take_rows(EVERYTHING, rows)


def test_kfold_promises_what_unsold_houses_keep(notebook, unsold_prices):
    """Where the neighbourhood is known; in the new one the model is far too low."""
    houses, unsold = notebook["houses"], notebook["unsold"]
    promise = cross_validate(
        houses, kfold_indices(900, 5, seed=0), lambda table: fit_model(table, 1.0), predict_prices
    )
    guess = np.full(360, math.exp(statistics.fmean(map(math.log, houses["price"]))))
    predicted = predict_prices(unsold, fit_model(houses, 1.0))
    new = np.array([name == "New Docks" for name in unsold["neighbourhood"]])
    kept = log_rmse(predicted[~new], unsold_prices[~new])
    assert abs(kept - promise.mean()) < 0.04
    assert kept < 0.5 * log_rmse(guess, unsold_prices)
    assert log_rmse(predicted[new], unsold_prices[new]) > 1.2 * kept


def test_rows_are_independent():
    """Rows of another table cannot change features, whatever they hold."""
    state = fit_preprocess(EVERYTHING)
    alone, _ = apply_preprocess(EVERYTHING, state)
    wild = {**EVERYTHING, "area": [1e9] * 4, "heating": ["coal"] * 4}
    joined = {name: EVERYTHING[name] + wild[name] for name in EVERYTHING}
    both, _ = apply_preprocess(joined, state)
    close(both[:4], alone)
    for row in range(4):
        close(apply_preprocess(take_rows(EVERYTHING, [row]), state)[0][0], alone[row])
