"""Submissions that are more alike than chance makes them, by winnowed fingerprints of their code.

`answers` takes what students wrote out of notebooks, `fingerprints` winnows it, `pairs` weighs what
two share by how rare it is in the class, `compared` lays it side by side, `find` does all of it.
"""
