"""TEMP"""
from __future__ import annotations
import io
from pathlib import Path
import numpy as np
from PIL import Image, ImageOps
from backbones.errors import InputError
SUFFIXES={".jpg",".png"}
def decode(data, name):
    try:
        return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    except Exception as e:
        raise InputError(f"{name}: {e}")
def resize(image,size,mode):
    return np.asarray(image.resize(size[::-1],Image.Resampling.BILINEAR))
def photos_in(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in SUFFIXES)
def locate(folder,names):
    bad=[n for n in names if not (folder/n).is_file()]
    if bad: raise InputError("missing",bad)
    return [folder/n for n in names]
