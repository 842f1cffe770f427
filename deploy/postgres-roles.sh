#!/bin/sh
# Makes the roles of Astral. The image runs it for a new database; for an older one, run it as README says.
set -eu
exec psql --quiet --set ON_ERROR_STOP=1 --single-transaction --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$POSTGRES_OWNER_PASSWORD" --set app_password="$POSTGRES_APP_PASSWORD" \
  --file /srv/postgres-roles.sql
