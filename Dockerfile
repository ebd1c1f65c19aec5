FROM python:3.13-slim

RUN useradd --create-home --uid 10001 ecrmock

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY ecrmock ecrmock
RUN pip install --no-cache-dir --root-user-action ignore . && rm -rf /src

WORKDIR /home/ecrmock
USER ecrmock
EXPOSE 5327
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('ECRMOCK_PORT', '5327')}/_ecrmock/health\", timeout=2)"]

ENTRYPOINT ["ecrmock"]
CMD ["serve", "--host", "0.0.0.0"]
