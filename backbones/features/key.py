"""The key of a backbone's features: all that decides their numbers, beside the photo."""

from __future__ import annotations

from backbones.engines import EngineChoice
from backbones.engines.provenance import engine_provenance
from backbones.key import key
from backbones.networks.backbone import Backbone
from backbones.photos.decoders import decoder_versions

#: Version of the stores: raised whenever rows lie in them in another way.
FORMAT = 2


def features_key(backbone: Backbone, engine: EngineChoice) -> str:
    """SHA-256 (hex) of the network, what decodes photos, and what computes, as it is set.

    The fingerprint of the network alone is the same on every machine, and runs hold it.
    """
    return key(
        {
            "network": backbone.fingerprint,
            "decoders": decoder_versions(),
            "engine": engine_provenance(engine, backbone.spec.precision),
            "format": FORMAT,
        }
    )
