# The bot and the page, from one image: locked packages, no training libraries, no root. See notes/deploy.md.
FROM python:3.11.15-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY deploy/requirements.txt deploy/opencv.txt deploy/build.txt deploy/
# The wheel opencv-python needs libGL, GLib and X11, which a slim image lacks. The headless one of the same version needs
# none of them, and nothing here opens a window.
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --require-hashes -r deploy/requirements.txt \
    && pip --python /opt/venv/bin/python uninstall --yes opencv-python \
    && pip --python /opt/venv/bin/python install --require-hashes --no-deps -r deploy/opencv.txt \
    && pip install --require-hashes -r deploy/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY bot bot
COPY scrapers scrapers
COPY demo demo
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && pip --python /opt/venv/bin/python install --no-deps --no-index wheels/*.whl

FROM python:3.11.15-slim-trixie
RUN groupadd --gid 10001 sneakers \
    && useradd --uid 10001 --gid sneakers --no-create-home --home-dir /tmp --shell /usr/sbin/nologin sneakers \
    && install --directory --owner sneakers --group sneakers /var/lib/sneakers
COPY --from=build /opt/venv /opt/venv
COPY --chmod=0644 deploy/healthcheck.py /opt/healthcheck.py
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    SNEAKERS_HOME=/srv/sneakers BOT_DATABASE=/var/lib/sneakers/bot.sqlite3 BOT_HOST=0.0.0.0 BOT_PORT=8080
WORKDIR /srv/sneakers
USER 10001:10001
EXPOSE 8080 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "/opt/healthcheck.py", "8080", "/healthz"]
CMD ["python", "-m", "bot"]
