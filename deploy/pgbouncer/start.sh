# Start pgbouncer in its container, with the account of the application.
set -eu
umask 077
printf '"astral_app" "%s"\n' "${POSTGRES_APP_PASSWORD:?is not set}" > /tmp/userlist.txt
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
