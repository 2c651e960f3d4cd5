#!/usr/bin/env bash
# Builds nodes with one deliberate defect each, and says whether `actorllm chaos` finds it; see docs/canaries.md.
# Exit code 1 when a defect was not found, or when something was found where there is none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The nodes as they are, under every kind of fault that a canary has.
export CONTROL=control
export CONTROL_RUN='--faults kill,kill-all,pause-30,db-refused,db-lost-commits,model-cut,model-429 --minutes 3 --seed 1 --conversations 60'

usage() {
  cat >&2 <<'TEXT'
usage: ./build.sh canaries [--report FILE] [--parallel N] [NAME...]
  NAME            of canaries/NAME.patch, or `control` for the nodes as they are; all of them by default
  --report FILE   writes the table there, in Markdown
  --parallel N    runs at once, each with three nodes and a database of its own (default 1)
TEXT
  exit 2
}

report='' parallel=1 names=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --report | --parallel)
      [[ $# -gt 1 ]] || usage
      if [[ $1 == --report ]]; then report=$2; else parallel=$2; fi
      shift 2
      ;;
    -*) usage ;;
    *)
      [[ $1 == "$CONTROL" || -f canaries/$1.patch ]] || usage
      names+=("$1")
      shift
      ;;
  esac
done
if [[ ${#names[@]} == 0 ]]; then
  names=("$CONTROL")
  for patch in canaries/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

work=$(mktemp -d)
export work
trap 'rm -rf "$work"' EXIT
# The database's server runs under an account of its own.
chmod 755 "$work"
mkdir "$work/tree"
git ls-files -z | xargs -0 cp --parents -t "$work/tree"

# Builds one and puts what was built into a folder of its own. One tree serves all: what a patch does not touch is not built again.
build() {
  local name=$1 project
  [[ $name == "$CONTROL" ]] || patch --quiet --strip 1 --directory "$work/tree" <"canaries/$name.patch"
  # Analyzers judge what is to be kept; a defect is not.
  if ! dotnet build "$work/tree/src/ActorLlm.Cli" -c Release -m:2 --verbosity quiet -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false >"$work/build.log" 2>&1; then
    cat "$work/build.log" >&2
    return 1
  fi
  # In the places where the command looks for the programs that it starts.
  for project in Cli Node Simulator; do
    mkdir -p "$work/$name/src/ActorLlm.$project"
    cp -r "$work/tree/src/ActorLlm.$project/bin" "$work/$name/src/ActorLlm.$project"
  done
  cp "$work/tree/ActorLlm.sln" "$work/$name"
  [[ $name == "$CONTROL" ]] || patch --quiet --reverse --strip 1 --directory "$work/tree" <"canaries/$name.patch"
}

# What the first lines of a patch say under a word; what an option of a run is.
said() { if [[ $1 == "$CONTROL" ]]; then echo "$3"; else sed -n "s/^# \($2\): //p" "canaries/$1.patch" | head -n 1; fi; }
option() { sed "s/.*--$1 \([^ ]*\).*/\1/; s/,/, /g" <<<"$2"; }

# Runs one that is built, says how it went, and leaves its row of the table.
try() {
  local name=$1 folder=$work/$1 run expect verdict found status=0 start=$SECONDS
  run=$(said "$name" run "$CONTROL_RUN") expect=$(said "$name" expect held)
  mkdir -m 1777 "$folder/tmp"
  # shellcheck disable=SC2086
  TMPDIR=$folder/tmp dotnet "$folder/src/ActorLlm.Cli/bin/Release/net10.0/actorllm.dll" chaos $run --report "$folder/page.md" >"$folder/run.log" 2>&1 || status=$?
  verdict=$(grep --max-count 1 '^\*\*' "$folder/page.md" 2>/dev/null | tr -d '*' || true)
  found=$(grep --only-matching --extended-regexp '(lost|duplicated|reordered|stale|unexpected) [1-9][0-9]*' <<<"$verdict" | paste --serial --delimiters , | sed 's/,/, /g' || true)
  if [[ $expect == held && $status == 0 ]]; then
    verdict=held
  elif [[ $expect != held && $status == 1 && -n $found ]]; then
    verdict="caught: $found"
  else
    verdict="NOT ${expect:-caught}: ${verdict:-exit code $status}"
    tail -n 40 "$folder/run.log"
  fi
  local took=$((SECONDS - start))
  echo "| $name | $(said "$name" 'defect\|control' 'the nodes as they are') | $(option seed "$run") | $(option faults "$run") | $(option minutes "$run") | $took s | $verdict |" >"$work/$name.row"
  # Logs and databases of a run are large.
  rm -rf "$folder"
  echo "$name: $verdict ($took s)"
}

page() {
  cat <<TEXT
# Canaries

Deliberate defects in the source of the nodes, each of which \`actorllm chaos\` must find, and runs without a defect, which must hold. That a harness
finds nothing proves something only if it would have found it.

- Command: \`./build.sh canaries --parallel $parallel --report docs/canaries.md\`
- Commit: $(git rev-parse HEAD)
- Machine: $(nproc) cores

One patch each in \`canaries/\`. Its first lines say what the defect is, which second defence had to be taken away too for it to break the promise, and
the run that finds it. A defect that breaks no promise by itself, and only costs a call of the model, is left to the simulation, which has canaries of
its own: see [simulation](simulation.md). So are a fixed run timeout and a frame that is too large (the load has none), and the writer-uuid filter: it
takes effect only when a conversation leaves a node, comes back to that process, writes, and recovers once more. Four runs, with faults chosen for that,
did not show it; conversations of the load are likely over by then. The time is that of the run, from the start of the nodes to the verdict; up to 120 s
of it are the wait for turns that never end.

| canary | defect | seed | faults | minutes | time | verdict |
|---|---|---|---|---|---|---|
TEXT
  rows
}

rows() { for name in "${names[@]}"; do cat "$work/$name.row"; done; }

for name in "${names[@]}"; do build "$name"; done
export -f try said option
printf '%s\0' "${names[@]}" | xargs -0 -n 1 -P "$parallel" bash -c 'set -euo pipefail; try "$0"'
[[ -z $report ]] || page >"$report"
! rows | grep --quiet '| NOT '
