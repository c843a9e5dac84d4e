"""Hidden tests of day 13: tables made here, features compared by name, callbacks that keep watch.

A state and a model go back to the functions of the student's own that made them; nothing here
looks inside. Tables have columns that the shipped one has not, so that reading it does not help.
"""

from __future__ import annotations

import numpy as np

from autograder.testing import (
    assert_close,
    assert_equal,
    check,
    exercise,
    unpack,
    weight,
)
from solutions import day13_house_prices as reference

WOODS = ("oak", "pine", "elm", "ash")


def with_gaps(rng, values, gaps):
    """The same list with `gaps` values missing, never the first occurrence of any."""
    firsts = {values.index(value) for value in values}
    free = [i for i in range(len(values)) if i not in firsts]
    gaps = min(gaps, len(free))
    lost = set(rng.choice(free, size=gaps, replace=False).tolist()) if gaps else set()
    return [None if i in lost else value for i, value in enumerate(values)]


def numbers(rng, rows, gaps=0):
    """A skewed column of distinct numbers, in which mean, median and 0 are far apart."""
    values = (40.0 * np.exp(rng.normal(size=rows)) - 5.0).tolist()
    lost = set(rng.choice(rows, size=min(gaps, rows - 1), replace=False).tolist())
    return [None if i in lost else value for i, value in enumerate(values)]


def categories(rng, rows, known, gaps=0):
    """A column in which every one of `known` occurs."""
    values = [known[i % len(known)] for i in range(rows - 2)] + [known[0]] * 2
    rng.shuffle(values)
    return with_gaps(rng, values, gaps)


def framed(rng, columns, *, first_id=1):
    """A table with these columns, and with `id` and `price`."""
    rows = len(next(iter(columns.values())))
    ids = (first_id + rng.permutation(10 * rows)[:rows]).tolist()
    prices = np.round(1e5 * np.exp(0.5 * rng.normal(size=rows)), 2).tolist()
    return {"id": ids, **columns, "price": prices}


def mixed(rng, rows=23, woods=WOODS, *, first_id=1):
    """A table with some of everything."""
    return framed(
        rng,
        {
            "width": numbers(rng, rows, gaps=4),
            "floors": [*rng.integers(-3, 9, size=rows - 2).tolist(), -4, 9],
            "wood": categories(rng, rows, woods, gaps=3),
            "sunny": categories(rng, rows, (True, False), gaps=2),
            "tiled": categories(rng, rows, (True, False)),
            "county": ["North"] * rows,
            "survey": [None] * rows,
        },
        first_id=first_id,
    )


def without(table, *names):
    return {name: values for name, values in table.items() if name not in names}


def plain(rng, rows, slope=0.3):
    """A table of two complete columns of numbers, with prices that depend on them."""
    near, far = rng.normal(size=rows), 100.0 + 20.0 * rng.normal(size=rows)
    log_price = 12.0 + slope * near - 0.01 * far + 0.1 * rng.normal(size=rows)
    table = framed(rng, {"near": near.tolist(), "far": far.tolist()})
    return {**table, "price": np.exp(log_price).tolist()}


@exercise("log_rmse")
class TestLogRmse:
    @weight(2)
    def test_the_formula(self, student, rng):
        """The result is the root of the mean of (log predicted - log actual)^2, with the natural
        logarithm taken once of each, for any number of houses."""
        for n in (17, 2, 1):
            predicted, actual = np.exp(rng.normal(12.0, 1.5, size=(2, n)))
            expected = np.sqrt(np.mean(np.log(predicted / actual) ** 2))
            got = student.log_rmse(predicted, actual)
            assert_close(got, expected, rtol=1e-9, atol=1e-12)

    def test_perfect_and_constant_factors(self, student, rng):
        """Perfect predictions give 0. Predictions that are all too high, or all too low, by the
        same factor c give |ln c|: a mistake of 10 % costs a cheap house as much as a dear one."""
        actual = np.exp(rng.normal(11.0, 2.0, size=9))
        assert_close(student.log_rmse(actual, actual), 0.0, rtol=0.0, atol=1e-12)
        factor = float(rng.uniform(1.1, 4.0))
        for predicted in (factor * actual, actual / factor):
            got = student.log_rmse(predicted, actual)
            assert_close(got, np.log(factor), rtol=1e-9, atol=0.0)

    @weight(2)
    def test_prices_below_one(self, student, rng):
        """A predicted price below 1, also 0 or a negative one, counts as 1, and no other
        prediction is touched. Actual prices between 0 and 1 are taken as they are."""
        predicted = np.array([-3e5, 0.0, 0.25, 1.0, 1.75, 2e5])
        counted = np.array([1.0, 1.0, 1.0, 1.0, 1.75, 2e5])
        dear = np.exp(rng.normal(10.0, 1.0, size=6))
        for actual in (dear, dear * np.array([1.0, 1.0, 1e-9, 1.0, 1e-7, 1.0])):
            expected = np.sqrt(np.mean(np.log(counted / actual) ** 2))
            assert_close(student.log_rmse(predicted, actual), expected, rtol=1e-9, atol=0.0)

    def test_whole_numbers(self, student, rng):
        """Integer prices work, also very large ones, and so does one array of each kind."""
        predicted = rng.integers(50_000, 3_000_000_000, size=8)
        actual = rng.integers(50_000, 3_000_000_000, size=8)
        expected = np.sqrt(np.mean(np.log(predicted / actual) ** 2))
        for a, b in ((predicted, actual), (predicted * 1.0, actual), (predicted, actual * 1.0)):
            assert_close(student.log_rmse(a, b), expected, rtol=1e-9, atol=0.0)

    def test_shapes_that_differ(self, student, rng):
        """Two arrays of different lengths, or (n,) with (n, 1), raise ValueError: numpy would
        stretch some of them to a table of all pairs, and answer nonsense."""
        prices = np.exp(rng.normal(10.0, 1.0, size=5))
        student.log_rmse.raises(ValueError, prices, prices[:, None])
        student.log_rmse.raises(ValueError, prices[:, None], prices)
        student.log_rmse.raises(ValueError, prices[:1], prices)
        student.log_rmse.raises(ValueError, prices, prices[:4])

    def test_impossible_actual_prices(self, student, rng):
        """One actual price of 0 or less raises ValueError, wherever it stands."""
        prices = np.exp(rng.normal(10.0, 1.0, size=5))
        for bad in (0.0, -2e5):
            for place in (0, 4):
                actual = prices.copy()
                actual[place] = bad
                student.log_rmse.raises(ValueError, prices, actual)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Strided arrays work, and neither argument is changed, not even a prediction below 1."""
        both = np.exp(rng.normal(10.0, 1.0, size=(7, 2)))
        both[3, 0] = -4.0
        predicted, actual = both.T
        expected = np.sqrt(np.mean(np.log(np.maximum(predicted, 1.0) / actual) ** 2))
        got = student.log_rmse.unchanged(predicted, actual)
        assert_close(got, expected, rtol=1e-9, atol=0.0)


@exercise("column_kinds")
class TestColumnKinds:
    @weight(2)
    def test_numbers_and_text(self, student, rng):
        """Columns of floats or ints are numbers, columns of text are categories, also text that
        looks like a number."""
        table = framed(
            rng,
            {
                "width": rng.normal(size=5).tolist(),
                "floors": rng.integers(-9, 9, size=5).tolist(),
                "both": [1, 2.5, -3, 0.0, 7],
                "wood": [WOODS[i] for i in rng.integers(0, 4, size=5)],
                "zone": [str(i) for i in rng.integers(1, 9, size=5)],
            },
        )
        expected = {
            "width": "number",
            "floors": "number",
            "both": "number",
            "wood": "category",
            "zone": "category",
        }
        assert_equal(student.column_kinds(table), expected)

    @weight(2)
    def test_true_and_false(self, student, rng):
        """A column of True and False is a category. Careful: for Python, True is an int, too."""
        flags = categories(rng, 6, (True, False))
        table = framed(rng, {"sunny": flags, "tiled": [None, *flags[1:]], "old": [False] * 6})
        expected = {"sunny": "category", "tiled": "category", "old": "category"}
        assert_equal(student.column_kinds(table), expected)

    def test_missing_values(self, student, rng):
        """Missing values do not count, wherever they stand: one known value is enough to tell the
        kind."""
        value = float(rng.normal())
        table = framed(
            rng,
            {
                "width": [None, None, value, None],
                "depth": [value, None, None, None],
                "wood": [None, None, None, "oak"],
                "stone": ["slate", None, "granite", None],
                "sunny": [None, True, None, None],
            },
        )
        kinds = ("number", "number", "category", "category", "category")
        names = ("width", "depth", "wood", "stone", "sunny")
        expected = dict(zip(names, kinds, strict=True))
        assert_equal(student.column_kinds(table), expected)

    def test_empty_columns(self, student, rng):
        """A column without any known value is empty, also in a table of one row."""
        for rows in (4, 1):
            table = framed(rng, {"survey": [None] * rows, "width": [2.5] * rows})
            assert_equal(student.column_kinds(table), {"survey": "empty", "width": "number"})

    def test_zero_is_a_value(self, student, rng):
        """0, 0.0 and False are known values, not missing ones: a column of nothing else is not
        empty."""
        table = framed(
            rng, {"floors": [0, None, 0], "slope": [0.0] * 3, "old": [None, False, None]}
        )
        expected = {"floors": "number", "slope": "number", "old": "category"}
        assert_equal(student.column_kinds(table), expected)

    @weight(2)
    def test_id_and_price(self, student, rng):
        """`id` and `price` do not appear, also when a table has no price; other columns do,
        whatever part of those words their names have."""
        table = framed(rng, {"price_class": ["a", "b", "a"], "idle": [1.0, 2.0, 3.0]})
        expected = {"price_class": "category", "idle": "number"}
        assert_equal(student.column_kinds(table), expected)
        assert_equal(student.column_kinds(without(table, "price")), expected)
        assert_equal(student.column_kinds(without(table, "idle", "price_class")), {})

    def test_table_stays_as_it_is(self, student, rng):
        """The table still has `id`, `price` and all missing values afterwards."""
        table = mixed(rng)
        got = student.column_kinds.unchanged(table)
        assert_equal(got, reference.column_kinds(table))


def features_of(student, table, state):
    """The student's features of a table by name, after a look at everything but the values."""
    rows = len(table["id"])
    features, names = unpack(student.apply_preprocess(table, state), "features", "names")
    named = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    check(named, "`names` should be a list of str")
    check(isinstance(features, np.ndarray), "`features` should be a numpy array")
    check(
        features.shape == (rows, len(names)),
        f"`features` has shape {features.shape[:4]}, with {rows} rows in the table and "
        f"{len(names)} `names`",
    )
    check(features.dtype == np.float64, f"`features` has dtype {features.dtype}, not float64")
    twice = sorted({name for name in names if names.count(name) > 1})
    check(not twice, f"`names` has {', '.join(map(shown, twice[:3]))} more than once")
    return dict(zip(names, features.T, strict=True))


def shown(name):
    return repr(str(name)[:40])


def assert_same_names(found, expected):
    stray = sorted(found.keys() - expected.keys())
    check(not stray, f"there should be no feature {', '.join(map(shown, stray[:3]))} here")
    lacking = sorted(expected.keys() - found.keys())
    kinds = {
        "`column is missing`": [name for name in lacking if name.endswith(" is missing")],
        "`column=value`": [name for name in lacking if "=" in name],
    }
    for kind, names in kinds.items():
        check(not names, f"{len(names)} features called {kind} are not there")
    check(not lacking, f"{len(lacking)} features of columns of numbers are not there")


def assert_features(student, train, *tables, state=None):
    """The student's features of the tables, by name, are the reference's."""
    state = student.fit_preprocess(train) if state is None else state
    expected_state = reference.fit_preprocess(train)
    for table in tables:
        matrix, names = reference.apply_preprocess(table, expected_state)
        expected = dict(zip(names, matrix.T, strict=True))
        found = features_of(student, table, state)
        assert_same_names(found, expected)
        for name, column in expected.items():
            assert_close(found[name], column, rtol=1e-9, atol=1e-9, name=f"feature {name}")


@exercise("fit_preprocess")
class TestFitAndApplyPreprocess:
    @weight(2)
    def test_numbers_are_standardised(self, student, rng):
        """Of a complete column of numbers, the training table's mean is taken off, and the rest is
        divided by the training table's standard deviation, in the training table and in any other
        alike."""
        train = framed(rng, {"width": numbers(rng, 13), "floors": [-3, 0, 1, 1, 2] * 2 + [9, 4, 2]})
        other = framed(rng, {"width": numbers(rng, 5), "floors": [40, -7, 0, 2, 1]})
        assert_features(student, train, train, other)

    @weight(2)
    def test_missing_numbers(self, student, rng):
        """A missing number becomes the median of the values that the training table knows, in any
        table; mean and standard deviation are those of the filled training column."""
        for rows, gaps in ((13, 4), (12, 3)):
            train = framed(rng, {"width": numbers(rng, rows, gaps), "depth": numbers(rng, rows, 1)})
            other = framed(rng, {"width": numbers(rng, 7, 2), "depth": [None] * 7})
            assert_features(student, train, train, other)

    @weight(2)
    def test_categories(self, student, rng):
        """There is one feature `column=value` for each value of the training table, 1.0 where the
        row has it and 0.0 elsewhere, and the same ones for a table that lacks some of the values:
        each stays with its name."""
        train = framed(
            rng, {"wood": categories(rng, 11, WOODS), "stone": ["b", "a", "c"] * 3 + ["a"] * 2}
        )
        other = framed(rng, {"wood": ["elm", "ash", "elm"], "stone": ["c", "c", "c"]})
        assert_features(student, train, train, other)

    @weight(2)
    def test_unseen_category(self, student, rng):
        """A category that the training table did not know gets no feature of its own, has 0.0 in
        all features `column=value` of its column, and is not missing."""
        train = framed(
            rng, {"wood": categories(rng, 12, WOODS, 2), "stone": categories(rng, 12, "ab")}
        )
        other = framed(rng, {"wood": ["yew", "oak", None, "teak"], "stone": ["zz", "a", "aa", "b"]})
        assert_features(student, train, other)

    def test_true_and_false(self, student, rng):
        """True and False become two features, `garage=True` and `garage=False`, that hold the
        floats 1.0 and 0.0; a missing value has 0.0 in both."""
        train = framed(
            rng,
            {
                "sunny": categories(rng, 9, (True, False), 2),
                "tiled": categories(rng, 9, (False, True)),
            },
        )
        other = framed(rng, {"sunny": [True, None, False], "tiled": [False, False, None]})
        assert_features(student, train, train, other)

    def test_missing_flags(self, student, rng):
        """A column with missing values in the training table gets a feature `column is missing`; a
        column that is complete there gets none, whatever other tables miss."""
        train = framed(
            rng,
            {
                "width": numbers(rng, 10, 3),
                "depth": numbers(rng, 10),
                "wood": categories(rng, 10, WOODS[:3], 2),
                "stone": categories(rng, 10, "ab"),
            },
        )
        other = framed(
            rng,
            {
                "width": [1.5, 2.5, None, 4.0],
                "depth": [None, 1.0, None, 2.0],
                "wood": ["oak", None, "elm", None],
                "stone": [None, "a", "b", None],
            },
        )
        assert_features(student, train, train, other)

    @weight(2)
    def test_empty_and_constant_columns(self, student, rng):
        """A column that is empty in the training table, or has the same value in all of its rows,
        becomes no feature and no NaN, whatever another table holds there. Rounding can make the
        standard deviation of equal numbers a little more than 0."""
        for rows in (6, 11, 7):
            value = float(rng.choice([0.1, 0.7, 1.1, 12.3]))
            train = framed(
                rng,
                {
                    "survey": [None] * rows,
                    "tax": [value] * rows,
                    "fee": [3] * rows,
                    "county": ["North"] * rows,
                    "listed": [False] * rows,
                    "width": numbers(rng, rows),
                },
            )
            other = framed(
                rng,
                {
                    "survey": [2.5, None, 7.0],
                    "tax": [value, 2 * value, None],
                    "fee": [3, 0, 90],
                    "county": ["North", "South", None],
                    "listed": [True, None, False],
                    "width": numbers(rng, 3),
                },
            )
            assert_features(student, train, train, other)

    def test_constant_but_for_missing_values(self, student, rng):
        """A column that has one value or none still tells something: `column is missing` stays,
        and for a category `column=value` as well. Filled with its median, a number is constant."""
        train = framed(
            rng,
            {
                "tax": [0.1, None, 0.1, 0.1, None],
                "wood": ["oak", "oak", None, "oak", None],
                "listed": [None, True, True, None, True],
                "attic": [None, None, None, 12.5, None],
                "stone": [None, "slate", None, None, None],
            },
        )
        other = framed(
            rng,
            {
                "tax": [7.0, None],
                "wood": ["elm", None],
                "listed": [False, True],
                "attic": [None, 4.0],
                "stone": ["slate", None],
            },
        )
        assert_features(student, train, train, other)

    @weight(2)
    def test_id_and_price_are_no_features(self, student, rng):
        """`id` and `price` never become features, and the features of a table are the same with
        and without its price."""
        train = mixed(rng)
        table = mixed(rng, 9, first_id=50)
        assert_features(student, train, table, without(table, "price"))
        gap = {**table, "price": [None] * 9}
        assert_features(student, train, gap)

    @weight(2)
    def test_rows_of_another_table_change_nothing(self, student, rng):
        """The features of a row depend on that row and on the training table alone: they are the
        same in a table of one row, beside other rows, and after any other table."""
        train, table = mixed(rng), mixed(rng, 8, WOODS[1:3])
        wild = mixed(rng, 8, ("yew", "teak"))
        wild["width"] = [None if v is None else 1e6 * v for v in wild["width"]]
        state = student.fit_preprocess(train)
        joined = {name: table[name] + wild[name] for name in table}
        assert_features(student, train, joined, wild, table, state=state)
        for row in (0, 5):
            assert_features(student, train, reference.take_rows(table, [row]), state=state)
        assert_features(student, train, train, state=state)

    def test_columns_in_another_order(self, student, rng):
        """Columns are found by name: their order in a table does not matter, and columns that the
        training table did not have are ignored."""
        train, table = mixed(rng), mixed(rng, 6)
        names = list(table)[::-1]
        turned = {"attic": [1.0] * 6, **{name: table[name] for name in names}, "roof": ["red"] * 6}
        assert_features(student, train, turned)

    def test_two_states(self, student, rng):
        """All that is learned is in the state, nothing in a global variable: two states may be
        used in turn."""
        first, second = mixed(rng), mixed(rng, 17, ("oak", "birch"))
        table = mixed(rng, 7)
        one, two = student.fit_preprocess(first), student.fit_preprocess(second)
        assert_features(student, first, table, state=one)
        assert_features(student, second, table, state=two)
        assert_features(student, first, table, state=one)

    def test_nothing_to_learn_from(self, student, rng):
        """In a training table of one row every feature is constant, so none is left: `features`
        has shape (n, 0) then, and `names` is empty."""
        table = mixed(rng, 6)
        assert_features(student, reference.take_rows(mixed(rng), [3]), table)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Neither function changes a table: missing values are still missing afterwards. Nor does
        apply_preprocess change the state."""
        train, table = mixed(rng), mixed(rng, 6)
        state = student.fit_preprocess.unchanged(train)
        student.apply_preprocess.unchanged(table, state)
        assert_features(student, train, table, state=state)


def parts_of(value, n, k):
    """The k pairs of lists of row numbers in a student's split of n rows."""
    check(isinstance(value, list | tuple), "the result should be a list of pairs")
    check(len(value) == k, f"the result has {len(value)} pairs, and should have {k}")
    pairs = []
    for pair in value:
        both = unpack(pair, "train", "held_out")
        for rows, name in zip(both, ("train", "held_out"), strict=True):
            right = isinstance(rows, np.ndarray) and rows.ndim == 1 and rows.dtype.kind in "iu"
            check(right, f"`{name}` should be a 1-d array of integers")
            inside = rows.size == 0 or (rows.min() >= 0 and rows.max() < n)
            check(inside, f"`{name}` has row numbers outside 0 ... n - 1")
        pairs.append((both[0].tolist(), both[1].tolist()))
    return pairs


SPLITS = ((12, 3), (13, 4), (17, 5), (9, 2), (5, 5), (2, 2), (31, 10))


@exercise("kfold_indices")
class TestKfoldIndices:
    @weight(2)
    def test_every_row_is_held_out_once(self, student, rng):
        """Every row number is in exactly one held_out, also when k does not divide n: no row is
        left over at the end, and no two held_out share one."""
        for n, k in SPLITS:
            pairs = parts_of(student.kfold_indices(n, k, int(rng.integers(1000))), n, k)
            held = sorted(row for _, held_out in pairs for row in held_out)
            check(held == list(range(n)), "some row is held out twice, or never")

    @weight(2)
    def test_train_has_all_others(self, student, rng):
        """Each train has exactly the rows that are not in its own held_out, each once."""
        for n, k in SPLITS:
            pairs = parts_of(student.kfold_indices(n, k, int(rng.integers(1000))), n, k)
            for train, held_out in pairs:
                check(not set(train) & set(held_out), "a row is in train and in held_out")
                check(
                    sorted(train) == sorted(set(range(n)) - set(held_out)),
                    "train does not have every other row exactly once",
                )

    def test_sizes(self, student, rng):
        """The sizes of the held_out parts differ by at most 1."""
        for n, k in (*SPLITS, (19, 10), (39, 10)):
            pairs = parts_of(student.kfold_indices(n, k, int(rng.integers(1000))), n, k)
            sizes = [len(held_out) for _, held_out in pairs]
            check(max(sizes) - min(sizes) <= 1, "the parts differ by more than 1 in size")

    def test_the_seed_decides(self, student, rng):
        """The same seed gives the same split again, and another seed another one."""

        def split(seed):
            pairs = parts_of(student.kfold_indices(40, 4, seed), 40, 4)
            return {frozenset(held_out) for _, held_out in pairs}

        seed = int(rng.integers(1000))
        first, other, again = split(seed), split(seed + 1), split(seed)
        check(first == again, "the same seed gave two different splits")
        check(first != other, "two different seeds gave the same split")

    @weight(2)
    def test_rows_are_shuffled(self, student, rng):
        """The rows are dealt out at random: a table is often sorted, and neighbours in it must be
        neither together in a part as a rule, nor apart as a rule."""
        n, k = 600, 4
        pairs = parts_of(student.kfold_indices(n, k, int(rng.integers(1000))), n, k)
        part = {row: number for number, (_, held_out) in enumerate(pairs) for row in held_out}
        for gap in (1, 2, 3, 4):
            together = sum(part.get(row) == part.get(row + gap) for row in range(n - gap))
            expected = (n - gap) * (n / k - 1) / (n - 1)
            # five standard deviations of a count of about n chances of 1 in k each
            check(
                abs(together - expected) < 5 * np.sqrt(n * (1 / k) * (1 - 1 / k)),
                "neighbouring rows are in the same part much too often or too rarely",
            )

    def test_too_few_or_too_many_parts(self, student, rng):
        """k from 2 to n is fine; 1, 0, a negative k, and n + 1 raise ValueError."""
        n = int(rng.integers(5, 9))
        for k in (1, 0, -2, n + 1, 3 * n):
            student.kfold_indices.raises(ValueError, n, k, 7)
        for k in (2, n):
            parts_of(student.kfold_indices(n, k, 7), n, k)


def model_of(student, train, penalty):
    """The model that the student's own fit_model returns."""
    return student.fit_model(train, penalty)


def assert_predictions(student, model, train, penalty, *tables):
    """The student's prices for the tables are the reference's."""
    expected_model = reference.fit_model(train, penalty)
    for table in tables:
        expected = reference.predict_prices(table, expected_model)
        got = student.predict_prices(table, model)
        assert_close(got, expected, rtol=1e-6, atol=0.0, name="prices", dtype=np.float64)


@exercise("fit_model")
class TestFitModelAndPredictPrices:
    @weight(2)
    def test_two_columns_of_numbers(self, student, rng):
        """With two complete columns of numbers, the predicted prices are those of the weights and
        bias that make squared error plus penalty smallest, for the training rows and for others."""
        train, table = plain(rng, 19), plain(rng, 6)
        model = model_of(student, train, 1.0)
        assert_predictions(student, model, train, 1.0, train, table)

    @weight(2)
    def test_penalty(self, student, rng):
        """The penalty is multiplied by the sum of squared weights and added to the *sum* of the
        squared errors, from small penalties to large ones, and the bias is not penalised."""
        train, table = plain(rng, 21, 0.8), plain(rng, 5, 0.8)
        for penalty in (0.01, 4.0, 70.0):
            model = model_of(student, train, penalty)
            assert_predictions(student, model, train, penalty, table)

    def test_huge_penalty(self, student, rng):
        """A huge penalty takes away every weight, and the bias alone predicts the geometric mean of
        the training prices, exp(mean of log price), for every house. Is your bias penalised, or
        was the mean taken before the logarithm?"""
        train, table = plain(rng, 15), plain(rng, 4)
        model = model_of(student, train, 1e13)
        expected = np.full(4, np.exp(np.mean(np.log(train["price"]))))
        got = student.predict_prices(table, model)
        assert_close(got, expected, rtol=1e-6, atol=0.0, name="prices")

    def test_every_price_doubled(self, student, rng):
        """When every price of the training table is twice as high, so is every prediction: the
        model works on logarithms and answers in prices."""
        train, table = plain(rng, 18), plain(rng, 5)
        dear = {**train, "price": [2.0 * price for price in train["price"]]}
        model = model_of(student, dear, 3.0)
        expected = 2.0 * reference.predict_prices(table, reference.fit_model(train, 3.0))
        got = student.predict_prices(table, model)
        assert_close(got, expected, rtol=1e-6, atol=0.0, name="prices")

    @weight(2)
    def test_a_table_with_everything(self, student, rng):
        """Missing values, categories, unseen ones, flags and empty columns go through your
        functions of exercise 3. If tests of that exercise fail too, look there first."""
        train, table = mixed(rng, 41), mixed(rng, 9, ("oak", "yew"))
        for penalty in (0.5, 20.0):
            model = model_of(student, train, penalty)
            assert_predictions(student, model, train, penalty, train, table)

    @weight(2)
    def test_preprocessing_is_learned_from_the_training_table(self, student, rng):
        """A house gets the same price alone as among others: medians, means and categories are
        the training table's and travel in the model."""
        train, table = mixed(rng, 29), mixed(rng, 8, WOODS[:2])
        model = model_of(student, train, 2.0)
        singles = [reference.take_rows(table, [row]) for row in (0, 3, 7)]
        assert_predictions(student, model, train, 2.0, *singles, table)

    def test_price_of_the_table_is_not_looked_at(self, student, rng):
        """predict_prices works without the column `price`, and gives the same when it is there and
        wrong."""
        train, table = plain(rng, 17), plain(rng, 5)
        model = model_of(student, train, 1.5)
        lie = {**table, "price": [1.0, 2.0, 3.0, 4.0, 5.0]}
        assert_predictions(student, model, train, 1.5, without(table, "price"), lie)

    def test_more_features_than_rows(self, student, rng):
        """With more features than training rows there is still exactly one minimum, thanks to the
        penalty."""
        train, table = mixed(rng, 7), mixed(rng, 5)
        model = model_of(student, train, 0.3)
        assert_predictions(student, model, train, 0.3, table)

    def test_two_models(self, student, rng):
        """All that is learned is in the model, nothing in a global variable: two models may be
        used in turn."""
        first, second = mixed(rng, 21), mixed(rng, 27, ("oak", "birch"))
        table = mixed(rng, 6)
        one, two = model_of(student, first, 1.0), model_of(student, second, 5.0)
        assert_predictions(student, one, first, 1.0, table)
        assert_predictions(student, two, second, 5.0, table)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Neither function changes a table: the price is still in it afterwards."""
        train, table = mixed(rng, 19), mixed(rng, 5)
        model = student.fit_model.unchanged(train, 1.0)
        student.predict_prices.unchanged(table, model)
        assert_predictions(student, model, train, 1.0, table)


class Watch:
    """A pair of callbacks that keep what they were given, and price each house by its id.

    Nothing that a student hands to them may make them raise.
    """

    def __init__(self, price_of):
        self.price_of = price_of
        self.fitted, self.asked = [], []

    def fit(self, table):
        self.fitted.append(table)
        return f"model {len(self.fitted)}"

    def predict(self, table, model):
        self.asked.append((table, model))
        ids = table.get("id") if isinstance(table, dict) else None
        if not isinstance(ids, list | tuple | np.ndarray):
            return np.ones(1)
        return np.array([self.price_of.get(number_of(key), 1.0) for key in ids])


def number_of(key):
    return int(key) if isinstance(key, int | np.integer) else None


def rows_by_id(table, columns, who):
    """A table that a callback was given, as id -> row, after a look at its form."""
    check(isinstance(table, dict), f"{who} should be given a table, that is, a dict of lists")
    priced = "price" in table and "price" not in columns
    check(not priced, f"{who} is given the prices of the held-out houses")
    check(table.keys() == set(columns), f"{who} is not given exactly the columns that it should")
    lists = [table[name] for name in columns]
    form = f"{who} should be given a table whose columns are lists of one length"
    check(all(isinstance(values, list | tuple | np.ndarray) for values in lists), form)
    lists = [list(values) for values in lists]
    check(len({len(values) for values in lists}) == 1, form)
    single = (type(None), bool, int, float, str, np.generic)
    check(all(isinstance(v, single) for values in lists for v in values), form)
    rows = list(zip(*lists, strict=True))
    found = {number_of(row[columns.index("id")]): row for row in rows}
    check(len(found) == len(rows), f"{who} is given a house twice")
    return found


def expected_rows(table, rows, *left_out):
    columns = [name for name in table if name not in left_out]
    return {table["id"][row]: tuple(table[name][row] for name in columns) for row in rows}


def uneven_folds(rng, n):
    """Three folds of different sizes, which neither cover all rows nor keep their order."""
    order = rng.permutation(n)
    return [
        (order[5:], order[:5]),
        (order[[0, 1, 2, 9, 11, 12]], order[5:9]),
        (order[3:10][::-1], order[[12, 0, 10]]),
    ]


def scores_by_hand(table, folds, price_of):
    scores = []
    for _, held_out in folds:
        ratio = [price_of[table["id"][row]] / table["price"][row] for row in held_out]
        scores.append(np.sqrt(np.mean(np.log(ratio) ** 2)))
    return np.array(scores)


def guesses(rng, table, spread=0.4):
    """A price for each house by its id, somewhere near the true one."""
    factors = np.exp(spread * rng.normal(size=len(table["id"])))
    pairs = zip(table["id"], table["price"], factors, strict=True)
    return {key: float(price * factor) for key, price, factor in pairs}


def answers(table, spreads):
    """For each name a Watch whose predictions are too high by the factor exp(spread) of the row."""
    return {
        name: Watch(
            {
                key: float(price * np.exp(spread))
                for key, price, spread in zip(table["id"], table["price"], row, strict=True)
            }
        )
        for name, row in spreads.items()
    }


def chosen(student, table, folds, watches):
    """The name that the student's choose_model returns, after a look at all scores."""
    models = {name: (watch.fit, watch.predict) for name, watch in watches.items()}
    best, scores = unpack(student.choose_model(table, folds, models), "best", "scores")
    check(isinstance(scores, dict), "`scores` should be a dict")
    check(scores.keys() == watches.keys(), "`scores` should have the names of the models")
    for name, watch in watches.items():
        expected = scores_by_hand(table, folds, watch.price_of)
        assert_close(scores[name], expected, rtol=1e-9, atol=1e-12, name=f"scores[{name!r}]")
    return best


@exercise("cross_validate")
class TestCrossValidateAndChooseModel:
    @weight(2)
    def test_scores(self, student, rng):
        """There is one score for each fold, in the order of the folds: the log_rmse between what
        predict answered and the prices of that fold's held-out houses."""
        table = mixed(rng, 13)
        folds, watch = uneven_folds(rng, 13), Watch(guesses(rng, table))
        got = student.cross_validate(table, folds, watch.fit, watch.predict)
        expected = scores_by_hand(table, folds, watch.price_of)
        assert_close(got, expected, rtol=1e-9, atol=1e-12, name="scores", dtype=np.float64)

    @weight(2)
    def test_fit_sees_the_training_rows_alone(self, student, rng):
        """fit is called once for each fold, with the rows of its train and no others: whatever is
        learned from a table, medians included, is learned without the held-out houses."""
        table = mixed(rng, 13)
        folds, watch = uneven_folds(rng, 13), Watch(guesses(rng, table))
        student.cross_validate(table, folds, watch.fit, watch.predict)
        count = len(watch.fitted)
        check(count == len(folds), f"fit was called {count} times for {len(folds)} folds")
        for given, (train, _) in zip(watch.fitted, folds, strict=True):
            found = rows_by_id(given, list(table), "fit")
            right = found == expected_rows(table, train)
            check(right, "fit is not given exactly the train rows of its fold")

    @weight(2)
    def test_predict_sees_the_held_out_rows_without_price(self, student, rng):
        """predict is called once for each fold, with the rows of its held_out, without the column
        `price`, and with the model of that very fold."""
        table = mixed(rng, 13)
        folds, watch = uneven_folds(rng, 13), Watch(guesses(rng, table))
        student.cross_validate(table, folds, watch.fit, watch.predict)
        count = len(watch.asked)
        check(count == len(folds), f"predict was called {count} times for {len(folds)} folds")
        columns = [name for name in table if name != "price"]
        for number, (given, (_, held_out)) in enumerate(zip(watch.asked, folds, strict=True), 1):
            found = rows_by_id(given[0], columns, "predict")
            right = found == expected_rows(table, held_out, "price")
            check(right, "predict is not given exactly the held-out rows of its fold")
            own = isinstance(given[1], str) and given[1] == f"model {number}"
            check(own, "predict is not given the model of its own fold")

    def test_held_out_houses_cannot_change_the_model(self, student, rng):
        """Other values and prices in the held-out rows change nothing in what fit is given."""
        table, seen = mixed(rng, 12), []
        fold = [(np.arange(3, 12), np.arange(3))]
        wild = mixed(rng, 3, ("yew", "teak"), first_id=1000)
        other = {name: wild[name] + table[name][3:] for name in table}
        for version in (table, other):
            watch = Watch(guesses(rng, version))
            student.cross_validate(version, fold, watch.fit, watch.predict)
            check(len(watch.fitted) == 1, "fit should be called once for one fold")
            seen.append(rows_by_id(watch.fitted[0], list(table), "fit"))
        check(seen[0] == seen[1], "fit is given something of the held-out houses")

    def test_table_stays_as_it_is(self, student, rng):
        """The table still has its price and all its rows afterwards, so that it can be used for
        the next model."""
        table = mixed(rng, 13)
        folds, watch = uneven_folds(rng, 13), Watch(guesses(rng, table))
        got = student.cross_validate.unchanged(table, folds, watch.fit, watch.predict)
        expected = scores_by_hand(table, folds, watch.price_of)
        assert_close(got, expected, rtol=1e-9, atol=1e-12, name="scores")
        models = {"one": (watch.fit, watch.predict)}
        student.choose_model.unchanged(table, folds, models)

    @weight(2)
    def test_choose_model_takes_the_smallest_mean(self, student, rng):
        """choose_model returns the scores of every model, and the name of the one whose scores have
        the smallest mean, not the best single fold, the best median, or the largest mean."""
        table = plain(rng, 12)
        folds = [(np.arange(12) >= 4 * i, np.arange(4 * i, 4 * i + 4)) for i in range(3)]
        folds = [(np.flatnonzero(rest), held_out) for rest, held_out in folds]
        unit = float(rng.uniform(0.02, 0.1))
        errors = {"brittle": (0.1, 9.0, 0.2), "steady": (2.0, 2.5, 2.2), "poor": (4.0, 8.0, 3.0)}
        spreads = {name: np.repeat(unit * np.array(row), 4) for name, row in errors.items()}
        for order in (("brittle", "steady", "poor"), ("steady", "poor", "brittle")):
            watches = answers(table, {name: spreads[name] for name in order})
            assert_equal(chosen(student, table, folds, watches), "steady", name="best")

    def test_choose_model_in_a_tie(self, student, rng):
        """When two models have the same smallest mean, the one that comes first in `models` is
        chosen."""
        table = plain(rng, 9)
        folds = [(np.arange(3, 9), np.arange(3)), (np.arange(6), np.arange(6, 9))]
        good, bad = np.full(9, 0.1), np.full(9, 0.5)
        for order in ("zba", "abz"):
            watches = answers(table, {"x": bad, **dict.fromkeys(order, good)})
            assert_equal(chosen(student, table, folds, watches), order[0], name="best")

    def test_choose_model_uses_the_same_folds(self, student, rng):
        """Every model is fitted once on each of the given folds, and on nothing else."""
        table = mixed(rng, 13)
        folds = uneven_folds(rng, 13)
        watches = {name: Watch(guesses(rng, table)) for name in ("first", "second")}
        chosen(student, table, folds, watches)
        for watch in watches.values():
            count = len(watch.fitted)
            check(count == len(folds), f"fit was called {count} times for {len(folds)} folds")
            for given, (train, _) in zip(watch.fitted, folds, strict=True):
                found = rows_by_id(given, list(table), "fit")
                right = found == expected_rows(table, train)
                check(right, "fit is not given exactly the train rows of its fold")


def cents(rng, n):
    """Prices that are not halfway between two cents, and how two decimals should show them."""
    whole = rng.integers(100, 90_000_000, size=n)
    prices = (whole + rng.uniform(-0.4, 0.4, size=n)) / 100
    return prices, [f"{number // 100}.{number % 100:02d}" for number in whole.tolist()]


def assert_text(value, lines):
    """`value` is the text of these lines, told apart by what is wrong with it."""
    check(isinstance(value, str), f"the result should be a str, and is a {type(value).__name__}")
    check("\r" not in value, "lines should end with \\n alone, without \\r")
    check(value.endswith("\n"), "the last line should end with a newline, too")
    found = value[:-1].split("\n")
    check(found[0] == lines[0], "the first line should be the header, exactly `id,price`")
    check(
        len(found) == len(lines),
        f"there are {len(found)} lines for {len(lines) - 1} houses and the header",
    )
    for number, (mine, right) in enumerate(zip(found, lines, strict=True), start=1):
        check(mine.split(",")[0] == right.split(",")[0], f"line {number} has the wrong id")
        check(mine == right, f"line {number} has the wrong price, or it is written wrongly")


@exercise("write_predictions")
class TestWritePredictions:
    @weight(2)
    def test_the_whole_text(self, student, rng):
        """The text is the header, then one line for each house with id, comma and price with two
        decimals, in the order of `ids`, and every line ends with a newline."""
        for n in (6, 1):
            ids = rng.choice(9000, size=n, replace=False).tolist()
            prices, texts = cents(rng, n)
            lines = [f"{house},{text}" for house, text in zip(ids, texts, strict=True)]
            assert_text(student.write_predictions(ids, prices), ["id,price", *lines])

    def test_large_and_small_prices(self, student, rng):
        """Billions are written out, without an exponent and without marks between thousands, small
        prices have two decimals, too, and prices are rounded, not cut off."""
        prices = np.array([3_456_789_012.3456, 1e7, 0.126, 5.0, 99.999, 1234.5, 0.006])
        texts = ["3456789012.35", "10000000.00", "0.13", "5.00", "100.00", "1234.50", "0.01"]
        ids = (1 + rng.permutation(7)).tolist()
        lines = [f"{house},{text}" for house, text in zip(ids, texts, strict=True)]
        assert_text(student.write_predictions(ids, prices), ["id,price", *lines])

    @weight(2)
    def test_order_of_the_lines(self, student, rng):
        """Lines stand in the order of `ids`, sorted or not, and each price stays with its id."""
        prices, texts = cents(rng, 5)
        for ids in ([40, 7, 900, 8, 12], [3, 10, 20, 100, 1000]):
            lines = [f"{house},{text}" for house, text in zip(ids, texts, strict=True)]
            assert_text(student.write_predictions(ids, prices), ["id,price", *lines])

    def test_as_many_prices_as_ids(self, student, rng):
        """More prices than ids, or fewer, raise ValueError."""
        prices, _ = cents(rng, 5)
        student.write_predictions.raises(ValueError, [1, 2, 3, 4], prices)
        student.write_predictions.raises(ValueError, [1, 2, 3, 4, 5, 6], prices)

    def test_an_id_twice(self, student, rng):
        """An id that occurs twice raises ValueError, wherever the two stand."""
        prices, _ = cents(rng, 4)
        student.write_predictions.raises(ValueError, [4, 4, 5, 6], prices)
        student.write_predictions.raises(ValueError, [6, 4, 5, 6], prices)

    def test_impossible_prices(self, student, rng):
        """A price that is NaN, infinite, 0 or negative raises ValueError: better no file than a
        bad one."""
        for bad in (np.nan, np.inf, -np.inf, 0.0, -80_000.0):
            for place in (0, 3):
                prices, _ = cents(rng, 4)
                prices[place] = bad
                student.write_predictions.raises(ValueError, [9, 8, 7, 6], prices)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Strided prices work, and neither ids nor prices are changed."""
        prices, texts = cents(rng, 4)
        spaced = np.repeat(prices, 2)[::2]
        lines = [f"{house},{text}" for house, text in zip([5, 2, 8, 1], texts, strict=True)]
        got = student.write_predictions.unchanged([5, 2, 8, 1], spaced)
        assert_text(got, ["id,price", *lines])
