"""`python tests/attacks/scoreboard.py`: the corpus row by row, as docs/security.md shows it.

What is counted here are claims; `test_attacks` and `test_unprotected` hold every one of them.
"""

from __future__ import annotations

import corpus


def table() -> list[str]:
    """Lines of Markdown."""
    attacks = [attack for attack in corpus.load() if not attack.honest]
    honest = [attack for attack in corpus.load() if attack.honest]
    lines = [
        "| what is tried | notebooks | beat a grader that shares its process | gain here |",
        "|---|---:|---:|---:|",
    ]
    for row in sorted({attack.row for attack in attacks}):
        some = [attack for attack in attacks if attack.row == row]
        beat = sum(attack.alone in corpus.ALONE for attack in some)
        lines.append(f"| {row.replace('_', ' ')} | {len(some)} | {beat} | 0 |")
    beat = sum(attack.alone in corpus.ALONE for attack in attacks)
    lines.append(f"| **all** | **{len(attacks)}** | **{beat}** | **0** |")
    lines.append(f"| honest, and get full marks | {len(honest)} | | |")
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
