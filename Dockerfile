# Astral for production: `docker compose up`, or this image behind your own PostgreSQL and Redis (settings: README).
# PYTHON_IMAGE pins the image by its digest: docker compose build --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE}

ENV PYTHONUNBUFFERED=1 ASTRAL_ENV=production WEB_CONCURRENCY=2 IMPORTS_DIR=/srv/imports
WORKDIR /srv/astral
RUN useradd --system --uid 10001 --no-create-home --home-dir /srv/astral --shell /usr/sbin/nologin astral \
    && install --directory --owner=astral --mode=0700 /srv/imports

# ASSISTANTS=1 adds the library for assistants (docs/guides/assistants.md).
ARG ASSISTANTS=0
COPY requirements.txt requirements-mcp.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.txt \
    && if [ "$ASSISTANTS" = 1 ]; then \
    pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements-mcp.txt; fi

COPY manage.py .
COPY astral astral
COPY athletes athletes
COPY metrics metrics
COPY coaching coaching
# This key is used for this command only. Collecting static files signs nothing.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" ALLOWED_HOSTS=image.invalid \
    python manage.py collectstatic --noinput

USER astral
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "-m", "astral.monitoring.healthcheck"]
CMD ["gunicorn", "astral.wsgi:application", "--bind", "0.0.0.0:8000", "--threads", "4", \
     "--worker-class", "astral.server.worker.BufferingWorker", \
     "--config", "python:astral.server.gunicorn_hooks", \
     "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "20", "--no-control-socket", "--log-level", "warning"]
