from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

from backbones.engines import provenance
from backbones.features import key
from backbones.features.key import features_key
from backbones.networks.catalog import THREADS
from tests.backbones.features.test_label import made


def test_engines_and_networks_keep_apart_what_they_compute() -> None:
    plain = features_key(made(), "tensorflow")
    assert features_key(made("renamed"), "tensorflow") == plain
    assert features_key(made(weights_seed=1), "tensorflow") == plain  # its weights say it
    assert features_key(made(resize="crop"), "tensorflow") != plain
    assert features_key(made(), "openvino") != plain


def test_keys_of_float32_are_those_from_before_it_could_be_chosen() -> None:
    plain = made(precision="float32")
    assert plain.fingerprint.startswith("562741d8377f5bf2502e2e965934b6a3")
    assert plain.forward_pass.startswith("02c96228f611ca004127a6c3e57cfcba")


def test_in_bfloat16_the_processor_plays_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {}
    for name in ("i386", "i486"):
        monkeypatch.setattr(provenance, "processor", lambda name=name: name)
        for precision in ("float32", "bfloat16"):
            keys[name, precision] = features_key(made(precision=precision), "openvino")
    assert keys["i386", "float32"] == keys["i486", "float32"]
    assert len(set(keys.values())) == 3


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TF_ENABLE_ONEDNN_OPTS", "0"),
        ("XLA_FLAGS", "--xla_cpu_enable_fast_math=true"),
        ("NVIDIA_TF32_OVERRIDE", "0"),
        ("ONEDNN_DEFAULT_FPMATH_MODE", "BF16"),
    ],
)
def test_settings_by_which_numbers_change_are_in_it(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.delenv(setting, raising=False)
    plain = features_key(made(), "tensorflow")
    monkeypatch.setenv(setting, value)
    assert features_key(made(), "tensorflow") != plain


def test_another_decoder_makes_other_features(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = features_key(made(), "tensorflow")
    newer = {**key.decoder_versions(), "libjpeg_turbo": "99"}
    monkeypatch.setattr(key, "decoder_versions", lambda: newer)
    assert features_key(made(), "tensorflow") != plain


def test_the_decoders_of_every_installation_are_known() -> None:
    assert {"pil", "jpg", "zlib"} <= key.decoder_versions().keys()


def test_threads_are_ours_unless_tensorflow_was_there_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provenance, "settings", dict)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    assert provenance.engine_provenance("tensorflow")["threads"] == str(THREADS)
    of_the_user = SimpleNamespace(get_intra_op_parallelism_threads=lambda: 3)
    started = SimpleNamespace(config=SimpleNamespace(threading=of_the_user))
    monkeypatch.setitem(sys.modules, "tensorflow", started)
    assert provenance.engine_provenance("tensorflow")["threads"] == "3"
    assert "threads" not in provenance.engine_provenance("openvino")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "threads"),
    [
        ("pass", "THREADS"),
        ("import keras", "THREADS"),
        ("import tensorflow", "THREADS"),
        ("import tensorflow as tf; tf.constant(1)", "len(os.sched_getaffinity(0))"),
        ("import tensorflow as tf; tf.config.threading.set_intra_op_parallelism_threads(3)", "3"),
    ],
)
def test_whoever_imports_tensorflow_its_threads_are_ours_unless_they_are_set_or_it_runs(
    before: str, threads: str
) -> None:
    script = f"""{before}
import os
from backbones.engines.provenance import tensorflow_threads
from backbones.networks.catalog import THREADS, import_keras
assert tensorflow_threads() == {threads}
import_keras()
import tensorflow as tf
tf.constant(1)
assert tensorflow_threads() == {threads}
"""
    subprocess.run([sys.executable, "-c", script], check=True)
