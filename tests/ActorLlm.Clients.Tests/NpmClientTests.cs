using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests;

/// <summary>The clients from npm, each in a program of its own under <c>npm/</c>, which says what holds.</summary>
public sealed class NpmClientTests
{
    /// <summary>The check that takes the database away: <see cref="OutageTests"/>.</summary>
    internal const string Outage = "outage";

    // What every client must see: npm/contract.mjs and npm/content.mjs.
    private static readonly string[] Contract =
    [
        "plain", "length", "stream", "usage", "conversation", "three-nodes", "same-key", "key-with-another-body", "aborted-stream",
        "unknown-model", "malformed-value", "refused-by-the-model", "failed-for-good", "cut-stream", "busy-model", "full-conversation",
        "tools", "tools-streamed", "structured", "structured-streamed", "image", "embeddings",
    ];

    // npm/responses.mjs.
    private static readonly string[] Responses =
    [
        "responses", "responses-stream", "responses-helper", "responses-tools", "responses-structured", "responses-image", "responses-background",
        "responses-resume", "responses-same-key", "responses-chain", "responses-cancel", "responses-delete", "responses-not-stored", "responses-failed",
        "conversations",
    ];

    // What every client must see of a backend's faults: npm/faults.mjs.
    private static readonly string[] Faults = [.. FaultCase.All.Select(fault => $"fault:{fault.Name}")];

    internal static readonly IReadOnlyDictionary<string, string[]> ChecksOf = new Dictionary<string, string[]>
    {
        ["openai"] =
        [
            .. Contract, .. Faults, .. Responses, "models", "chunks", "choices", "tool-chunks", "tool-in-a-conversation", "tools-as-sent", "embeddings-forms", "json-object", "helper",
            "unknown-field",
        ],
        ["ai"] = [.. Contract, .. Faults, "cut-text-stream", "reasoning", "reasoning-not-stored"],
        ["langchain"] = [.. Contract, .. Faults, "structured-by-a-tool", "responses"],
    };

    public static TheoryData<string> Clients => [.. ChecksOf.Keys];

    public static IEnumerable<object[]> Checks =>
        ChecksOf.SelectMany(client => client.Value.Select(check => new object[] { client.Key, check }));

    internal static void StartAll(NpmPrograms programs)
    {
        foreach (var (client, checks) in ChecksOf)
            _ = programs.RunOnceAsync(client, checks);
    }

    [NpmTheory]
    [MemberData(nameof(Checks))]
    public async Task A_client_from_npm_gets_what_it_relies_on(string client, string check)
    {
        var run = await RunAsync(client);

        run.AssertHeld(check);
    }

    [NpmTheory]
    [MemberData(nameof(Clients))]
    public async Task No_check_of_a_program_is_left_out(string client)
    {
        var run = await RunAsync(client);

        Assert.Equal(ChecksOf[client].Append(Outage).Order(StringComparer.Ordinal), run.Known.Order(StringComparer.Ordinal));
    }

    private static async Task<NpmRun> RunAsync(string client) =>
        await (await ClientsCluster.SharedAsync()).Npm.RunOnceAsync(client, ChecksOf[client]);
}
