"""Expressions, drawn values, and what a machine marks."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quiz_lab import DECK

from autograder.quiz import numeric
from autograder.quiz.asking import Asked, ask
from autograder.quiz.deck import Deck
from autograder.quiz.expression import BadExpression, evaluate
from autograder.quiz.marking import NotAnAnswer, mark, number, numbers, rating, self_mark, shape
from autograder.quiz.questions import Numeric, Point

LAB = Deck.parse(DECK, Path("lab.md"))


def asked(name: str, seed: int = 0) -> Asked:
    return ask(LAB[f"lab-{name}"], seed)


class TestExpressions:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("(n + 2*p - k) // s + 1", 3),
            ("-n ** 2", -49),
            ("1 if n > 5 and not p else 0", 1),
            ("1 < n < 8", True),
            ("sum((n, k)) + max(n, 2) + min(p, k)", 17),
            ("ceil(n / s) + floor(n / s) + round(2.6)", 10),
            ("(n, k // 2)", (7, 1)),
            ("log(exp(2)) + sqrt(16) + log2(8)", 9.0),
        ],
    )
    def test_values(self, text: str, value: object) -> None:
        assert evaluate(text, {"n": 7, "p": 0, "k": 3, "s": 2}) == value

    @pytest.mark.parametrize(
        "text",
        [
            *("__import__('os')", "n.real", "[1]", "lambda: 1", "'a'", "n[0]", "print(n)", "{n}"),
            *("(x := 1)", "[i for i in n]", "True", "f'{n}'", "max(n, key=abs)", "max(*n)"),
            *("n +", "", "n; n", "m", "1/0", "10 ** 10 ** 10", "1e308 * 10", "sqrt(-1)"),
            *("(1, 2) * 10", "((1, 2), 3)", "exp(1000)", "(-8) ** 0.5"),
            *("1" + "+1" * 400, "(" * 250 + "1" + ")" * 250),
        ],
    )  # fmt: skip
    def test_nothing_else_has_a_value(self, text: str) -> None:
        with pytest.raises(BadExpression):
            evaluate(text, {"n": 7})


class TestDrawing:
    def test_a_seed_gives_the_same_question(self) -> None:
        for name in ("choice", "numeric"):
            assert asked(name, 5).prompt == asked(name, 5).prompt
            assert asked(name, 5).options == asked(name, 5).options
        assert len({asked("numeric", seed).prompt for seed in range(40)}) == 6

    def test_values_that_hide_a_mistake_are_not_drawn(self) -> None:
        meta = Numeric(
            concepts=("t",), difficulty=1, source="s", answer="a + b", check="exact",
            params={"a": (0, 2, 5), "b": (0, 2)},
            wrong=LAB["lab-numeric"].meta.wrong,
        )  # fmt: skip
        import msgspec

        question = msgspec.structs.replace(LAB["lab-numeric"], meta=meta)
        drawn = {tuple(numeric.draw(question, seed).items()) for seed in range(60)}
        assert drawn == {
            *[(("a", 0), ("b", 2)), (("a", 2), ("b", 0))],
            *[(("a", 5), ("b", 0)), (("a", 5), ("b", 2))],
        }

    def test_filling_in(self) -> None:
        filled = numeric.fill(
            "{a} {a*2:,} {x:.2g} {{b}} $a_{i}$ {s}", {"a": 1000, "x": 1 / 3, "s": (1, 2)}
        )
        assert filled == "1000 2,000 0.33 {b} $a_{i}$ (1, 2)"

    def test_formulas_in_their_plain_form(self) -> None:
        assert asked("free").prompt == "Why x²?"


class TestMarks:
    def test_choice(self) -> None:
        for seed in range(6):
            one = asked("choice", seed)
            right = one.right_numbers[0]
            assert mark(one, str(right)).right
            assert mark(one, str(right % 3 + 1)).score == 0

    def test_multi_with_parts(self) -> None:
        one = asked("multi")
        a, b = one.right_numbers
        (wrong,) = {1, 2, 3} - {a, b}
        assert mark(one, f"{b} {a}").right
        assert mark(one, f"{a}{b}").right
        assert mark(one, f"{a}").score == 0.5
        assert mark(one, f"{a},{wrong}").score == 0
        assert mark(one, "123").score == 0.5

    def test_numeric_and_its_known_mistake(self) -> None:
        one = asked("numeric")
        a, b = one.values["a"], one.values["b"]
        assert mark(one, f" {a + b} ").right
        wrong = mark(one, str(a * b))
        assert wrong.score == 0
        assert wrong.say == f"That is the product of {a} and {b}."
        assert wrong.accepted == str(a + b)

    def test_a_tolerance_says_its_interval(self) -> None:
        import msgspec

        meta = msgspec.structs.replace(LAB["lab-numeric"].meta, check=None, rtol=0.1)
        one = ask(msgspec.structs.replace(LAB["lab-numeric"], meta=meta), 0, {"a": 10, "b": 90})
        assert mark(one, "91").right
        assert mark(one, "109.9").right
        assert not mark(one, "89").right
        assert mark(one, "5").accepted == "100, and from 90 to 110"

    @pytest.mark.parametrize(
        "text", ["(2, 4)", "2 4", "2x4", "[2,4]", "torch.Size([2, 4])", "2, 4,"]
    )
    def test_shapes_as_people_type_them(self, text: str) -> None:
        one = ask(LAB["lab-shape"], 0, {"a": 2, "b": 4})
        assert mark(one, text).right
        assert not mark(one, "(4, 2)").right

    @pytest.mark.parametrize("text", ["[1, 2]\n3", "[1,2] 3", " [ 1, 2 ]  3 "])
    def test_output_with_white_space_folded(self, text: str) -> None:
        assert mark(asked("output"), text).right
        assert not mark(asked("output"), "[12] 3").right

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("choice", "4", '"4" is not a number from 1 to 3'),
            ("choice", "x", '"x" is not a number from 1 to 3'),
            ("choice", "1 2", "give one number"),
            ("multi", "", "give a number from 1 to 3"),
            ("numeric", "twelve", '"twelve" is no number'),
            ("numeric", "nan", '"nan" is no number'),
            ("numeric", "1/0", "nothing can be divided by 0"),
            ("shape", "2 by 3", "give a shape such as (2, 3, 4)"),
            ("output", "  ", "give what is printed"),
            ("free", "because", "marked by the learner"),
        ],
    )
    def test_what_is_no_answer(self, name: str, text: str, said: str) -> None:
        with pytest.raises(NotAnAnswer) as caught:
            mark(asked(name), text)
        assert said in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            *[("1,024", 1024), ("60 000", 60000), ("1e3", 1000.0), (".5", 0.5), ("−3", -3)],
            *[("3/4", 0.75), ("1_000", 1000), ("+7", 7), ("2.", 2.0), ("1,234,567.5", 1234567.5)],
        ],
    )
    def test_numbers_as_people_type_them(self, text: str, value: float) -> None:
        assert number(text) == value

    @settings(deadline=None)
    @given(st.text(max_size=30))
    def test_no_text_is_a_crash(self, text: str) -> None:
        for name in ("choice", "multi", "numeric", "shape", "output"):
            try:
                assert 0 <= mark(asked(name), text).score <= 1
            except NotAnAnswer:
                pass
        for parse in (number, shape):
            try:
                parse(text)
            except NotAnAnswer:
                pass

    @settings(deadline=None)
    @given(st.integers(-(10**12), 10**12))
    def test_every_whole_number_is_read(self, value: int) -> None:
        assert number(str(value)) == number(f"{value:,}") == value


class TestRatings:
    def test_again_hard_good(self) -> None:
        assert rating(False, hint=False, overtime=False) == 1
        assert rating(True, hint=True, overtime=False) == 2
        assert rating(True, hint=False, overtime=True) == 2
        assert rating(True, hint=False, overtime=False) == 3

    def test_a_rubric(self) -> None:
        rubric = tuple(Point(kind, "") for kind in ("must", "must", "bonus", "trap"))  # type: ignore[arg-type]
        assert self_mark(rubric, {1, 2}) == (1.0, True, False)
        assert self_mark(rubric, {1, 3, 4}) == (0.5, False, True)
        assert self_mark(rubric, set()) == (0.0, False, False)

    def test_option_numbers(self) -> None:
        assert numbers("3 1,1", 3) == [1, 3]
        assert math.prod(numbers("12", 12)) == 12
