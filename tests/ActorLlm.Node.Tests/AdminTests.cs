using System.Net;
using System.Text;
using System.Text.Json;
using ActorLlm.Processes;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>The admin endpoint of a real node.</summary>
public sealed class AdminTests : IDisposable
{
    private const string Question = """{"messages":[{"role":"user","content":"What is tea?"}]}""";

    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPorts.Free()[0];
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_operator_finds_a_turn_by_the_header_that_its_client_got()
    {
        await using var node = await StartAsync();
        using var answer = await PostAsync(new Uri(node.Address, "v1/chat/completions"), Question);
        var turn = answer.Headers.GetValues("x-actorllm-turn").Single();

        var life = await GetAsync($"admin/v1/explain?turn={Uri.EscapeDataString(turn)}");

        Assert.Equal("committed", life.GetProperty("state").GetString());
        Assert.Equal(turn, $"{life.GetProperty("conversation").GetString()} {life.GetProperty("turn").GetString()}");
        Assert.Single(life.GetProperty("attempts").EnumerateArray());
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        using var byCompletion = await _http.GetAsync(Admin($"admin/v1/explain?turn={document.RootElement.GetProperty("id").GetString()}"));
        Assert.Equal(HttpStatusCode.BadRequest, byCompletion.StatusCode);
        Assert.Contains("x-actorllm-turn", await byCompletion.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_is_listed_exported_and_the_export_is_in_the_audit_log()
    {
        await using var node = await StartAsync();
        using (await PostAsync(new Uri(node.Address, "v1/chat/completions"), Question, ("X-Conversation-Id", "tea"), ("Idempotency-Key", "k1")))
        {
        }

        var listed = (await GetAsync("admin/v1/conversations?tenant=default")).GetProperty("conversations").EnumerateArray();
        Assert.Equal(["default/tea"], listed.Select(one => one.GetProperty("conversation").GetString()));
        var lines = (await _http.GetStringAsync(Admin("admin/v1/conversation/export?id=default/tea"))).TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("What is tea?", lines[1], StringComparison.Ordinal);

        var audit = await GetAsync("admin/v1/audit");
        Assert.Equal(["1 turns", ""], audit.GetProperty("entries").EnumerateArray().Select(row => row.GetProperty("outcome").GetString()));
        Assert.All(audit.GetProperty("entries").EnumerateArray(), row => Assert.Equal("export", row.GetProperty("action").GetString()));
        Assert.True(audit.GetProperty("chain").GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Its_paths_are_on_no_other_listener_whatever_name_is_asked_for()
    {
        await using var node = await StartAsync();

        foreach (var host in (string[])[$"127.0.0.1:{_port}", "localhost", node.Address.Authority])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Address, "admin/v1/cluster")) { Headers = { Host = host } };
            using var answer = await _http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var chat = await PostAsync(Admin("v1/chat/completions"), Question);
        Assert.Equal(HttpStatusCode.NotFound, chat.StatusCode);
    }

    [Fact]
    public async Task A_node_that_is_told_to_leave_ends_and_its_audit_log_says_who_told_it()
    {
        await using var node = await StartAsync();
        var self = (await GetAsync("admin/v1/cluster")).GetProperty("askedNode").GetString();
        using var watch = await _http.GetAsync(Admin("admin/v1/cluster/watch"), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync());
        Assert.Contains("\"Up\"", await lines.ReadLineAsync(), StringComparison.Ordinal);

        using var left = await PostAsync(Admin("admin/v1/cluster/leave"), $$"""{"node":"{{self}}"}""");

        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        await node.Exited.WaitAsync(TimeSpan.FromMinutes(2));
        await using var again = await StartAsync();
        var rows = (await GetAsync("admin/v1/audit")).GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal([("leave", "is leaving"), ("leave", "")], rows.Select(row => (row.GetProperty("action").GetString(), row.GetProperty("outcome").GetString())));
        Assert.All(rows, row => Assert.Equal(("loopback", self), (row.GetProperty("who").GetString(), row.GetProperty("target").GetString())));
    }

    private Task<NodeProcess> StartAsync() => NodeProcess.StartReadyAsync(new Dictionary<string, string>
    {
        ["ActorLlm:Sqlite"] = _folder.Of("actorllm.db"),
        ["ActorLlm:Backends:main:Type"] = "Simulator",
        ["ActorLlm:Admin:Url"] = $"http://127.0.0.1:{_port}",
    });

    private Uri Admin(string path) => new($"http://127.0.0.1:{_port}/{path}");

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(Admin(path));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _http.SendAsync(request);
    }
}
