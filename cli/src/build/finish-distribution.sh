#!/bin/sh
# Makes the AOT caches of a staged distribution and moves the whole to where it is used.
#   finish-distribution.sh STAGE TARGET
set -eu
stage="$1"
target="$2"

# A cache is trained at its final place: it names its class path. A running program keeps the jars it has open.
rm -rf "$target.old"
[ ! -e "$target" ] || mv "$target" "$target.old"
mv "$stage" "$target"
rm -rf "$target.old"

# The training runs back up, restore and serve a made-up folder; a cache then holds the classes ready to use, and what was hot
# there is compiled sooner later.
train() {
  work="$target.$1.work"
  cache="$target/lib/$1.aot"
  rm -rf "$work"
  mkdir -p "$work"
  # relative paths of its commands begin there
  if ! (cd "$work" && HOLDFAST_OPTS="${HOLDFAST_OPTS-} -XX:AOTCacheOutput=$cache.new" "$target/bin/holdfast" train "$1" "$work") \
    >"$work.said" 2>&1 ||
    [ ! -s "$cache.new" ]; then
    echo "no AOT cache for '$1' could be made, so it starts a little slower; the training run said:"
    cat "$work.said"
    rm -f "$cache.new"
  else
    # What is written at once, Linux keeps and maps in one piece, up to 2 MiB of it for one byte that is read.
    dd if="$cache.new" of="$cache.small" bs=4k 2>"$work.said"
    touch -r "$cache.new" "$cache.small"
    mv "$cache.small" "$cache"
    rm -f "$cache.new"
  fi
  rm -rf "$work" "$work.said"
}

train serve &
train commands
wait
