#!/usr/bin/env bash
# Builds the image, runs the cluster of compose.yaml and does to it what happens to clusters: a kill, a partition, a rolling upgrade, each under load and
# with the independent checker of `actorllm chaos`. Needs a Docker engine with compose, and the .NET SDK for the load. Takes about ten minutes.
#   docker/try-compose.sh [all | STEP...]     steps: config build chat image roles dns kill partition upgrade
#   TRY_PORT=8081        the first of the ports on loopback that are used, four in a row
#   TRY_BUILD_ARGS=      arguments for docker build; --network=host where containers reach no package registry by Docker's own network
#   TRY_MINUTES=1        how long kills and partitions go on, each
set -euo pipefail
self=$(realpath "${BASH_SOURCE[0]}")
cd "$(dirname "$self")/.."

port=${TRY_PORT:-8081}
minutes=${TRY_MINUTES:-1}
project=actorllm-try
nodes=(node1 node2 node3)

say() { echo "[$(date -u +%H:%M:%S)] $*"; }
fail() {
  echo "try-compose: $*" >&2
  exit 1
}
compose() { docker compose -p "$project" -f docker/compose.yaml -f "$override" "$@"; }
container() { docker ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"; }
network="${project}_default"

# What this script adds to the files: other ports, and one for the database, which the checker reads.
write_override() {
  override=$(mktemp --suffix=.yaml)
  trap 'rm -f "$override"' EXIT
  {
    echo "services:"
    echo "  postgres: {ports: [\"127.0.0.1:$((port + 3)):5432\"]}"
    for n in 0 1 2; do echo "  ${nodes[n]}: {ports: !override [\"127.0.0.1:$((port + n)):8080\"]}"; done
  } >"$override"
}

# The faults, called by `actorllm chaos` as PROGRAM inject N and PROGRAM heal N.
fault() {
  local node=node$(($2 % 3 + 1)) id
  id=$(container "$node")
  case $TRY_FAULT-$1 in
    kill-inject) docker kill "$id" ;;
    kill-heal) docker start "$id" ;;
    partition-inject) docker network disconnect "$network" "$id" ;;
    partition-heal) docker network connect --alias "$node" "$network" "$id" ;;
    upgrade-inject)
      # As an upgrade does: the next node when the last one is ready.
      for node in "${nodes[@]}"; do
        docker compose -p "$project" -f docker/compose.yaml -f "$TRY_OVERRIDE" up --detach --no-build --no-deps --force-recreate --wait "$node"
      done
      ;;
    upgrade-heal) ;;
    *) fail "no fault $TRY_FAULT" ;;
  esac
}

down() { docker compose -p "$project" -f docker/compose.yaml down --volumes --remove-orphans >/dev/null 2>&1; }
up() { compose up --detach --no-build --wait; }

addresses() { echo "http://127.0.0.1:$port,http://127.0.0.1:$((port + 1)),http://127.0.0.1:$((port + 2))"; }

chaos() {
  local kind=$1 word=$2
  up
  say "$kind, under load"
  TRY_FAULT=$kind TRY_OVERRIDE=$override dotnet run -c Release --project src/ActorLlm.Cli -- chaos --minutes "$3" --conversations 30 --faults "$word" \
    --cluster "$(addresses)" --postgres "Host=127.0.0.1;Port=$((port + 3));Username=actorllm;Password=${POSTGRES_PASSWORD:-actorllm};Database=actorllm" \
    --fault-command "$self"
}

ask() { # ask PORT KEY
  curl -fsS --max-time 60 "http://127.0.0.1:$1/v1/chat/completions" -H 'Content-Type: application/json' -H "Idempotency-Key: $2" -H 'X-Conversation-Id: tried' \
    -d '{"messages":[{"role":"user","content":"Hello from compose"}]}'
}

step_config() {
  docker compose -f docker/compose.yaml config --quiet
  docker compose -f docker/compose.roles.yaml config --quiet
  docker compose -f docker/compose.yaml -f docker/compose.dns.yaml config --quiet
  say "compose takes the three files"
}

step_build() {
  # shellcheck disable=SC2086
  docker build ${TRY_BUILD_ARGS:-} -f docker/Dockerfile -t actorllm-node .
  say "the image: $(docker image inspect --format '{{.Size}}' actorllm-node) bytes"
}

step_chat() {
  up
  local key first again
  key=tried-$(date +%s)
  first=$(ask "$port" "$key")
  docker kill "$(container node1)" >/dev/null
  again=$(ask $((port + 1)) "$key")
  docker start "$(container node1)" >/dev/null
  [[ $first == "$again" ]] || fail "the same key got another reply from another node: $first / $again"
  say "chat: the same key gets the same reply from another node after the first one was killed: ${first:0:120}..."
}

# What a container may do, and how it ends.
step_image() {
  up
  local id user code
  id=$(container node3)
  user=$(docker exec "$id" id -u)
  [[ $user != 0 ]] || fail "the node runs as root"
  if docker exec "$id" touch /app/x 2>/dev/null; then fail "the root file system can be written"; fi
  [[ $(docker exec "$id" grep CapEff /proc/1/status | tr -d '[:space:]') == CapEff:0000000000000000 ]] || fail "the node has capabilities"
  [[ $(docker exec "$id" grep NoNewPrivs /proc/1/status | tr -d '[:space:]') == NoNewPrivs:1 ]] || fail "the node may get privileges"
  [[ $(docker inspect --format '{{.State.Health.Status}}' "$id") == healthy ]] || fail "the node is not healthy by its own check"
  docker stop "$id" >/dev/null
  code=$(docker inspect --format '{{.State.ExitCode}}' "$id")
  [[ $code == 0 ]] || fail "on SIGTERM the node ended with $code"
  docker start "$id" >/dev/null
  say "image: user $user, nothing to write, no capability, healthy, and 0 on SIGTERM"
}

other() { # other NAME FILES...: runs these files as a cluster of their own, asks it something and takes it down
  local name=$1 file files=()
  shift
  for file in "$@"; do files+=(-f "$file"); done
  down
  docker compose -p "$project" "${files[@]}" -f "$override" up --detach --no-build --wait
  ask "$port" "other-$(date +%s)" >/dev/null
  say "$name: $(docker compose -p "$project" "${files[@]}" ps --services | tr '\n' ' ')are one cluster of $(members) members and answer"
  down
}

members() { docker exec "$(container postgres)" psql -U actorllm -d actorllm -Atc 'SELECT min(members) FROM actorllm_node'; }

step_dns() { other "by DNS" docker/compose.yaml docker/compose.dns.yaml; }

step_roles() {
  local kept=$override
  override=$(mktemp --suffix=.yaml)
  printf 'services:\n  gateway1: {ports: !override ["127.0.0.1:%s:8080"]}\n  gateway2: {ports: !override ["127.0.0.1:%s:8080"]}\n' "$port" "$((port + 1))" >"$override"
  other "roles split" docker/compose.roles.yaml
  rm -f "$override"
  override=$kept
}

step_kill() { chaos kill command "$minutes"; }
step_partition() { chaos partition command "$minutes"; }
# One round: the fault is over when the last node is ready.
step_upgrade() { chaos upgrade upgrade 0.1; }

case ${1:-all} in
  inject | heal) fault "$@" ;;
  *)
    [[ ${1:-all} == all ]] && set -- config build chat image kill partition upgrade roles dns
    write_override
    for step in "$@"; do "step_$step"; done
    down
    say "all went well: $*"
    ;;
esac
