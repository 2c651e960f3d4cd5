using System.ClientModel;
using System.Collections.Concurrent;
using System.Text.Json;
using ActorLlm.Clients.Tests.Clients;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>All faults of the catalogue with one .NET client. The first that is asked for starts them all, a few at once.</summary>
internal static class FaultRun
{
    // Some faults are found by their silence, and a machine that is too busy is silent too.
    private const int AtOnce = 6;

    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, Task<string>>>> Runs = new();

    /// <summary>What the client saw, in the words of <see cref="FaultCase.Expected"/>.</summary>
    public static Task<string> ObserveAsync(IClient client, string fault) => Runs.GetOrAdd(client.Name, _ => new(() => Start(client))).Value[fault];

    /// <summary>In all prompts of a fault.</summary>
    public static string WordOf(IClient client, string fault) => $"{client.Name}-{fault}-";

    private static Dictionary<string, Task<string>> Start(IClient client)
    {
        var places = new SemaphoreSlim(AtOnce);
        return FaultCase.All.ToDictionary(fault => fault.Name, async fault =>
        {
            await places.WaitAsync();
            try
            {
                var node = (await ClientsCluster.SharedAsync()).Nodes[0];
                return FaultCase.Describe(await Task.WhenAll(FaultCase.Ways.Select(way => SeeAsync(client, fault, way, node))));
            }
            finally
            {
                places.Release();
            }
        });
    }

    private static async Task<string> SeeAsync(IClient client, FaultCase fault, FaultWay way, Uri node)
    {
        var (wire, text) = (new Wire(), "");
        var ask = new ChatAsk(node, $"{WordOf(client, fault.Name)}{way.Name} {fault.Ask}") { Model = fault.Model, Store = way.Store, Through = wire };
        try
        {
            var reply = way.Streamed
                ? await client.StreamAsync(ask, piece =>
                {
                    text += piece;
                    return Task.CompletedTask;
                })
                : await client.AskAsync(ask);
            return Whole(fault, reply, way.Streamed ? text : reply.Text);
        }
        catch (ClientResultException error)
        {
            var code = JsonDocument.Parse(error.GetRawResponse()!.Content).RootElement.GetProperty("error").GetProperty("code").GetString()!;
            return FaultCase.Refused(error.Status, code, wire.Answers.Single().RetryAfter);
        }
        catch (IOException) when (text.StartsWith("[simulator]", StringComparison.Ordinal))
        {
            return FaultCase.Broken;
        }
    }

    private static string Whole(FaultCase fault, ChatReply reply, string text)
    {
        Assert.Equal(("stop", reply.Text), (reply.Finish, text));
        if (text.Length == 0) return FaultCase.Empty;
        Assert.StartsWith("[simulator] You said: ", text, StringComparison.Ordinal);
        // Each of its tokens but the first begins with the only space in it.
        var tokens = text.Split(' ').Length;
        return tokens == fault.Tokens ? FaultCase.Whole : $"{tokens} of {fault.Tokens} tokens";
    }
}
