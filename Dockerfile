# The emulator as a server on port 5327, with ECR Public on 5328. Needs no capability and no writable file system:
#   docker run --read-only --tmpfs /tmp --publish 127.0.0.1:5327-5328:5327-5328 ecrmock
# BASE is any image with Python 3.11 or later. BUILDER installs ecrmock, in the same Python: it has
# the module venv too, and a way to packages (its pip.conf may name an index or a folder of wheels).
ARG BASE=python:3.13-slim
ARG BUILDER=${BASE}

FROM ${BUILDER} AS build
ARG EXTRAS=tls,seed,sign,scan
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY ecrmock ecrmock
# botocore brings the models of all of AWS's services, by far the most bytes: most of them go.
RUN python3 -m venv /opt/ecrmock \
 && /opt/ecrmock/bin/python -m pip install --no-cache-dir ".[${EXTRAS}]" \
 && find /opt/ecrmock/lib/python3*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
    ! -name 'ecr*' ! -name sts ! -name iam ! -name signer ! -name events -exec rm -r {} + \
 && /opt/ecrmock/bin/python -m pip uninstall --yes --quiet pip setuptools \
 && mkdir /data

FROM ${BASE}
LABEL org.opencontainers.image.title="ecrmock" \
      org.opencontainers.image.description="A local emulator of Amazon ECR" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/ecrmock /opt/ecrmock
# a folder of the user's own: a new volume that is mounted there takes its owner
COPY --from=build --chown=10001:10001 /data /data
ENV PATH=/opt/ecrmock/bin:$PATH HOME=/tmp ECRMOCK_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
EXPOSE 5327 5328
HEALTHCHECK --interval=5s --timeout=4s --start-period=10s CMD ["python", "-c", "\
import os, ssl, urllib.request\n\
scheme = 'https' if {*map(os.environ.get, ('ECRMOCK_TLS', 'ECRMOCK_CERT'))} - {None, '', '0'} else 'http'\n\
port = os.environ.get('ECRMOCK_PORT', '5327')\n\
url = f'{scheme}://127.0.0.1:{port}/_ecrmock/health'\n\
urllib.request.urlopen(url, timeout=3, context=ssl._create_unverified_context())"]
ENTRYPOINT ["ecrmock"]
CMD ["serve"]
