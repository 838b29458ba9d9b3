# Read by mvnw and holdfast: exports JAVA_HOME, the folder of a JDK 25, or says what is missing and ends the script.
# Looked at, in this order: HOLDFAST_JAVA (a folder, or its bin/java), JAVA_HOME, java on the path, the usual folders.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r release_line; do
    case "$release_line" in
    'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) return 0 ;;
    esac
  done <"$1/release"
  return 1
}

find_jdk_25() {
  if [ -n "${HOLDFAST_JAVA-}" ]; then
    is_jdk_25 "${HOLDFAST_JAVA%/bin/java}" && JAVA_HOME="${HOLDFAST_JAVA%/bin/java}" && return 0
  fi
  if [ -n "${JAVA_HOME-}" ]; then
    is_jdk_25 "$JAVA_HOME" && return 0
  fi
  found="$(command -v java 2>/dev/null)" && found="$(readlink -f "$found" 2>/dev/null)" || found=
  if [ -n "$found" ]; then
    is_jdk_25 "${found%/bin/java}" && JAVA_HOME="${found%/bin/java}" && return 0
  fi
  for found in /usr/lib/jvm/* /usr/java/* /opt/java/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    is_jdk_25 "$found" && JAVA_HOME="$found" && return 0
  done
  return 1
}

if find_jdk_25; then
  export JAVA_HOME
else
  echo "holdfast is built with JDK 25, and none was found: not by HOLDFAST_JAVA, JAVA_HOME or the path, nor in /usr/lib/jvm" >&2
  echo "HINT: run 'apt-get install openjdk-25-jdk' (Debian 13, Ubuntu 24.04 or later; elsewhere: Temurin 25 of https://adoptium.net), or set HOLDFAST_JAVA to the folder of a JDK 25." >&2
  exit 1
fi
