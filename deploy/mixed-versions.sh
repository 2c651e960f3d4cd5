#!/usr/bin/env bash
# Nodes of an earlier commit and of this one on one database, each with roles that the other has not: turns that one accepts and stores are executed by the
# other, first one way around, then the other; and each goes on with the conversations that the other began.
#   deploy/mixed-versions.sh COMMIT      MIXED_PORT=5560 is the first of six ports on loopback
# Needs PostgreSQL's binaries and the .NET SDK; takes about a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

commit=$(git rev-parse --verify --short=12 "${1:?which commit}^{commit}")
port=${MIXED_PORT:-5560}
tree=artifacts/versions/$commit
dll=src/ActorLlm.Node/bin/Release/net10.0/ActorLlm.Node.dll
bin=$(dirname "$(find /usr/lib/postgresql -name initdb 2>/dev/null | sort -V | tail -n 1 || true)")
if [[ ! -x $bin/initdb ]]; then bin=$(dirname "$(command -v initdb)"); fi
work=$(mktemp -d)
pids=()
cleanup() {
  stop || true
  as "$bin/pg_ctl" -D "$work/data" -m immediate -s stop || true
  rm -rf "$work"
}
trap cleanup EXIT

say() { echo "[$(date -u +%H:%M:%S)] $*"; }
fail() {
  echo "mixed-versions: $*" >&2
  exit 1
}
# A server does not run as root.
as() { if [[ $(id -u) == 0 ]]; then (cd "$work" && runuser -u postgres -- "$@"); else "$@"; fi; }
stop() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid"
    wait "$pid" || true
  done
  pids=()
}

start() { # start DLL HTTP-PORT ROLES
  # Nothing that only one of the versions knows is configured.
  ActorLlm__Roles=$3 dotnet "$1" --urls "http://127.0.0.1:$2" "--ActorLlm:Postgres=Host=127.0.0.1;Port=$port;Username=actorllm;Database=actorllm;GSS Encryption Mode=Disable" \
    --ActorLlm:Backends:main:Type=Simulator --ActorLlm:Backends:main:Models=simulator >"$work/$2.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 600); do
    if dotnet $dll --health "http://127.0.0.1:$2/healthz/ready" >/dev/null; then return; fi
    kill -0 "${pids[-1]}" 2>/dev/null || fail "a node ended: $(tail -n 3 "$work/$2.log")"
  done
  fail "a node was not ready"
}

ask() { # ask HTTP-PORT NUMBER CONVERSATION: the reply's tokens of the prompt, which grow with the history
  curl -fsS --max-time 60 "http://127.0.0.1:$1/v1/chat/completions" -H 'Content-Type: application/json' -H "Idempotency-Key: mixed-$2" -H "X-Conversation-Id: mixed-$3" \
    -d "{\"messages\":[{\"role\":\"user\",\"content\":\"Question $2\"}]}" | grep -o '"prompt_tokens":[0-9]*' | cut -d: -f2
}

round() { # round NAME DLL-OF-CONVERSATIONS DLL-OF-WORKERS FIRST-TURN
  local n tokens
  start "$2" $((port + 1)) gateway,conversation
  start "$3" $((port + 2)) worker
  for n in $(seq "$4" $(($4 + 19))); do
    tokens=$(ask $((port + 1)) "$n" $((n % 4)))
    if [[ $n -gt 4 && $tokens -le ${last[n % 4]} ]]; then fail "turn $n was asked without the history that the other version stored"; fi
    last[n % 4]=$tokens
  done
  say "$1: 20 turns of 4 conversations accepted and committed by the first, executed by the second"
  stop
}

[[ -d $tree ]] || git worktree add --detach "$tree" "$commit"
dotnet build "$tree/src/ActorLlm.Node" -c Release --verbosity quiet >/dev/null
dotnet build src/ActorLlm.Node -c Release --verbosity quiet >/dev/null
if [[ $(id -u) == 0 ]]; then chown postgres "$work"; fi
as "$bin/initdb" -D "$work/data" -U actorllm -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$work/data" -o "-p $port -k $work -c listen_addresses=127.0.0.1" -l "$work/postgres.log" -w -s start
as "$bin/createdb" -h "$work" -p "$port" -U actorllm actorllm

last=(0 0 0 0)
round "conversations of $commit, workers of this version" "$tree/$dll" $dll 1
round "conversations of this version, workers of $commit" $dll "$tree/$dll" 21
round "conversations of $commit once more" "$tree/$dll" $dll 41
count=$(as "$bin/psql" -h "$work" -p "$port" -U actorllm -d actorllm -Atqc "SELECT count(*) FILTER (WHERE manifest = 'ta1') || ' accepted, ' || count(*) FILTER (WHERE manifest = 'rc1') || ' committed, ' || count(*) FILTER (WHERE manifest = 'af1') || ' attempts failed' FROM actorllm_journal")
[[ $count == "60 accepted, 60 committed, 0 attempts failed" ]] || fail "the journal has $count"
say "the journal has $count"
