"""A network of one hidden layer, applied with numpy alone. `nlu.fitting` learns its weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Network:
    """`hidden` has a row per feature and a column per unit, `outer` a row per unit and a column per intent."""

    intents: Sequence[str]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    outer: NDArray[np.float32]
    outer_bias: NDArray[np.float32]

    def scores(self, units: NDArray[np.float32]) -> Floats:
        """Uncalibrated scores, a column per intent. `units`: a row of features times `hidden` per text."""
        return np.asarray(np.maximum(units + self.hidden_bias, 0) @ self.outer + self.outer_bias, dtype=np.float64)


def softmax(scores: Floats) -> Floats:
    """Shares of 1 per row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
