"""Recognises files that are not pickles by their first bytes: what people bring in place of a model.

Nothing is unpacked or run; of a zip archive only the list of names is read, of others the first bytes and the last.
"""

import codecs
import json
import os
import zipfile
from typing import BinaryIO

from training.pickles.unpacking import HEAD_BYTES

WRITE_AGAIN = "write it again where it was made, by joblib.dump(model, 'model.joblib'), and package that"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs.github.com/spec",
        "The file is a Git LFS pointer, and the model is elsewhere: run `git lfs pull` in its repository, then again.",
    ),
    (b"\x89HDF\r\n\x1a\n", "The file is HDF5, as Keras writes its models. The function has scikit-learn alone."),
    (b"\x93NUMPY", "The file is a NumPy array, not a model: package the estimator, written by joblib.dump."),
    (b"PAR1", "The file is a Parquet table, not a model: `python -m training train --table` fits one to it."),
    (
        b"tree\nversion=",
        "The file is a model of LightGBM, as text. If you have its LGBMClassifier or LGBMRegressor, write that by "
        "joblib.dump; else fit scikit-learn's HistGradientBoosting in its place.",
    ),
    (b"CBM1", "The file is a model of CatBoost. Fit scikit-learn's HistGradientBoosting in its place."),
    (b"\x28\xb5\x2f\xfd", f"The file is compressed by zstd, which joblib cannot read: {WRITE_AGAIN}."),
    (b"\x04\x22\x4d\x18", f"The file is compressed by lz4, which needs a library that is not here: {WRITE_AGAIN}."),
    (b"7z\xbc\xaf\x27\x1c", "The file is a 7z archive: unpack it, and package the model that is inside."),
    (b"SQLite format 3\0", f"The file is an SQLite database, not a model. If you have the model, {WRITE_AGAIN}."),
    (b"%PDF", "The file is a PDF, not a model. Look again where it came from."),
    (
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.",
        "The file is a checkpoint of PyTorch. The function has scikit-learn alone.",
    ),
)

_IN_ZIP: tuple[tuple[str, str], ...] = (
    (
        "schema.json",
        "The file is of skops. Load it where it was made, by skops.io.load, and write it by joblib.dump(model, "
        "'model.joblib').",
    ),
    ("data.pkl", "The file is a checkpoint of PyTorch. The function has scikit-learn alone."),
    ("model.weights.h5", "The file is a model of Keras. The function has scikit-learn alone."),
    ("keras_metadata.pb", "The file is a model of Keras. The function has scikit-learn alone."),
)

_MODEL_SUFFIXES = (".joblib", ".pkl", ".pickle", ".sav")


TAIL_BYTES = 64 * 1024


def other_kind(data: bytes, whole: BinaryIO | None) -> str | None:
    """A sentence on what the file is and what to do, where its first bytes, `data`, show that it is not a pickle.

    `whole` is the file, None where it can only be read forwards. Where it is read, it is left anywhere.
    """
    # No pickle begins with any of these.
    if not data.strip(b"\0 \r\n\t"):
        return f"The file is empty: it was not written to its end, or not downloaded. Fetch it again, or {WRITE_AGAIN}."
    for start, sentence in _STARTS:
        if data.startswith(start):
            return sentence
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(whole)
    if data[257:262] == b"ustar":
        return "The file is a tar archive: unpack it with `tar -xf`, and package the model that is inside."
    if data.startswith(b"\x08") and (b"onnx" in data[:400].lower() or b"ai.onnx" in data + _tail(whole)):
        return (
            "The file is an ONNX model. Give it with --onnx, for a function that has ONNX Runtime; or package the "
            "estimator that it was converted from."
        )
    return _markup_kind(data)


def text_kind(data: bytes, is_all: bool) -> str | None:
    """The same for a text that begins with `data`, or is it (`is_all`).

    Asked only of what proved to be no pickle, for the oldest pickles are texts too.
    """
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=is_all)
    except UnicodeDecodeError:
        return None
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        return None
    lines = [line for line in text.splitlines()[: 20 if is_all else -1][:20] if line]
    for separator in ",;\t":
        if len(lines) > 1 and lines[0].count(separator) > 0 and len({line.count(separator) for line in lines}) == 1:
            return "The file is a text that looks like a table: `python -m training train --table` fits a model to it."
    return f"The file is a text, not a model. If you have the model, {WRITE_AGAIN}."


def _markup_kind(data: bytes) -> str | None:
    head = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return (
            "The file is an HTML page: the download saved what a browser would show, such as a page to sign in. "
            "Download it again, signed in or by the link to the file itself."
        )
    if head.startswith(b"<"):
        return (
            "The file is XML: where it was downloaded, an error of the storage, such as AccessDenied. Open it to read "
            "why, and download it again."
        )
    if head.startswith((b"{", b"[")):
        return _json_kind(data)
    return None


def _json_kind(data: bytes) -> str | None:
    if b'"learner"' in data[:2000] or data.startswith((b"{L\0", b"{l\0")):
        return (
            "The file is a model of XGBoost alone. Load it by load_model of an XGBClassifier or XGBRegressor, and "
            "write that by joblib.dump; or fit scikit-learn's HistGradientBoosting in its place."
        )
    if len(data) < HEAD_BYTES:
        try:
            json.loads(data)
        except (ValueError, RecursionError):
            return None
    elif text_kind(data, is_all=False) is None:
        return None
    return f"The file is JSON, not a model. If it describes one, {WRITE_AGAIN}."


def _tail(whole: BinaryIO | None) -> bytes:
    if whole is None:
        return b""
    whole.seek(max(0, whole.seek(0, os.SEEK_END) - TAIL_BYTES))
    return whole.read(TAIL_BYTES)


def _zip_kind(whole: BinaryIO | None) -> str:
    if whole is None:
        return "The file is a zip archive that was compressed again: unpack it, and package the model that is inside."
    try:
        names = zipfile.ZipFile(whole).namelist()
    except zipfile.BadZipFile:
        return "The file is a zip archive that ends before its end: fetch it again."
    for name, sentence in _IN_ZIP:
        if any(entry == name or entry.endswith(f"/{name}") for entry in names):
            return sentence
    if names and all(name.endswith(".npy") for name in names):
        return "The file is an archive of NumPy arrays, not a model: package the estimator, written by joblib.dump."
    models = [name for name in names if name.endswith(_MODEL_SUFFIXES)]
    if not models:
        return "The file is a zip archive that holds no joblib or pickle file."
    return f"The file is a zip archive: unpack it, and package the model that is inside, {', '.join(models[:5])}."
