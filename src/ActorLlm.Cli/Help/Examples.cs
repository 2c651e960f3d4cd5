namespace ActorLlm.Cli.Help;

/// <summary>Examples of every command, by its name as it is typed.</summary>
internal static class Examples
{
    public const string ExitCodes = """
        Exit codes:
          0    done; of what runs until it is stopped: stopped
          1    it failed, or what was looked for is bad
          2    the command line is wrong, or has to say --yes where nobody can be asked
          3    nothing was reached that could do it
          4    the key is missing or wrong
          5    there is no such node, conversation, turn or model
          6    the database or the cluster does not answer now; try again later
          130  stopped by Ctrl-C or SIGTERM before the end
        """;

    public static IReadOnlyDictionary<string, string[]> Of { get; } = new Dictionary<string, string[]>
    {
        [""] =
        [
            "actorllm up --nodes 3",
            "actorllm chat",
            "actorllm cluster watch",
            "actorllm explain my-turn --conversation my-chat",
        ],
        ["up"] =
        [
            "actorllm up --nodes 3",
            "actorllm up --nodes 1 --backend-url http://127.0.0.1:11434/v1 --model llama3.2",
        ],
        ["chat"] = ["actorllm chat", "actorllm chat --conversation my-chat --url http://127.0.0.1:8080,http://127.0.0.1:8081"],
        ["send"] = ["actorllm send 'Where is my parcel?' --conversation order-4711 --key message-1", "git diff | actorllm send -"],
        ["doctor"] = ["actorllm doctor", "actorllm doctor --admin https://node-1:8070 --url https://llm.example"],
        ["outbox"] = ["actorllm outbox", "actorllm outbox --retry"],
        ["audit"] = ["actorllm audit --limit 20", "actorllm audit --json --utc"],
        ["completion bash"] = ["source <(actorllm completion bash)"],
        ["completion zsh"] = ["source <(actorllm completion zsh)"],
        ["completion fish"] = ["actorllm completion fish > ~/.config/fish/completions/actorllm.fish"],
        ["completion pwsh"] = ["actorllm completion pwsh | Out-String | Invoke-Expression"],
        ["key new"] = ["actorllm key new --tenant acme"],
        ["cluster show"] = ["actorllm cluster show", "actorllm cluster show --json | jq '.members[].node'"],
        ["cluster watch"] = ["actorllm cluster watch", "actorllm cluster watch --utc >> changes.log"],
        ["cluster leave"] = ["actorllm cluster leave 10.0.0.7:4053"],
        ["cluster down"] = ["actorllm cluster down 10.0.0.7:4053 --yes"],
        ["shards"] = ["actorllm shards", "actorllm shards --each"],
        ["workers"] = ["actorllm workers", "actorllm workers --admin http://10.0.0.7:8070,http://10.0.0.8:8070"],
        ["capacity"] = ["actorllm capacity", "actorllm capacity --what-if rate=2000,service=0.1,p99=0.05"],
        ["conversations list"] = ["actorllm conversations list --tenant acme --limit 20"],
        ["conversations show"] = ["actorllm conversations show my-chat", "actorllm conversations show acme/order-4711 --json"],
        ["conversations cancel"] = ["actorllm conversations cancel my-turn --conversation my-chat"],
        ["conversations requeue"] = ["actorllm conversations requeue my-turn --conversation acme/order-4711 --yes"],
        ["conversations export"] = ["actorllm conversations export my-chat --output my-chat.jsonl"],
        ["approvals list"] = ["actorllm approvals list", "actorllm approvals list --tenant acme --json"],
        ["approvals grant"] = ["actorllm approvals grant my-turn over-100 --conversation my-chat"],
        ["approvals refuse"] = ["actorllm approvals refuse my-turn over-100 --conversation acme/order-4711 --note 'Ask again in May.' --yes"],
        ["explain"] = ["actorllm explain my-turn --conversation my-chat", "actorllm explain resp_bXktY2hhdApteS10dXJu --mermaid"],
        ["drain"] = ["actorllm drain 10.0.0.7:4053 --patience 120", "actorllm drain 10.0.0.7:4053 --undo"],
        ["bench"] = ["actorllm bench --turns 500 --concurrency 32", "actorllm bench --backend-url http://127.0.0.1:9090/v1 --json"],
        ["chaos"] = ["actorllm chaos --minutes 5 --seed 1"],
        ["resume"] = ["actorllm resume --times 20"],
    };
}
