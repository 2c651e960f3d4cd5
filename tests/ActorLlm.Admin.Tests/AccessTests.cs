using System.Net;
using System.Security.Cryptography;
using System.Text;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

public sealed class AccessTests
{
    private const string Key = "sk-al-of-anna";

    private static readonly (string, string?)[] WithKeys =
        [("Url", "http://127.0.0.1:0"), ("Keys:0:Hash", HashOf("sk-al-of-nobody")), ("Keys:7:Hash", HashOf(Key)), ("Keys:7:Name", "anna"), ("Keys:9:Hash", HashOf("sk-al-of-bert"))];

    [Theory]
    [InlineData(null, "asks for a key. Send the header Authorization: Bearer KEY.")]
    [InlineData("Basic YTpi", "not of the form 'Bearer KEY'")]
    [InlineData("Bearer sk-al-of-ann", "none of the admin endpoint's")]
    [InlineData("Bearer ", "not of the form 'Bearer KEY'")]
    public async Task Where_there_are_keys_nobody_is_let_in_without_one(string? authorization, string words)
    {
        await using var admin = await AdminHost.StartAsync(WithKeys);
        using var request = new HttpRequestMessage(HttpMethod.Get, AdminApi.Cluster);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);

        var answer = await admin.Client.SendAsync(request);

        Assert.Contains(words, await answer.ErrorAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData(Key, "anna")]
    [InlineData("sk-al-of-nobody", "Keys:0")]
    [InlineData("sk-al-of-bert", "Keys:9")]
    public async Task Who_brings_a_key_is_let_in_and_known_by_its_name(string key, string who)
    {
        await using var admin = await AdminHost.StartAsync(WithKeys);
        admin.Client.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");

        await admin.PostAsync(AdminApi.Leave, $$"""{"node":"{{FakeCluster.Node}}"}""");

        Assert.Equal([who, who], admin.Audit.Rows.Select(row => row.Who));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8070")]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    public async Task A_name_that_a_page_made_lead_here_is_refused(string host)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains($"The header Host is '{host}'", await (await AskAsync(admin, host)).ErrorAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1:8070")]
    [InlineData("127.8.8.8")]
    [InlineData("[::1]:8070")]
    public async Task The_names_of_this_machine_are_served(string host)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(admin, host)).StatusCode);
    }

    [Fact]
    public async Task A_page_in_a_browser_is_refused_though_it_names_this_machine()
    {
        await using var admin = await AdminHost.StartAsync();
        admin.Client.DefaultRequestHeaders.Add("Origin", "http://localhost:3000");

        await (await admin.Client.GetAsync($"{AdminApi.Export}?id=default/talk")).ErrorAsync(HttpStatusCode.Forbidden);
        await (await admin.PostAsync(AdminApi.Leave, $$"""{"node":"{{FakeCluster.Node}}"}""")).ErrorAsync(HttpStatusCode.Forbidden);

        Assert.Empty(admin.Audit.Rows);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_form_is_no_order(string type)
    {
        await using var admin = await AdminHost.StartAsync();
        using var body = new StringContent($$"""{"node":"{{FakeCluster.Node}}"}""", Encoding.UTF8, type);

        Assert.Contains("expected is application/json", await (await admin.Client.PostAsync(AdminApi.Leave, body)).ErrorAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
        Assert.Empty(admin.Audit.Rows);
    }

    [Fact]
    public async Task An_endless_order_is_refused()
    {
        await using var admin = await AdminHost.StartAsync();

        var answer = await admin.PostAsync(AdminApi.Leave, $$"""{"node":"{{new string('a', 100_000)}}"}""");

        await answer.ErrorAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    public static string HashOf(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static async Task<HttpResponseMessage> AskAsync(AdminHost admin, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AdminApi.Cluster) { Headers = { Host = host } };
        return await admin.Client.SendAsync(request);
    }
}
