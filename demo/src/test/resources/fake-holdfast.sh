#!/bin/sh
# Stands in for the command line: really saves and restores the shop, with pg_dump and cp, and answers as the real one does.
# The file fault beside this script says what to do wrong.
set -eu
fault=$(cat "$(dirname "$0")/fault" 2>/dev/null || echo none)
command=$1
[ "$command" = "$fault" ] && { echo "the words of $command" >&2; echo "{\"ok\":false,\"command\":\"$command\"}"; exit 30; }
port=$(sed -n 's/.*postgres@127.0.0.1:\([0-9]*\).*/\1/p' holdfast.yaml)
export PGHOST=127.0.0.1 PGPORT="$port" PGUSER=postgres PGPASSWORD="$SHOP_DB_PASSWORD"
saved=backups/saved

part() {
  printf '{"name":"%s","kind":"any","entries":9,"bytes":9,"storedBytes":1000,"readBytes":2000,"seconds":0.5,' "$1"
  printf '"compared":9,"equal":true,"differenceCount":0,"differences":[]}'
}
parts() { printf '"parts":['; part database; printf ','; part media; printf ','; part uploads; printf ']'; }

case $command in
init)
  mkdir backups
  echo '{"ok":true,"command":"init","recoveryCode":"AAAA-BBBB"}'
  ;;
backup)
  rm -rf "$saved"; mkdir "$saved"
  pg_dumpall --roles-only | grep -v ' postgres' >"$saved/roles.sql"
  pg_dump -Fc -Z0 shop >"$saved/shop.dump"
  cp -a s3/shop-media "$saved/media"
  cp -a uploads "$saved/uploads"
  printf '{"ok":true,"command":"backup","snapshot":"01J","storedBytes":3000,"readBytes":6000,"seconds":1.5,'
  printf '"peakResidentBytes":123000000,"destinations":[{"name":"disk","state":"complete"},{"name":"offsite","state":"complete"}],'
  parts; echo '}'
  ;;
restore)
  psql -q -d postgres -f "$saved/roles.sql" >&2
  createdb shop
  pg_restore -e -d shop "$saved/shop.dump"
  cp -a "$saved/media" s3/shop-media
  cp -a "$saved/uploads" uploads
  if [ "$fault" = damage ]; then
    psql -q -d shop -c "UPDATE event SET payload = '{}' WHERE id = 5" >&2
    printf x >s3/shop-media/awkward/.hidden
    chmod 600 uploads/awkward/README
  fi
  printf '{"ok":true,"command":"restore","snapshot":"01J","seconds":2,'; parts; echo '}'
  ;;
compare)
  printf '{"ok":true,"command":"compare","snapshot":"01J","equal":true,'
  parts; echo '}'
  ;;
*)
  echo "unknown command '$command'" >&2
  exit 2
  ;;
esac
