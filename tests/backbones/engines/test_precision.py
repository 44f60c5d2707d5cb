from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.engines import Features, Photos, openvino, precision
from backbones.engines.openvino import OpenVinoEngine, convert
from backbones.engines.precision import check_precision
from backbones.errors import InputError
from backbones.networks.network import build
from backbones.networks.spec import BackboneSpec, Precision
from backbones.networks.weights import Weights
from tests.backbones.networks.forward import through

PHOTOS = np.random.default_rng(0).integers(0, 256, (6, 64, 96, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    spec = BackboneSpec(name="tiny", application="MobileNet", weights="random")
    network = build([spec], (64, 96), Weights("random", "random-0"))
    return convert(lambda: network, tmp_path_factory.mktemp("converted") / "one.xml")


def rows(engine: OpenVinoEngine, photos: Photos = PHOTOS) -> Features:
    return np.concatenate([through(engine, photos[n : n + 1]) for n in range(len(photos))])


def test_bfloat16_is_close_to_float32_and_not_the_same(bfloat16: None, converted: Path) -> None:
    exact = rows(OpenVinoEngine(converted))
    coarse = rows(OpenVinoEngine(converted, "bfloat16"))
    apart = np.abs(coarse - exact).max() / np.abs(exact).max()
    assert 1e-4 < apart < 2e-2
    assert coarse.dtype == np.float32


def test_float32_is_computed_where_the_processor_has_bfloat16(
    bfloat16: None, converted: Path
) -> None:
    """OpenVINO's default there is bfloat16."""
    model = openvino.import_openvino().Core().compile_model(converted, "CPU")
    by_default = np.array(model(PHOTOS)[0])
    assert not np.array_equal(rows(OpenVinoEngine(converted)), by_default)


@pytest.mark.parametrize(("threads", "streams"), [(1, 1), (2, 1), (2, 2), (4, 1)])
def test_bfloat16_has_the_same_bits_with_any_number_of_threads(
    bfloat16: None,
    converted: Path,
    threads: int,
    streams: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = rows(OpenVinoEngine(converted, "bfloat16"))
    number = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": streams}
    monkeypatch.setattr(
        openvino, "_settings", lambda *_: {"INFERENCE_PRECISION_HINT": "bf16", **number}
    )
    np.testing.assert_array_equal(rows(OpenVinoEngine(converted)), usual)


def test_what_was_compiled_before_computes_the_same(bfloat16: None, converted: Path) -> None:
    both = [rows(OpenVinoEngine(converted, "bfloat16")) for _ in range(2)]
    np.testing.assert_array_equal(*both)


def test_tensorflow_refuses_in_one_line() -> None:
    with pytest.raises(InputError) as caught:
        check_precision("bfloat16", "tensorflow", "backbone a")
    assert str(caught.value) == (
        "backbone a: precision: bfloat16 needs OpenVINO, and TensorFlow is the engine here; pip "
        "install 'backbone-ensemble[openvino]' and set engine: openvino, or set precision: float32"
    )


def test_a_processor_that_cannot_refuses_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "can_compute", lambda _: False)
    monkeypatch.setattr(precision, "processor", lambda: "i386")
    with pytest.raises(InputError) as caught:
        check_precision("bfloat16", "openvino", "backbone a")
    assert str(caught.value) == (
        "backbone a: precision: bfloat16: this processor (i386) has no instructions for it; set "
        "precision: float32, or take a machine with AVX-512 BF16 or AMX"
    )
    check_precision("float32", "openvino", "backbone a")
    check_precision("float32", "tensorflow", "backbone a")
    monkeypatch.setattr(precision, "can_compute", lambda _: True)
    check_precision("bfloat16", "openvino", "backbone a")


def test_the_processor_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Core:
        def get_property(self, device: str, name: str) -> object:
            known = {"FULL_DEVICE_NAME": "i386", "OPTIMIZATION_CAPABILITIES": ["FP32", "INT8"]}
            return known[name] if device == "CPU" else None

    package = type("openvino", (), {"Core": Core})
    monkeypatch.setattr(openvino, "import_openvino", lambda: package)
    assert not openvino.can_compute("bfloat16")
    assert openvino.processor() == "i386"
    assert openvino.can_compute("int8")


@pytest.mark.parametrize("coarse", ["bfloat16", "int8"])
@pytest.mark.parametrize("limit", ["DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"])
def test_an_environment_that_forbids_instructions_refuses_in_one_line(
    coarse: Precision, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "can_compute", lambda _: True)
    monkeypatch.setenv(limit, "AVX2")
    with pytest.raises(InputError, match=f"that {limit}=AVX2 forbids; unset it"):
        check_precision(coarse, "openvino", "backbone a")
    check_precision("float32", "openvino", "backbone a")
