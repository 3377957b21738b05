"""A trained classifier as arrays, which is how `nlu.cache` keeps it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from nlu.cache import Arrays, packed, unpacked
from nlu.classifier import Classifier, Thresholds
from nlu.features import GRAMS, Features, Terms
from nlu.network import Network

_WEIGHTS = ("hidden", "hidden_bias", "outer", "outer_bias")


def as_arrays(classifier: Classifier, thresholds: Thresholds) -> Arrays:
    """What `from_arrays` makes the same classifier and thresholds of."""
    return dict(_named(classifier, thresholds))


def _named(classifier: Classifier, thresholds: Thresholds) -> Iterator[tuple[str, Any]]:
    features, network = classifier.features, classifier.network
    yield from ((name, getattr(network, name)) for name in _WEIGHTS)
    yield "centre", features.centre
    for place, terms in enumerate(features.terms):
        yield f"rarity.{place}", terms.rarity
        yield f"column.{place}", packed(terms.column)
    yield "identifiers", packed(features.identifiers)
    yield "intents", packed(list(network.intents))
    yield "thresholds", np.array(list(asdict(thresholds).values()), np.float64)


def from_arrays(arrays: Arrays) -> tuple[Classifier, Thresholds]:
    """The classifier and the thresholds that `as_arrays` was given. Raises KeyError for other arrays."""
    terms = [Terms(g, unpacked(arrays[f"column.{i}"]), arrays[f"rarity.{i}"]) for i, g in enumerate(GRAMS)]
    features = Features(unpacked(arrays["identifiers"]), terms, arrays["centre"])
    network = Network(unpacked(arrays["intents"]), *(arrays[name] for name in _WEIGHTS))
    return Classifier(features, network), Thresholds(*arrays["thresholds"].tolist())
