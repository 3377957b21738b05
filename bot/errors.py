"""The errors an operator or a caller meets.

AssistantError
├── SetupError      cannot start; the message says what to do
└── RequestError    a caller's mistake, with a stable code and HTTP status
"""


class AssistantError(Exception):
    """Base of all errors that are meant to be read by a person."""


class SetupError(AssistantError):
    """The assistant cannot start as configured. One line that says what to do."""


class RequestError(AssistantError):
    """A request that cannot be served.

    `status` is the HTTP status, `code` a stable word for programs, `retry_after` seconds for 429 and 503.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after
