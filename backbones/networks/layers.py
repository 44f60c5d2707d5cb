"""The layers of a network, each use of them, also inside of nested models, found by their path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from backbones.errors import InputError
from backbones.networks.catalog import import_keras
from backbones.section import nearest

#: Numbers of one photo's output of a layer, 8 GiB of them: beyond, no machine holds a batch.
_LARGEST = 1 << 31

#: ``name``, ``name:2`` for the second use of a layer, ``name[2]`` for its second output.
_STEP = re.compile(r"(?P<name>.+?)(:(?P<use>[1-9]\d*))?(\[(?P<output>[1-9]\d*)\])?")


@dataclass
class Use:
    """One call of a layer: what it gave, and the uses of the layers inside, if it is a model."""

    outputs: list[Any] = field(default_factory=list)
    inside: Uses = field(default_factory=dict)
    inputs: list[Any] = field(default_factory=list)
    kind: str = ""  #: class of the layer


#: The uses of each layer of a model, by its name, in the order of the network.
Uses = dict[str, list[Use]]


def trace(model: Any, view: Any) -> Use:
    """Call a model, layer by layer, on a symbolic batch of photos; nested models are gone into.

    Raises
    ------
    InputError
        A layer gives more than fits into memory.
    """
    traced = Use()
    models, tensors = import_keras().models, import_keras().KerasTensor
    flatten = import_keras().tree.flatten

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        use = Use()
        is_model = isinstance(layer, models.Sequential) or hasattr(layer, "_run_through_graph")
        if is_model and len(args) == 1:
            use = trace(layer, args[0])
            result = _like_outputs(layer, use.outputs)
        else:
            result = layer(*args, **kwargs)
            use.outputs = flatten(result)
        use.inputs = [one for one in flatten((args, kwargs)) if isinstance(one, tensors)]
        use.kind = type(layer).__name__
        _check_size(layer, use.outputs)
        traced.inside.setdefault(layer.name, []).append(use)
        return result

    traced.outputs = flatten(_run(model, view, call))
    return traced


def walk(traced: Use, place: str = "") -> Iterator[tuple[str, Use]]:
    """Each use of a layer that is no model itself, and the path by which ``layers`` names it."""
    for name, uses in traced.inside.items():
        for number, use in enumerate(uses, 1):
            path = f"{place}{name}:{number}" if len(uses) > 1 else f"{place}{name}"
            if use.inside:
                yield from walk(use, f"{path}/")
            else:
                yield path, use


def find_layers(model: Any, traced: Use, paths: Sequence[str]) -> list[Any]:
    """The outputs at these paths; without any, the only output of the model.

    Raises
    ------
    InputError
        No layer lies there; it is used several times, or has several outputs, and the path does
        not say which; the model has several outputs, and there is no path.
    """
    if paths:
        return [_find(model, traced, path) for path in paths]
    if len(traced.outputs) == 1:
        return traced.outputs
    choices = ", ".join(_name_outputs(model, traced))
    raise InputError(
        f"layers: {model.name} has {len(traced.outputs)} outputs; say which are read, in layers: "
        f"[{choices}], or some of them"
    )


def _run(model: Any, view: Any, call: Any) -> Any:
    """What a model gives, its layers called by `call`."""
    tree, ops = import_keras().tree, import_keras().ops
    given = [
        ops.cast(tensor, declared.dtype) if tensor.dtype != declared.dtype else tensor
        for tensor, declared in zip(tree.flatten(view), model.inputs, strict=True)
    ]
    if isinstance(model, import_keras().models.Sequential):
        result = given[0]
        for layer in model.layers:
            result = call(layer, result)
        return result

    def bind(layer: Any) -> Any:
        return lambda *args, **kwargs: call(layer, *args, **kwargs)

    # Keras's own way, of its clone_model too, to go through a graph layer by layer.
    return model._run_through_graph(given, operation_fn=bind)


def _like_outputs(model: Any, outputs: list[Any]) -> Any:
    """The outputs in the structure in which the model gives them."""
    if isinstance(model, import_keras().models.Sequential):
        return outputs[0]
    return import_keras().tree.pack_sequence_as(model.output, outputs)


def _check_size(layer: Any, outputs: Sequence[Any]) -> None:
    for output in outputs:
        numbers = prod(size or 1 for size in output.shape[1:])
        if numbers > _LARGEST:
            raise InputError(
                f"image_size: the layer {layer.name} gives {tuple(output.shape[1:])}, "
                f"{numbers:,} numbers a photo, more than fits into memory; take a smaller one, "
                "or read a later layer"
            )


def _find(model: Any, traced: Use, path: str) -> Any:
    if path not in traced.inside and path in (named := _named_outputs(model, traced)):
        return named[path]
    above, use, place = model.name, traced, ""
    steps = path.split("/")
    for number, step in enumerate(steps):
        name, chosen, output = _parse(step, use.inside)
        if name not in use.inside:
            raise InputError(f"layers: {above} has no layer {name!r}{_hint(name, place, use)}")
        rest = "/".join(["", *steps[number + 1 :]])
        use = _choose_use(use.inside[name], chosen, place + name, rest)
        above, place = name, f"{place}{step}/"
    return _choose_output(use.outputs, output, path)


def _hint(name: str, place: str, use: Use) -> str:
    """Where else a layer of this name lies, or layers of a name like it."""
    if not use.inside:
        return ": it is no model of layers"
    inside = [f"{place}{one}/{name}" for one, uses in use.inside.items() if name in uses[0].inside]
    return f"; did you mean {' or '.join(inside)}?" if inside else f"; {nearest(name, use.inside)}"


def _parse(step: str, known: Uses) -> tuple[str, int | None, int | None]:
    """Name, use and output of a step of a path; a layer of that very name comes first."""
    match = _STEP.fullmatch(step)
    if step in known or match is None:
        return step, None, None
    use, output = match["use"], match["output"]
    return match["name"], int(use) if use else None, int(output) if output else None


def _choose_use(uses: Sequence[Use], chosen: int | None, place: str, rest: str) -> Use:
    if chosen is None and len(uses) == 1:
        return uses[0]
    if chosen is None or chosen > len(uses):
        choices = ", ".join(f"{place}:{number}{rest}" for number in range(1, len(uses) + 1))
        raise InputError(f"layers: {place} is used {len(uses)} times; say which: {choices}")
    return uses[chosen - 1]


def _choose_output(outputs: Sequence[Any], chosen: int | None, path: str) -> Any:
    if chosen is None and len(outputs) == 1:
        return outputs[0]
    if chosen is None or chosen > len(outputs):
        plain = path.removesuffix(f"[{chosen}]")
        choices = ", ".join(f"{plain}[{number}]" for number in range(1, len(outputs) + 1))
        raise InputError(f"layers: {plain} has {len(outputs)} outputs; say which: {choices}")
    return outputs[chosen - 1]


def _named_outputs(model: Any, traced: Use) -> dict[str, Any]:
    """The outputs of a model that gives them by name, as ``{"map": ..., "row": ...}``."""
    structure = getattr(model, "output", None)
    if not isinstance(structure, dict):
        return {}
    named: dict[str, Any] = import_keras().tree.pack_sequence_as(structure, traced.outputs)
    return {str(name): output for name, output in named.items()}


def _name_outputs(model: Any, traced: Use) -> list[str]:
    """What ``layers`` may say for each output of a model."""
    named = _named_outputs(model, traced)
    if named:
        return list(named)
    paths = {}
    for name, uses in traced.inside.items():
        for number, use in enumerate(uses, 1):
            for place, output in enumerate(use.outputs, 1):
                step = f"{name}:{number}" if len(uses) > 1 else name
                paths[id(output)] = f"{step}[{place}]" if len(use.outputs) > 1 else step
    return [paths.get(id(output), "the input itself") for output in traced.outputs]
