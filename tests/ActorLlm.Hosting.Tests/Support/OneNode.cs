using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Domain;

namespace ActorLlm.Hosting.Tests;

/// <summary>
/// One node for all tests of what becomes of turns, through the whole stack: they use conversations of their own. The script is chosen by
/// the prompt's first word.
/// </summary>
public sealed class OneNode : IAsyncLifetime
{
    public const string Collection = "one node";

    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Longer than the silence after which a worker counts as lost.</summary>
    public static readonly TimeSpan Inactivity = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    internal CallLog Log { get; } = new();

    internal ConcurrentBag<string> Finished { get; } = [];

    internal ConcurrentBag<string> BrokenOff { get; } = [];

    internal TestHost Host { get; private set; } = null!;

    internal Gate GateOf(string name) => _gates.GetOrAdd(name, _ => new Gate());

    public async Task InitializeAsync() => Host = await TestHost.StartAsync(
        new ScriptedChatClient(Script, Log),
        configure: options => options.Conversations = new ConversationPolicy
        {
            Silence = TimeSpan.FromSeconds(3),
            RetryMin = TimeSpan.FromMilliseconds(50),
            RetryMax = TimeSpan.FromMilliseconds(500),
        },
        backend: options => options.InactivityTimeoutSeconds = Inactivity.TotalSeconds);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Waits until the model is asked.</summary>
    internal Task CalledAsync(string prompt) => Eventually.HoldsAsync($"the model is asked '{prompt}'", () => Log.Of(prompt).Count > 0);

    private async IAsyncEnumerable<string> Script(
        Call call, [EnumeratorCancellation] CancellationToken stop)
    {
        var words = call.Prompt.Split(' ');
        switch (words[0])
        {
            case "held":
                await HoldAsync(call.Prompt, GateOf(words[1]), stop);
                break;
            case "deaf":
                await GateOf(words[1]).PassAsync(CancellationToken.None);
                break;
            case "refused":
                throw new BackendException(new BackendFailure(BackendFailureKind.Content, "the picture is upside down", 400));
            case "busy" when call.Number == 1:
                throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "busy", 429, RetryAfter));
            case "down" when call.Number <= 5:
                throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "down", 503));
            case "hung" when call.Number == 1:
                await Task.Delay(Timeout.Infinite, stop);
                break;
            case "slow":
                yield return "slow";
                await GateOf(words[1]).PassAsync(stop);
                yield return $" {words[1]}!";
                yield break;
        }

        Finished.Add(call.Prompt);
        yield return $"{call.Prompt}!";
    }

    private async Task HoldAsync(string prompt, Gate gate, CancellationToken stop)
    {
        try
        {
            await gate.PassAsync(stop);
        }
        catch (OperationCanceledException)
        {
            BrokenOff.Add(prompt);
            throw;
        }
    }
}

[CollectionDefinition(OneNode.Collection)]
public sealed class OneNodeDefinition : ICollectionFixture<OneNode>;
