"""Makes the models of Keras: `python -m tests.bring.foreign.recipes.keras_models`.

Made with Python 3.13, tensorflow-cpu 2.21.0, keras 3.15.1, tf2onnx 1.17.0 and onnx 1.23.2, in an environment of its
own, which CI does not have.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow
import tf2onnx

from tests.bring.foreign.recipes.kept import drawn, keep

FEATURES = [
    {"name": "tenure_months", "kind": "number"},
    {"name": "monthly_charges", "kind": "number"},
    {"name": "plan", "kind": "category", "categories": [0, 1, 2]},
]
PLANS = ("stays", "asks", "leaves")


def churn() -> None:
    """Several inputs, one of codes, and a softmax of three classes; the numbers are scaled within the model."""
    numbers, plan = drawn(400, 2), np.random.default_rng(1).integers(0, 3, (400, 1))
    said = (numbers[:, 0] + 0.3 * numbers[:, 1] + plan[:, 0] * 2 > 8).astype(int) + (numbers[:, 0] > 7)
    inputs = [keras.Input((1,), name=name) for name in ("tenure_months", "monthly_charges")]
    code = keras.Input((1,), name="plan", dtype="int64")
    scaled = []
    for place, given in enumerate(inputs):
        layer = keras.layers.Normalization()
        layer.adapt(numbers[:, [place]])
        scaled.append(layer(given))
    embedded = keras.layers.Flatten()(keras.layers.Embedding(3, 2)(code))
    hidden = keras.layers.Dense(8, activation="relu")(keras.layers.Concatenate()([*scaled, embedded]))
    answer = keras.layers.Dense(3, activation="softmax", name="churn")(hidden)
    model = keras.Model([*inputs, code], answer)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
    given = [numbers[:, [0]], numbers[:, [1]], plan]
    model.fit(given, said, epochs=30, verbose=0)
    signature = [
        tensorflow.TensorSpec((None, 1), tensorflow.int64 if name == "plan" else tensorflow.float32, name=name)
        for name in ("tenure_months", "monthly_charges", "plan")
    ]
    exported, _ = tf2onnx.convert.from_keras(model, input_signature=signature, opset=18)
    answers = model.predict([values[:40] for values in given], verbose=0)
    rows = [[*map(float, row), int(code)] for row, code in zip(numbers[:40], plan[:40, 0], strict=True)]
    keep(
        "keras_churn",
        exported,
        rows,
        {"probabilities": answers.tolist(), "prediction": [PLANS[place] for place in answers.argmax(axis=1)]},
        options=["--classes", ",".join(PLANS), "--target", "churn"],
        features=FEATURES,
        versions=("tensorflow-cpu", "keras", "tf2onnx", "onnx", "numpy"),
    )


def price() -> None:
    """One tensor, a linear output: a regression."""
    numbers = drawn(400, 4)
    layer = keras.layers.Normalization()
    layer.adapt(numbers)
    model = keras.Sequential(
        [keras.Input((4,)), layer, keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    model.fit(numbers, numbers @ [3.0, -1.0, 0.5, 2.0], epochs=30, verbose=0)
    # Keras' own model.export(format="onnx") makes inputs of a Normalization layer's constants.
    signature = [tensorflow.TensorSpec((None, 4), tensorflow.float32, name="house")]
    functional = keras.Model(model.inputs, model.outputs)  # tf2onnx does not find the output of a Sequential
    exported, _ = tf2onnx.convert.from_keras(functional, input_signature=signature, opset=18)
    answers = model.predict(numbers[:40], verbose=0)
    keep(
        "keras_price",
        exported,
        numbers[:40].tolist(),
        {"prediction": answers[:, 0].tolist()},
        options=["--features", "rooms,age,distance,area", "--target", "price"],
        versions=("tensorflow-cpu", "keras", "tf2onnx", "onnx", "numpy"),
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(7)
    churn()
    price()
