"""Settings from the environment, prefix I2PCC_."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All that an operator can set. docs/operators.md explains each; a test keeps the two together."""

    model_config = SettingsConfigDict(env_prefix="I2PCC_", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(Path("var"), description="Where the database and the caches live.")
    database_url: str | None = Field(
        None, description="SQLAlchemy address, sqlite:/// or postgresql://; default: SQLite in data_dir."
    )
    knowledge_dir: Path | None = Field(None, description="Folder of the knowledge base; default: the assistant's own.")
    training_dir: Path | None = Field(
        None, description="Folder of the training examples; default: the assistant's own."
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the web server listens on.")
    public_url: str | None = Field(None, description="Address under which people reach the server.")
    allowed_origins: str = Field("*", description="Sites that may embed the widget, comma-separated; * for every site.")
    rate_limit: Literal["on", "off"] = Field("on", description="off for load tests.")
    max_text: int = Field(4000, ge=200, description="Longest message in characters.")
    retention_days: int = Field(365, ge=1, description="Days after which an idle conversation is erased.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much to log.")

    nlu: Literal["embedded", "rasa"] = Field("embedded", description="The engine that understands texts.")
    rasa_url: str = Field("http://127.0.0.1:5005", description="Address of the Rasa server.")

    telegram_token: SecretStr | None = Field(None, description="Bot token from @BotFather.")
    telegram_base_url: str = Field("https://api.telegram.org", description="Address of the Bot API.")
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="Set it (and public_url) to receive updates by webhook instead of polling."
    )

    slack_bot_token: SecretStr | None = Field(None, description="Bot token, xoxb-….")
    slack_app_token: SecretStr | None = Field(None, description="App token, xapp-…, for Socket Mode.")
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret; without an app token Slack's events come by signed HTTP."
    )
    slack_channel: str | None = Field(None, description="Channel id where intakes are posted, C….")
    slack_base_url: str = Field("https://slack.com/api/", description="Address of Slack's Web API.")
