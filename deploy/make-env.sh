#!/bin/sh
# Prints a .env for docker-compose.yml with new secrets: sh deploy/make-env.sh astral.example.org > .env
set -eu
host=${1:?Give the host name that people use: sh deploy/make-env.sh astral.example.org > .env}
secret() { openssl rand -hex "$1"; }
cd "$(dirname "$0")/.."
sed -e "s|^SECRET_KEY=.*|SECRET_KEY=$(secret 48)|" \
  -e "s|^ALLOWED_HOSTS=.*|ALLOWED_HOSTS=$host|" \
  -e "s|^CSRF_TRUSTED_ORIGINS=.*|CSRF_TRUSTED_ORIGINS=https://$host|" \
  -e "s|^POSTGRES_PASSWORD=.*|POSTGRES_PASSWORD=$(secret 24)|" \
  -e "s|^POSTGRES_OWNER_PASSWORD=.*|POSTGRES_OWNER_PASSWORD=$(secret 24)|" \
  -e "s|^POSTGRES_APP_PASSWORD=.*|POSTGRES_APP_PASSWORD=$(secret 24)|" \
  -e "s|^VALKEY_PASSWORD=.*|VALKEY_PASSWORD=$(secret 24)|" .env.example
