"""Makes the models of PyTorch: `python -m tests.bring.foreign.recipes.torch_models`.

Made with Python 3.13, torch 2.14.1, onnxscript 0.7.2 and onnx 1.23.2, in an environment of its own, which CI does not
have.
"""

import numpy as np
import torch

from tests.bring.foreign.recipes.kept import drawn, keep

CLASSES = ("low", "middle", "high")
BY_HAND = ("torch", "onnxscript", "onnx", "numpy")


def fitted(model: torch.nn.Module, loss: torch.nn.Module, rows: np.ndarray, true: np.ndarray) -> torch.nn.Module:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss(model(torch.tensor(rows)), torch.tensor(true)).backward()
        optimizer.step()
    return model.eval()


def exported(model: torch.nn.Module, rows: np.ndarray, file: str) -> None:
    """Write `model` into `file` by the exporter of today, for any number of rows."""
    torch.onnx.export(
        model,
        (torch.tensor(rows[:2]),),
        file,
        dynamo=True,
        external_data=False,
        input_names=["x"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )


def logits() -> None:
    """A classification that ends in logits, as PyTorch's losses want it; by the exporter of today."""
    rows = drawn(300, 4)
    true = np.digitize(rows @ np.float32([1, 1, -1, 0.5]), [5, 9]).astype(np.int64)
    network = torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(8, 3)
    )
    model = fitted(network, torch.nn.CrossEntropyLoss(), rows, true)
    exported(model, rows, "logits.onnx")
    answers = model(torch.tensor(rows[:40])).detach().numpy()
    keep(
        "torch_logits",
        "logits.onnx",
        rows[:40].tolist(),
        {"scores": answers.tolist(), "prediction": [CLASSES[place] for place in answers.argmax(axis=1)]},
        options=["--features", "a,b,c,d", "--classes", ",".join(CLASSES), "--target", "level"],
        versions=BY_HAND,
    )


def sigmoid() -> None:
    """Two classes by one column of a sigmoid; by the exporter of before."""
    rows = drawn(300, 3)
    true = (rows.sum(axis=1) > 15).astype(np.float32)[:, None]
    network = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1), torch.nn.Sigmoid())
    model = fitted(network, torch.nn.BCELoss(), rows, true)
    torch.onnx.export(
        model,
        (torch.tensor(rows[:2]),),
        "sigmoid.onnx",
        dynamo=False,
        input_names=["x"],
        output_names=["p"],
        dynamic_axes={"x": {0: "batch"}, "p": {0: "batch"}},
    )
    answers = model(torch.tensor(rows[:40])).detach().numpy()[:, 0]
    keep(
        "torch_sigmoid",
        "sigmoid.onnx",
        rows[:40].tolist(),
        {
            "probabilities": [[1 - float(share), float(share)] for share in answers],
            "prediction": ["yes" if share > 0.5 else "no" for share in answers],
        },
        options=["--features", "a,b,c", "--classes", "no,yes"],
        versions=BY_HAND,
    )


def targets() -> None:
    """Two numbers at once."""
    rows = drawn(300, 3)
    true = np.stack([rows.sum(axis=1), rows[:, 0] - rows[:, 1]], axis=1)
    network = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))
    model = fitted(network, torch.nn.MSELoss(), rows, true)
    exported(model, rows, "targets.onnx")
    answers = model(torch.tensor(rows[:40])).detach().numpy()
    keep(
        "torch_targets",
        "targets.onnx",
        rows[:40].tolist(),
        {"prediction": answers.tolist()},
        options=["--features", "a,b,c", "--target", "sum", "--target", "difference"],
        versions=BY_HAND,
    )


if __name__ == "__main__":
    torch.manual_seed(7)
    logits()
    sigmoid()
    targets()
