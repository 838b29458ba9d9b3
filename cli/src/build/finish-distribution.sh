#!/bin/sh
# Makes the AOT cache of a staged distribution and moves the whole to where it is used.
#   finish-distribution.sh STAGE TARGET
set -eu
stage="$1"
target="$2"

# The cache is trained at its final place: it names its class path. A running program keeps the jars it has open.
rm -rf "$target.old"
[ ! -e "$target" ] || mv "$target" "$target.old"
mv "$stage" "$target"
rm -rf "$target.old"

# The training run backs up, restores and checks a made-up folder; the cache then holds the classes ready to use, and what was
# hot there is compiled sooner later.
training="$target.work"
rm -rf "$training"
mkdir -p "$training"
cache="$target/lib/holdfast.aot"
# relative paths of its commands begin there
if ! (cd "$training" && HOLDFAST_OPTS="${HOLDFAST_OPTS-} -XX:AOTCacheOutput=$cache.new" "$target/bin/holdfast" train "$training") \
  >"$target.training" 2>&1 ||
  [ ! -s "$cache.new" ]; then
  echo "no AOT cache could be made, so commands start a little slower; the training run said:"
  cat "$target.training"
  rm -f "$cache.new"
else
  mv "$cache.new" "$cache"
fi
rm -f "$target.training"
rm -rf "$training"
