"""A quick look that tells most valid notebooks; who fails it may still be one.

These types hold a part of nbformat's schema, version 4.5: all that fits them fits the schema with
additional properties allowed (`relax_add_props`). To ask the schema itself takes twenty times as
long.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

_Id = Annotated[str, Meta(pattern="^[a-zA-Z0-9_-]+$", min_length=1, max_length=64)]
_Text = str | list[str]
_Count = Annotated[int, Meta(ge=0)] | None
_Tag = Annotated[str, Meta(pattern="^[a-zA-Z0-9_-]+$")]
_OneTag = Annotated[list[_Tag], Meta(max_length=1)]  # of several, none may stand twice


class _Metadata(Struct):
    tags: _OneTag | UnsetType = UNSET
    name: _Tag | UnsetType = UNSET
    format: str | UnsetType = UNSET
    jupyter: dict[str, bool] | UnsetType = UNSET
    execution: dict[str, str] | UnsetType = UNSET
    collapsed: bool | UnsetType = UNSET
    scrolled: bool | UnsetType = UNSET


class _Prose(Struct, tag_field="cell_type", tag="markdown"):
    id: _Id
    metadata: _Metadata
    source: _Text
    attachments: dict[str, dict[str, _Text]] | UnsetType = UNSET


class _Raw(_Prose, tag="raw"):
    pass


class _Stream(Struct, tag_field="output_type", tag="stream"):
    name: str
    text: _Text


class _Error(Struct, tag_field="output_type", tag="error"):
    ename: str
    evalue: str
    traceback: list[str]


class _Display(Struct, tag_field="output_type", tag="display_data"):
    data: dict[str, _Text]
    metadata: dict[str, Any]


class _Result(_Display, tag="execute_result"):
    execution_count: _Count


class _Code(Struct, tag_field="cell_type", tag="code"):
    id: _Id
    metadata: _Metadata
    source: _Text
    outputs: list[_Stream | _Error | _Display | _Result]
    execution_count: _Count


class _KernelSpec(Struct):
    name: str
    display_name: str


class _LanguageInfo(Struct):
    name: str
    codemirror_mode: str | dict[str, Any] | UnsetType = UNSET
    file_extension: str | UnsetType = UNSET
    mimetype: str | UnsetType = UNSET
    pygments_lexer: str | UnsetType = UNSET


class _NotebookMetadata(Struct):
    kernelspec: _KernelSpec | UnsetType = UNSET
    language_info: _LanguageInfo | UnsetType = UNSET
    orig_nbformat: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    title: str | UnsetType = UNSET
    authors: list[Any] | UnsetType = UNSET


class _Notebook(Struct):
    metadata: _NotebookMetadata
    nbformat: Literal[4]
    nbformat_minor: Annotated[int, Meta(ge=5)]
    cells: list[_Prose | _Raw | _Code]


def is_plainly_valid(data: object) -> bool:
    """Whether `data`, read from JSON, is a valid notebook of the ordinary kind."""
    try:
        msgspec.convert(data, _Notebook)
    except (msgspec.ValidationError, RecursionError):
        return False
    return True
