# Sourced by the other scripts: where things are, how to speak, how to install.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

# python_env NAME REQUIREMENTS: a virtual environment .local/NAME with exactly these packages; free when it is up to
# date. The stamp holds the path too, because a virtual environment does not survive being moved.
python_env() {
  local env=$root/.local/$1 requirements=$root/$2 stamp log=$root/.local/log/pip-$1.log
  stamp=$({ echo "$env"; cat "$requirements"; } | sha256sum)
  if [ "$(cat "$env/.stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  say "installing Python packages of $2 into .local/$1"
  mkdir -p "$(dirname "$log")"
  rm -rf "$env"
  # Debian's own interpreter: the one the requirements were resolved for, whatever stands first in PATH.
  { /usr/bin/python3 -m venv "$env" \
    && "$env/bin/pip" install --disable-pip-version-check --no-input -r "$requirements"; } >"$log" 2>&1 \
    || { tail -n 5 "$log" >&2; fail "Python packages of $2 could not be installed; the whole log is $log"; }
  echo "$stamp" >"$env/.stamp"
}
