# The assistant from its hash locks, with its model trained, under a user of its own. compose.yaml runs it.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements/build.txt requirements/app.txt requirements/
RUN python -m venv /opt/i2pcc \
    && /opt/i2pcc/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    && /opt/i2pcc/bin/pip install --no-cache-dir --no-build-isolation --require-hashes --requirement requirements/app.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY connectors connectors
COPY dialogues dialogues
COPY knowledge knowledge
COPY nlu nlu
RUN /opt/i2pcc/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/i2pcc /opt/i2pcc
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/i2pcc i2pcc \
    && install --directory --owner=i2pcc --group=i2pcc --mode=0700 /var/lib/i2pcc
USER i2pcc
WORKDIR /var/lib/i2pcc
ENV PATH=/opt/i2pcc/bin:$PATH PYTHONUNBUFFERED=1 \
    I2PCC_DATA_DIR=/var/lib/i2pcc I2PCC_HOST=0.0.0.0 I2PCC_PORT=8000
# Trained here, a container is ready in seconds. Others may not read the model, so the umask is that of the command.
RUN umask 077 && python -c "from bot.engines import load_engines; from bot.settings import Settings; from nlu.encoder import load_encoder; load_engines(Settings(), load_encoder())"
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["i2pcc"]
CMD ["serve"]
