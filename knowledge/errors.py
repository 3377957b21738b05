"""What can be wrong with the data."""


class KnowledgeError(ValueError):
    """The data does not hold together. `problems` has a line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
