# One image for every role: the command says which.
FROM python:3.13-slim-bookworm

# Pango and HarfBuzz draw the invoices; without the subsetter an invoice takes seven times as long.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY pyproject.toml README.md LICENSE containers.py ./
COPY core core
COPY adapters adapters
COPY entrypoints entrypoints
COPY alembic alembic
COPY deploy/postgres deploy/postgres
RUN pip install --no-cache-dir --no-build-isolation --no-deps --no-index -e . \
    && python -m compileall -q core adapters entrypoints containers.py \
    && useradd --system --create-home --uid 10001 billow \
    && install -d -o billow -g billow /var/lib/billow /keys /keys/a /keys/b /keys/public

USER billow
ENV PYTHONUNBUFFERED=1
ENTRYPOINT ["billow"]
