"""What a function can do that no exercise asks for.

Each offender stands in for all functions of an exercise. It must get no point for it, but for the
one that only changes its input, which must not get all; and it must break no hidden test.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from pathlib import Path

from autograder.release import definition

_BODIES = {
    "returns_none": "return None",
    "returns_a_string": "return 'PASS'",
    "returns_true": "return True",
    "returns_nan": "return float('nan')",
    "returns_an_array_of_nan": "import numpy as np\nreturn np.full((2, 3), np.nan)",
    "returns_zeros": "import numpy as np\nreturn np.zeros((4, 4))",
    "returns_an_array_of_text": "import numpy as np\nreturn np.array(['PASS'])",
    "returns_a_tuple_of_none": "return None, None, None",
    "returns_its_arguments": "return args",
    "returns_a_function": "return lambda *args, **kwargs: 0",
    "returns_a_lying_object": """
        class Liar:
            shape, dtype, ndim = (), float, 0
            __eq__ = __bool__ = lambda *a: True
            __array__ = lambda *a, **k: (_ for _ in ()).throw(RuntimeError("no"))
        return Liar()
        """,
    "prints_a_megabyte": "print('x' * 2**20)",
    "raises": "raise RuntimeError('<b>no</b>')",
    "exits": "import sys\nsys.exit(0)",
    "ends_its_process": "import os\nos._exit(0)",
    "spins": "while True:\n    pass",
    "forks": "import os\nwhile True:\n    os.fork()",
}
MILD = "changes_its_input"
# Right in all but that it writes into what it was given.
_CHANGES_ITS_INPUT = """
_honest_{name} = {name}
def {name}(*args, **kwargs):
    def overwrite(value):
        if type(value).__name__ == "ndarray":
            if value.dtype.kind in "biufc":
                value[...] = value + 1
        elif hasattr(value, "add_") and hasattr(value, "detach"):
            value.detach().add_(1)
        elif isinstance(value, dict):
            overwrite(list(value.values()))
        elif isinstance(value, (list, tuple)):
            for item in value:
                overwrite(item)
    result = _honest_{name}(*args, **kwargs)
    overwrite([args, kwargs])
    return result
"""


def offenders(solution: Path, functions: Sequence[str]) -> dict[str, dict[str, str]]:
    """Sources by function name, by the offender's name."""
    found = {
        name: {function: _function(function, body) for function in functions}
        for name, body in _BODIES.items()
    }
    if changing := _changing(solution, functions):
        found[MILD] = changing
    return found


def _function(name: str, body: str) -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"def {name}(*args, **kwargs):\n{lines}"


def _changing(solution: Path, functions: Sequence[str]) -> dict[str, str]:
    """The reference with its inputs overwritten, where there is one that is given arrays."""
    found = {}
    for name in functions:
        source = definition(solution, name)
        node = ast.parse(source).body[0]
        if isinstance(node, ast.FunctionDef) and takes_arrays(node):
            found[name] = source + _CHANGES_ITS_INPUT.format(name=name)
    return found


def takes_arrays(node: ast.FunctionDef) -> bool:
    """Whether an argument is annotated as an array or tensor, or as a container of such."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    notes = [ast.unparse(each.annotation) for each in arguments if each.annotation is not None]
    return any("ndarray" in note or "Tensor" in note for note in notes)
