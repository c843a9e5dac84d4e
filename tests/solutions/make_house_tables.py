"""Invents the houses of day 13 and writes their two tables: `make_house_tables.py FOLDER`.

Everything about the town is made up. The market below gives each house a price, and the table then
loses what real tables lose: values are missing, two areas are in the wrong unit, one column is
empty in training, and one neighbourhood is only met in the test table. The prices of the test
houses are not written anywhere. Python alone makes the same bytes every time.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from pathlib import Path
from typing import Any

SEED = 5
TRAINING, TEST = 900, 360
SQUARE_FEET = 10.764  # in a square metre
NOISE = 0.11  # standard deviation of log price that no column explains

# name: (share of the houses, effect on log price, typical year built, km to the station)
NEIGHBOURHOODS = {
    "Old Town": (12, 0.34, 1908, 1.0),
    "Harbour": (10, 0.22, 1986, 1.8),
    "Hillside": (13, 0.30, 1955, 3.6),
    "Riverside": (14, 0.12, 1972, 2.6),
    "Mill Quarter": (15, -0.08, 1932, 2.1),
    "Station": (11, -0.16, 1948, 0.7),
    "Northgate": (14, -0.26, 1967, 4.8),
    "Greenacre": (11, 0.00, 1994, 7.5),
}
NEW = {"New Docks": (9, 0.26, 2021, 2.2)}
CONDITIONS = {"poor": (10, -0.20), "fair": (27, -0.07), "good": (45, 0.0), "excellent": (18, 0.10)}
HEATING = {
    "gas": (48, 0.0),
    "oil": (17, -0.08),
    "electric": (11, -0.05),
    "district": (16, 0.03),
    "heat pump": (8, 0.08),
}
# how often a value is lost; the lot has a rule of its own
LOST = {
    "area": 0.02,
    "rooms": 0.02,
    "built": 0.07,
    "distance": 0.03,
    "quality": 0.04,
    "condition": 0.08,
    "heating": 0.05,
    "garage": 0.04,
}


def pick(rng: random.Random, shares: dict[str, Any]) -> str:
    return rng.choices(list(shares), [share[0] for share in shares.values()])[0]


def house(rng: random.Random, places: dict[str, Any], last_year: int) -> dict[str, Any]:
    """One house with nothing missing, and its price."""
    place = pick(rng, places)
    _, place_effect, typical_year, typical_distance = places[place]
    built = min(last_year, max(1870, round(rng.gauss(typical_year, 18))))
    flat = rng.random() < (0.55 if typical_distance < 2.5 else 0.2)
    area = round(math.exp(rng.gauss(4.28 if flat else 4.82, 0.30)), 1)
    rooms = max(1, round(area / rng.gauss(27, 3)))
    lot = None if flat else round(area * math.exp(rng.gauss(1.1, 0.45)))
    distance = round(typical_distance * math.exp(rng.gauss(0, 0.35)), 1)
    quality = min(10, max(1, round(rng.gauss(5.6 + (built > 1990), 1.6))))
    condition, heating = pick(rng, CONDITIONS), pick(rng, HEATING)
    if built > 2005 and rng.random() < 0.6:
        heating = "heat pump"
    garage = rng.random() < (0.25 if flat else 0.6)

    value = 8.96 + 0.78 * math.log(area) + place_effect
    value += 0.05 * (quality - 5) + 0.012 * max(0, quality - 6) ** 2
    value += CONDITIONS[condition][1] + HEATING[heating][1]
    value += 0.42 * ((built - 1955) / 60) ** 2 * (1 if built > 1955 else 0.8)  # the old charm, too
    value -= 0.16 * math.log(1 + distance)
    value += 0.07 if garage else 0.0
    value += 0.0 if lot is None else 0.10 + 0.16 * math.log(lot / 400)
    price = 500 * round(math.exp(value + rng.gauss(0, NOISE)) / 500)
    return {
        "neighbourhood": place,
        "area": area,
        "rooms": rooms,
        "lot": lot,
        "built": built,
        "distance": distance,
        "quality": quality,
        "condition": condition,
        "heating": heating,
        "garage": garage,
        "currency": "EUR",
        "energy": round(math.exp(rng.gauss(5.4 - 0.004 * (built - 1900), 0.25))),
        "price": price,
    }


def lose(rng: random.Random, row: dict[str, Any]) -> None:
    """Some values are not known. A lot is left empty where there is none, and else rarely."""
    for column, share in LOST.items():
        if rng.random() < share:
            row[column] = None
    if row["lot"] is not None and rng.random() < 0.06:
        row["lot"] = None


def enter_in_square_feet(rng: random.Random, rows: list[dict[str, Any]], count: int) -> None:
    known = [row for row in rows if row["area"] and row["rooms"] and 90 < row["area"] < 180]
    for row in rng.sample(known, count):
        row["area"] = round(row["area"] * SQUARE_FEET, 1)


def tables(seed: int = SEED) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the training and of the test table, the latter with prices that no file gets."""
    rng = random.Random(seed)
    train = [house(rng, NEIGHBOURHOODS, 2022) for _ in range(TRAINING)]
    test = [house(rng, NEIGHBOURHOODS | NEW, 2024) for _ in range(TEST)]
    for row in train + test:
        lose(rng, row)
    enter_in_square_feet(rng, train, 2)
    enter_in_square_feet(rng, test, 1)
    # The land registry went from neighbourhood to neighbourhood when it numbered the first table.
    order = list(NEIGHBOURHOODS)
    rng.shuffle(order)
    train.sort(key=lambda row: order.index(row["neighbourhood"]))
    for row in train:  # the certificate came later
        row["energy"] = None
    for row in test:
        if rng.random() < 0.3:
            row["energy"] = None
    train = [{"id": number, **row} for number, row in enumerate(train, start=1)]
    test = [{"id": number, **row} for number, row in enumerate(test, start=TRAINING + 1)]
    return train, test


def write(path: Path, rows: list[dict[str, Any]], *left_out: str) -> None:
    columns = [name for name in rows[0] if name not in left_out]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)  # None becomes an empty cell


def main(folder: Path) -> None:
    train, test = tables()
    write(folder / "houses_train.csv", train)
    write(folder / "houses_test.csv", test, "price")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
