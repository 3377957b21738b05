"""What search and matching need of a sentence encoder; engines live in nlu."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns sentences of any served language into vectors of one space."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text, shape (len(texts), dimensions). Thread-safe; any text is fine."""
        ...
