"""What a machine can do at most, and what a model needs: the arithmetic bound of embedding.

    machine()              -> {"float32": 1.7e11, "bfloat16": …, "int8": …} operations a second of the best matrix product
                              on all cores, and "bandwidth": bytes a second that are read from memory
    model(folder, tokens)  -> {"operations": …, "weights": …, "tokens": …} for texts of so many tokens each
    share_read(texts, tokenizer, 256)   how much of the texts a model reads that stops after so many tokens

A multiplication and an addition are two operations. Per token and layer a transformer multiplies with four matrices of
h x h (query, key, value, output) and two of h x f (the step between): 2 (4 h² + 2 h f); attention over n tokens takes
4 n h more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SHAPES = ((204, 384, 1536), (1024, 384, 1536), (1024, 1024, 1024), (2048, 2048, 2048))  # rows, inner, columns
SECONDS = 1.0  # each product is tried this long, and at least three times
READ = 512 * 1024 * 1024  # bytes: beyond what any cache holds


def model(folder: Path, tokens: Sequence[int]) -> dict[str, Any]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    h, f, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    weights = layers * (4 * h * h + 2 * h * f)
    return {
        "operations": sum(2 * weights * n + layers * 4 * n * n * h for n in tokens),
        "weights": weights,
        "tokens": sum(tokens),
        "passages": len(tokens),
    }


def share_read(texts: Sequence[str], tokenizer: Path, tokens: int) -> float:
    """Of the characters of these passages, those that a model reads which reads so many tokens of each."""
    from tokenizers import Tokenizer

    counting = Tokenizer.from_file(str(tokenizer))
    counting.no_padding()
    counting.enable_truncation(tokens)
    ends = [max(end for _, end in one.offsets) for one in counting.encode_batch(texts)]
    whole = [len(text.rstrip()) for text in texts]
    return sum(min(end, length) for end, length in zip(ends, whole, strict=True)) / sum(whole)


def machine() -> dict[str, float]:
    import torch

    found = {"float32": 0.0, "bfloat16": 0.0, "int8": 0.0}
    for rows, inner, columns in SHAPES:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        x, y = a.bfloat16(), b.bfloat16()
        operations = 2 * rows * inner * columns
        with torch.inference_mode():
            found["float32"] = max(found["float32"], operations / best(lambda a=a, b=b: a @ b))
            found["bfloat16"] = max(found["bfloat16"], operations / best(lambda x=x, y=y: x @ y))
        found["int8"] = max(found["int8"], operations / best(_product_in_int8(rows, inner, columns)))
    memory = torch.ones(READ // 4)
    return {**found, "bandwidth": READ / best(lambda: memory.sum())}


def best(call: Callable[[], object]) -> float:
    """Seconds of the quickest of many calls."""
    quickest, started, times = float("inf"), time.perf_counter(), 0
    while times < 3 or time.perf_counter() - started < SECONDS:
        before = time.perf_counter()
        call()
        quickest = min(quickest, time.perf_counter() - before)
        times += 1
    return quickest


def _product_in_int8(rows: int, inner: int, columns: int) -> Callable[[], object]:
    """The product as onnxruntime does it for a quantised model: uint8 by int8, into 32 bits."""
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    chance = np.random.default_rng(0)
    weights = chance.integers(-127, 127, (inner, columns)).astype(np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [rows, inner])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [rows, columns])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    values = {"x": chance.integers(0, 255, (rows, inner)).astype(np.uint8)}
    return lambda: session.run(None, values)
