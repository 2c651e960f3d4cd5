using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorLlm.Processes;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>One node with SQLite, as a new user starts it.</summary>
public sealed class NodeTests : IDisposable
{
    private const string Question = """{"messages":[{"role":"user","content":"Hello"}]}""";

    private const string SlowQuestion = """{"stream":true,"messages":[{"role":"user","content":"Hello [[reply ttft=50 inter=250 tokens=40]]"}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_same_key_gets_the_same_reply_after_a_kill_and_the_model_is_not_called_again()
    {
        await using var simulator = await SimulatorProcess.StartAsync();
        var settings = Settings(simulator);
        JsonElement first;
        await using (var node = await NodeProcess.StartReadyAsync(settings))
        {
            first = await AskAsync(node, "my-first-turn");
            await node.KillAsync();
        }
        // With the model gone, only what was committed can be the answer.
        await simulator.KillAsync();

        await using var again = await NodeProcess.StartReadyAsync(settings);
        var second = await AskAsync(again, "my-first-turn");

        Assert.Contains("Hello", TextOf(first), StringComparison.Ordinal);
        Assert.Equal(TextOf(first), TextOf(second));
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_node_says_that_it_is_healthy_and_ends_in_order_on_sigterm()
    {
        await using var node = await NodeProcess.StartReadyAsync(Settings(simulator: null));
        using var client = new HttpClient { BaseAddress = node.Address };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("healthz/live", UriKind.Relative))).StatusCode);
        Assert.Equal(0, await ProbeAsync(new Uri(node.Address, "healthz/ready")));
        Assert.Contains(node.Output, line => line.Contains($"listens on {node.Address.GetLeftPart(UriPartial.Authority)}", StringComparison.Ordinal));

        Assert.Equal(0, await node.StopAsync());
        Assert.Equal(1, await ProbeAsync(new Uri(node.Address, "healthz/ready")));
    }

    [Fact]
    public async Task A_node_that_is_told_to_stop_takes_nothing_new_and_lets_its_streams_end()
    {
        await using var node = await NodeProcess.StartReadyAsync(Settings(simulator: null));
        using var client = new HttpClient { BaseAddress = node.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(SlowQuestion, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.NotNull(await reader.ReadLineAsync());

        var rest = reader.ReadToEndAsync();
        var stopped = node.StopAsync();

        Assert.True(await UntilRefusedAsync(node.Address), "The node went on listening.");
        Assert.False(rest.IsCompleted, "The node refused connections only after its stream had ended.");
        Assert.EndsWith("data: [DONE]\n\n", await rest, StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task Two_tenants_have_a_conversation_of_the_same_name_and_neither_hears_of_the_other()
    {
        var port = LoopbackPorts.Free()[0];
        var settings = Settings(simulator: null);
        settings["Kestrel:Endpoints:Http:Url"] = $"http://0.0.0.0:{port}";
        settings["ActorLlm:Gateway:ApiKeys:0:Tenant"] = "acme";
        settings["ActorLlm:Gateway:ApiKeys:0:Hash"] = HashOf("sk-al-of-acme");
        settings["ActorLlm:Gateway:ApiKeys:1:Hash"] = HashOf("sk-al-of-default");
        await using var node = await NodeProcess.StartReadyAsync(settings, port);

        var first = await AskAsync(node, "turn-1", "c", "sk-al-of-acme");
        var second = await AskAsync(node, "turn-2", "c", "sk-al-of-acme");
        var others = await AskAsync(node, "turn-2", "c", "sk-al-of-default");

        Assert.True(TokensAsked(second) > TokensAsked(first), "The second turn of the conversation was not asked with its history.");
        Assert.Equal(TokensAsked(first), TokensAsked(others));
        Assert.NotEqual(second.GetProperty("id").GetString(), others.GetProperty("id").GetString());
        using var client = new HttpClient { BaseAddress = node.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("v1/models", UriKind.Relative))).StatusCode);
        Assert.Equal(0, await ProbeAsync(new Uri(node.Address, "healthz/ready")));
    }

    private static async Task<bool> UntilRefusedAsync(Uri address)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            using var another = new TcpClient();
            try
            {
                await another.ConnectAsync(address.Host, address.Port);
            }
            catch (SocketException)
            {
                return true;
            }
        }

        return false;
    }

    private Dictionary<string, string> Settings(SimulatorProcess? simulator) => new()
    {
        ["ActorLlm:Sqlite"] = Path.Combine(_folder.FullName, "actorllm.db"),
        ["ActorLlm:Backends:main:Type"] = simulator is null ? "Simulator" : "OpenAI",
        ["ActorLlm:Backends:main:Models:0"] = "simulator",
        ["ActorLlm:Backends:main:Endpoint"] = simulator?.Endpoint.ToString() ?? "",
    };

    private static async Task<int> ProbeAsync(Uri address) =>
        (await CommandRunner.RunAsync([DotnetHost.Path, ProductAssembly.Find("ActorLlm.Node"), "--health", address.ToString()])).ExitCode;

    private static string HashOf(string apiKey) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(apiKey)));

    private static int TokensAsked(JsonElement reply) => reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();

    private static async Task<JsonElement> AskAsync(NodeProcess node, string key, string? conversation = null, string? apiKey = null)
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(Question, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        if (conversation is not null) request.Headers.Add("X-Conversation-Id", conversation);
        if (apiKey is not null) request.Headers.Authorization = new("Bearer", apiKey);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static string TextOf(JsonElement reply) =>
        reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
}
