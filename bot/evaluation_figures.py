"""The figures that the table and the page show, with what they mean."""

import math
from dataclasses import dataclass

from nlu.evaluation import Scores


@dataclass(frozen=True, slots=True)
class Figure:
    """A field of Scores as people read it. `unit` is `count`, `share` (of 1) or `ms`."""

    field: str
    label: str
    meaning: str
    unit: str = "share"

    def shown(self, scores: Scores) -> str:
        """The figure as text; a dash for a share of nothing."""
        return shown(getattr(scores, self.field), self.unit)


FIGURES = (
    Figure("count", "texts", "Labelled questions, off-topic ones included.", "count"),
    Figure("foreign", "of them off-topic", "Questions that are not ours and should be declined.", "count"),
    Figure("top1", "accuracy", "Our questions whose topic is the first reading."),
    Figure("top3", "top-3", "Our questions whose topic is among the first three readings."),
    Figure("answered", "answered", "Our questions that the engine is sure of, and rightly."),
    Figure("helped", "helped", "Our questions answered, or asked back with the right topic among the three buttons."),
    Figure("sure_right", "right when sure", "Of our questions that the engine is sure of, those read rightly."),
    Figure("macro_f1", "macro F1", "Mean F1 over all topics and off-topic; each counts alike, however rare."),
    Figure(
        "calibration_error", "calibration error", "Mean gap between confidence and how often it is right; 0 is best."
    ),
    Figure("declined_foreign", "off-topic recall", "Off-topic questions that are declined."),
    Figure("declined_rightly", "off-topic precision", "Declined questions that are off-topic indeed."),
    Figure("declined_ours", "ours declined", "Our questions that are declined; 0 is best."),
    Figure(
        "cpu_median",
        "CPU, median, ms",
        "Processor time of the assistant for a question. Rasa's own is not in it.",
        "ms",
    ),
    Figure("cpu_p95", "CPU, p95, ms", "19 of 20 questions take no more processor time than this.", "ms"),
    Figure("elapsed_median", "clock, median, ms", "Time until the reading is there, waiting for Rasa included.", "ms"),
)


def shown(value: float, unit: str = "share") -> str:
    """A count, a share in percent, or a time as text without its unit; a dash for what is not a number."""
    if math.isnan(value):
        return "–"
    if unit == "count":
        return str(int(value))
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"
