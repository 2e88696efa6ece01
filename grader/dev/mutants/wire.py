"""Frames and the handshake, byte by byte: RFC 6455 as those get it wrong who write it by hand."""

import ast
import json
from collections.abc import Iterator
from itertools import permutations

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source, is_text

OPERATORS: list[Operator[Source, Change]] = []
_wire = operators("wire", OPERATORS)

_STATUS = ("101 Switching Protocols", "400 Bad Request", "426 Upgrade Required")
_OPCODES = ("TEXT", "BINARY", "PING", "PONG", "CLOSE", "CONTINUATION")
_CODES = ("NORMAL", "PROTOCOL_ERROR", "NOT_UTF8", "TOO_LARGE")


@_wire("length-byte-order")
def byte_order(source: Source) -> Iterator[Change]:
    """A number is read or written with its low byte first."""
    for node in source.nodes(ast.Constant):
        if node.value == "big":
            yield Change(node, (source.replaced(node, '"little"'),))


@_wire("answer-masked")
def answer_masked(source: Source) -> Iterator[Change]:
    """What a server sends has the mask bit, and a key of zeros."""
    for node in source.nodes(ast.Call):
        last = node.args[-1] if node.args else None
        alone = not isinstance(next(source.above(node)), ast.BinOp)  # the length has no more bytes
        if alone and source.code(node.func) == "bytes" and isinstance(last, ast.List):
            first, length = last.elts
            text = f"bytes([{source.code(first)}, 128 | {source.code(length)}]) + bytes(4)"
            yield Change(node, (source.replaced(node, text),))


@_wire("mask-not-removed")
def mask_not_removed(source: Source) -> Iterator[Change]:
    """The mask is not taken off."""
    for function in source.functions:
        if function.name == "unmask":
            (last,) = [one for one in function.body if isinstance(one, ast.Return)]
            yield Change(last, (source.replaced(last, "return bytes(payload)"),))


@_wire()
def header_missing(source: Source) -> Iterator[Change]:
    """A header is missing in an answer."""
    for call in source.nodes(ast.Call):
        for argument in call.args:
            if is_text(argument) and ": " in str(argument.value) and len(call.args) > 1:
                others = [source.code(one) for one in call.args if one is not argument]
                text = f"{source.code(call.func)}({', '.join(others)})"
                yield Change(call, (source.replaced(call, text),))


@_wire()
def status_exchanged(source: Source) -> Iterator[Change]:
    """A request is answered with another status."""
    for node in source.nodes(ast.Constant):
        if node.value in _STATUS:
            for other in _STATUS:
                if other != node.value:
                    yield Change(node, (source.replaced(node, json.dumps(other)),))


@_wire(
    "left-open",
    "ping-with-ping",
    "opcode-not-looked-at",
    "ping-unanswered",
    "close-unanswered",
    "utf8-not-checked",
    "refused-though-right",
    "ill-frame-accepted",
)
def opcode_exchanged(source: Source) -> Iterator[Change]:
    """A frame has, or is expected to have, another opcode."""
    yield from _exchanged(source, _OPCODES)


@_wire("always-1000", "another-close-code")
def code_exchanged(source: Source) -> Iterator[Change]:
    """A connection is closed with another code."""
    yield from _exchanged(source, _CODES)


def _exchanged(source: Source, names: tuple[str, ...]) -> Iterator[Change]:
    """Each use of one of these names, with each other name; where they are made, none is."""
    used: list[ast.Name | ast.Attribute] = [*source.nodes(ast.Name), *source.nodes(ast.Attribute)]
    for node in used:
        name = node.id if isinstance(node, ast.Name) else node.attr
        if not isinstance(node.ctx, ast.Load) or source.scope(node) == "module":
            continue
        for one, other in permutations(names, 2):
            if one == name:
                text = source.code(node)
                yield Change(node, (source.replaced(node, text.replace(name, other)),))
