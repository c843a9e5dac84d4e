"""Gives back an object of its own, with closures and a generator in it, as the layer's cache.

must: full marks
target: conv2d_backward
"""
# %% after conv2d_backward
from dataclasses import dataclass
from typing import Any, Callable

plain_forward, plain_backward = conv2d_forward, conv2d_backward

@dataclass
class Cache:
    backward: Callable
    rest: Any

def conv2d_forward(x, w, b, stride=1, padding=0):
    out, cache = plain_forward(x, w, b, stride, padding)
    numbers = (n for n in range(10**9))
    return out, Cache(lambda dout: plain_backward(dout, cache), numbers)

def conv2d_backward(dout, cache):
    return cache.backward(dout)
