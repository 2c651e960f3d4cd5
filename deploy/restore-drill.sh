#!/usr/bin/env bash
# Backs up the database under a node and restores it, for real, in a temporary folder: once with pg_dump and pg_restore, once from a base backup and the
# archived write-ahead log to a point in time. A node on each restored copy must have every reply that was committed by then, and call no model for it.
# Needs PostgreSQL's binaries and the .NET SDK; takes about a minute. DRILL_PORT=5540 is the first of six ports on loopback that it uses.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

port=${DRILL_PORT:-5540}
bin=$(dirname "$(find /usr/lib/postgresql -name initdb 2>/dev/null | sort -V | tail -n 1 || true)")
if [[ ! -x $bin/initdb ]]; then bin=$(dirname "$(command -v initdb)"); fi
work=$(mktemp -d)
node=
cleanup() {
  if [[ -n $node ]]; then kill "$node" 2>/dev/null || true; fi
  local data
  for data in "$work"/*/postmaster.pid; do if [[ -e $data ]]; then as "$bin/pg_ctl" -D "$(dirname "$data")" -m immediate -s stop || true; fi; done
  rm -rf "$work"
}
trap cleanup EXIT

say() { echo "[$(date -u +%H:%M:%S)] $*"; }
fail() {
  echo "restore-drill: $*" >&2
  exit 1
}
# A server does not run as root.
as() { if [[ $(id -u) == 0 ]]; then (cd "$work" && runuser -u postgres -- "$@"); else "$@"; fi; }
sql() { as "$bin/psql" -h "$work" -p "$1" -d "${3:-actorllm}" -U actorllm -Atqc "$2"; }
server() { as "$bin/pg_ctl" -D "$work/$1" -o "-p $2 -k $work -c listen_addresses=127.0.0.1" -l "$work/$1.log" -w -s start; }
committed() { sql "$1" "SELECT count(*) FROM actorllm_journal WHERE manifest = 'rc1'"; }

start_node() { # start_node HTTP-PORT DATABASE-PORT DATABASE BACKEND-SETTING...
  local http=$1 database="Host=127.0.0.1;Port=$2;Username=actorllm;Database=$3;GSS Encryption Mode=Disable"
  shift 3
  dotnet src/ActorLlm.Node/bin/Release/net10.0/ActorLlm.Node.dll --urls "http://127.0.0.1:$http" "--ActorLlm:Postgres=$database" \
    --ActorLlm:Backends:main:Models=simulator "$@" >"$work/node-$http.log" 2>&1 &
  node=$!
  for _ in $(seq 600); do
    if dotnet src/ActorLlm.Node/bin/Release/net10.0/ActorLlm.Node.dll --health "http://127.0.0.1:$http/healthz/ready" >/dev/null; then return; fi
    kill -0 "$node" 2>/dev/null || fail "the node ended: $(tail -n 3 "$work/node-$http.log")"
  done
  fail "the node was not ready"
}

stop_node() {
  kill "$node"
  wait "$node" || fail "the node ended with $?"
  node=
}

ask() { # ask HTTP-PORT NUMBER
  curl -fsS --max-time 30 "http://127.0.0.1:$1/v1/chat/completions" -H 'Content-Type: application/json' -H "Idempotency-Key: drill-$2" -H "X-Conversation-Id: drill-$(($2 % 5))" \
    -d "{\"messages\":[{\"role\":\"user\",\"content\":\"Question $2\"}]}"
}

# Every reply of before, from a node whose model cannot be reached.
check() { # check NAME HTTP-PORT DATABASE-PORT DATABASE
  local n
  [[ $(sql "$3" "SELECT count(*) FROM actorllm_journal WHERE manifest = 'rc1'" "$4") == 20 ]] || fail "$1: $(committed "$3") replies are there, expected are 20"
  start_node "$2" "$3" "$4" --ActorLlm:Backends:main:Type=OpenAI --ActorLlm:Backends:main:Endpoint=http://127.0.0.1:1/v1
  for n in $(seq 20); do [[ $(ask "$2" "$n") == "$(cat "$work/reply-$n")" ]] || fail "$1: the reply to question $n is another one"; done
  stop_node
  say "$1: all 20 replies that were committed by then are there, the same to the byte, with no model to be reached; the 10 later ones are not"
}

dotnet build src/ActorLlm.Node -c Release --verbosity quiet >/dev/null
if [[ $(id -u) == 0 ]]; then chown postgres "$work"; fi
mkdir "$work/archive"
if [[ $(id -u) == 0 ]]; then chown postgres "$work/archive"; fi
as "$bin/initdb" -D "$work/first" -U actorllm -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
printf '%s\n' "wal_level = replica" "archive_mode = on" "archive_command = 'test ! -f $work/archive/%f && cp %p $work/archive/%f'" | as tee -a "$work/first/postgresql.conf" >/dev/null
server first "$port"
sql "$port" "CREATE DATABASE actorllm" postgres

start_node $((port + 3)) "$port" actorllm --ActorLlm:Backends:main:Type=Simulator
for n in $(seq 10); do ask $((port + 3)) "$n" >"$work/reply-$n"; done
as "$bin/pg_basebackup" -h "$work" -p "$port" -U actorllm -D "$work/base" -X none -c fast
say "base backup taken under a running node, after 10 turns"
for n in $(seq 11 20); do ask $((port + 3)) "$n" >"$work/reply-$n"; done
as "$bin/pg_dump" -h "$work" -p "$port" -U actorllm -Fc -f "$work/dump" actorllm
moment=$(sql "$port" "SELECT clock_timestamp()")
for n in $(seq 21 30); do ask $((port + 3)) "$n" >"$work/reply-$n"; done
sql "$port" "SELECT pg_switch_wal()" >/dev/null
last=$(sql "$port" "SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
for _ in $(seq 300); do
  [[ $(sql "$port" "SELECT coalesce(last_archived_wal, '') >= '$last' FROM pg_stat_archiver") == t ]] && break
  sleep 0.1
done
say "dump taken at $moment, after 20 turns; 10 more; $(committed "$port") replies are committed"
stop_node
as "$bin/pg_ctl" -D "$work/first" -m immediate -s stop
say "the server is lost"

as "$bin/initdb" -D "$work/second" -U actorllm -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
server second $((port + 1))
sql $((port + 1)) "CREATE DATABASE actorllm" postgres
as "$bin/pg_restore" -h "$work" -p $((port + 1)) -U actorllm -d actorllm --exit-on-error "$work/dump"
check "pg_restore" $((port + 4)) $((port + 1)) actorllm

printf '%s\n' "archive_mode = off" "restore_command = 'cp $work/archive/%f %p'" "recovery_target_time = '$moment'" "recovery_target_action = promote" | as tee -a "$work/base/postgresql.conf" >/dev/null
as touch "$work/base/recovery.signal"
server base $((port + 2))
for _ in $(seq 300); do
  [[ $(sql $((port + 2)) "SELECT pg_is_in_recovery()" postgres) == f ]] && break
  sleep 0.1
done
check "to a point in time" $((port + 5)) $((port + 2)) actorllm
say "both copies were restored and served from"
