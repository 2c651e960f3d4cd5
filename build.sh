#!/usr/bin/env bash
# One verb for each thing a maintainer does. Needs the .NET SDK of global.json; the tests need PostgreSQL's server binaries or
# Docker besides, and Node.js with npm for the clients that come from there. Everything is built in Release: what is tested,
# measured and killed is what ships, from one build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./build.sh VERB [arguments]
  test        restore, build, run every test; the last line is `N passed, N failed, N skipped`
  format      fail where `dotnet format` would change something
  verify      format, then test
  pack        make the package of the .NET tool actorllm, in artifacts/tool
  bench       run the benchmarks (arguments are passed on)
  capacity    how long turns wait at the article's load, as measured and as queueing theory says (arguments are passed on, for example: --report bench/capacity.md)
  bench-http  measure the HTTP face: latency, or streams (arguments are passed on)
  chaos       run `actorllm chaos` (arguments are passed on, for example: --minutes 5 --seed 1)
  kill-test   the same with nothing but kill -9 of one node and of all (arguments are passed on)
  upgrade     restart the nodes one by one under load, as an upgrade does, and see that no request fails and no turn is repeated (arguments as for chaos, for
              example: --minutes 5); with --from COMMIT first, the nodes are upgraded from that commit's version, and downgraded, in turn
  resume      run `actorllm resume`: kill -9 under streams that their clients resume (arguments are passed on, for example: --times 200 --report docs/resume.md)
  bridge      kill -9 the node of the RabbitMQ bridge, and restart the broker, under messages, and see that none is lost or doubled (for example: --kills 50
              --broker-restarts 20 --messages 20000 --report FILE)
  canaries    build nodes with deliberate defects and see `actorllm chaos` find each (arguments are passed on: --report FILE, names of canaries/*.patch)
  simulate    run the simulation (arguments are passed on, for example: --seeds 1000000 --report docs/simulation.md)
TEXT
}

readonly CONFIGURATION=Release
readonly RESULTS=artifacts/test-results
# Test processes at once. More than the cores of a small machine turns waiting for a condition into waiting for a turn.
readonly PARALLEL=2
# A test that hangs is named and ended, instead of the whole run going silent.
readonly HANG_TIMEOUT=5min

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [[ ${CI:-} == true ]]; then
  # No build server may outlive the run.
  export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
fi

build() {
  dotnet build ActorLlm.sln -c "$CONFIGURATION" -m:"$PARALLEL" --verbosity quiet -warnaserror
}

format() {
  dotnet format ActorLlm.sln --verify-no-changes
}

# Runs one test project that is built. Its output is shown in one piece at its end: all of it, or one line when all is well.
run_project() {
  local project=$1 name log status=0
  name=$(basename "$project" .csproj)
  log=$RESULTS/$name.log
  dotnet test "$(dirname "$project")/bin/$CONFIGURATION/net10.0/$name.dll" \
    --logger "trx;LogFileName=$name.trx" --results-directory "$RESULTS" \
    --blame-hang-timeout "$HANG_TIMEOUT" --blame-hang-dump-type none >"$log" 2>&1 </dev/null || status=$?
  if [[ $status == 0 ]]; then tail -n 1 "$log"; else cat "$log"; fi
  echo "$status" >"$RESULTS/$name.status"
}

# How many results with this outcome the given .trx files hold.
count() {
  local outcome=$1
  shift
  { grep -ohE '<UnitTestResult [^<]*' "$@" 2>/dev/null || true; } | grep -cE "outcome=\"$outcome\"" || true
}

run_tests() {
  build
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  export -f run_project
  export CONFIGURATION RESULTS HANG_TIMEOUT
  local projects=(tests/*.Tests/*.csproj) project name broken=0
  printf '%s\0' "${projects[@]}" | xargs -0 -n 1 -P "$PARALLEL" bash -c 'run_project "$0"'

  for project in "${projects[@]}"; do
    name=$(basename "$project" .csproj)
    if [[ ! -s $RESULTS/$name.trx || $(count '[A-Za-z]+' "$RESULTS/$name.trx") -eq 0 ]]; then
      echo "$name: no test ran (see $RESULTS/$name.log)"
      broken=1
    elif [[ $(cat "$RESULTS/$name.status") != 0 && $(count Failed "$RESULTS/$name.trx") -eq 0 ]]; then
      echo "$name: the test process failed, though no single test did (see $RESULTS/$name.log)"
      broken=1
    fi
  done

  local all passed skipped failed
  all=$(count '[A-Za-z]+' "$RESULTS"/*.trx)
  passed=$(count Passed "$RESULTS"/*.trx)
  skipped=$(count NotExecuted "$RESULTS"/*.trx)
  failed=$((all - passed - skipped))
  echo "$passed passed, $failed failed, $skipped skipped"
  [[ $broken == 0 && $failed == 0 && $passed -gt 0 ]]
}

run_program() {
  local project=$1
  shift
  exec dotnet run -c "$CONFIGURATION" --project "$project" -- "$@"
}

# Nodes of an earlier commit are built in a tree of their own, which stays for the next time.
upgrade() {
  if [[ ${1:-} != --from ]]; then run_program src/ActorLlm.Cli chaos --faults rolling "$@"; fi
  local commit tree
  commit=$(git rev-parse --verify --short=12 "${2:?--from needs a commit}^{commit}")
  tree=artifacts/versions/$commit
  shift 2
  if [[ ! -d $tree ]]; then git worktree add --detach "$tree" "$commit"; fi
  dotnet build "$tree/src/ActorLlm.Node" -c "$CONFIGURATION" -m:"$PARALLEL" --verbosity quiet
  run_program src/ActorLlm.Cli chaos --faults rolling --from "$tree/src/ActorLlm.Node/bin/$CONFIGURATION/net10.0/ActorLlm.Node.dll" "$@"
}

verb=${1:-}
[[ $# -gt 0 ]] && shift
case $verb in
  test) run_tests ;;
  format) format ;;
  verify) format && run_tests ;;
  pack) exec dotnet pack src/ActorLlm.Cli -c "$CONFIGURATION" -o artifacts/tool "$@" ;;
  bench) run_program bench/ActorLlm.Bench "$@" ;;
  capacity) run_program bench/ActorLlm.Bench capacity "$@" ;;
  bench-http) run_program bench/ActorLlm.HttpBench "$@" ;;
  chaos) run_program src/ActorLlm.Cli chaos "$@" ;;
  kill-test) run_program src/ActorLlm.Cli chaos --faults kill,kill-all "$@" ;;
  upgrade) upgrade "$@" ;;
  resume) run_program src/ActorLlm.Cli resume "$@" ;;
  bridge) run_program tests/ActorLlm.BridgeRun "$@" ;;
  canaries) exec canaries/run.sh "$@" ;;
  simulate) run_program tests/ActorLlm.Simulation "$@" ;;
  -h | --help | help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
