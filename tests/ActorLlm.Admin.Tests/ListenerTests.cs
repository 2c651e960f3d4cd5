using System.Net;
using System.Net.Sockets;
using ActorLlm.Inspection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Admin.Tests;

public sealed class ListenerTests
{
    private static readonly string Hash = AccessTests.HashOf("sk-al-of-anna");

    [Fact]
    public async Task Nothing_listens_where_it_is_turned_off()
    {
        await using var admin = await AdminHost.StartAsync([("Url", "")]);

        Assert.Null(admin.Url);
        Assert.DoesNotContain(admin.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_configured_address_that_is_taken_keeps_the_node_from_starting()
    {
        using var other = Taken(0);
        var url = $"http://{other.LocalEndpoint}";

        var error = await Assert.ThrowsAsync<AdminAddressException>(() => AdminHost.StartAsync([("Url", url)]));

        Assert.StartsWith($"ActorLlm:Admin:Url is {url}, which is in use by another program.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_address_is_done_without_where_it_is_taken()
    {
        using var other = TakenByDefault();

        await using var admin = await AdminHost.StartAsync([]);

        Assert.Null(admin.Url);
        Assert.Contains(admin.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith("This node has no admin endpoint: http://127.0.0.1:8070", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_opens_an_address_that_other_machines_reach()
    {
        await using var admin = await AdminHost.StartAsync([("Url", "http://0.0.0.0:0"), ("Keys:0:Hash", Hash)]);
        using var client = new HttpClient { DefaultRequestHeaders = { { "Authorization", "Bearer sk-al-of-anna" } } };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{new Uri(admin.Url!).Port}{AdminApi.Cluster}") { Headers = { Host = "node-1.example" } };

        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Url", "http://0.0.0.0:8070", "ActorLlm:Admin:Url is 'http://0.0.0.0:8070', which other machines may reach, and ActorLlm:Admin:Keys has no key. Make one with 'actorllm key new'")]
    [InlineData("Url", "http://node-1:8070", "which other machines may reach")]
    [InlineData("Url", "http://*:8070", "which other machines may reach")]
    [InlineData("Url", "https://127.0.0.1:8070", "ActorLlm:Admin:Url is 'https://127.0.0.1:8070', which is not http://; expected is http://ADDRESS:PORT such as http://127.0.0.1:8070")]
    [InlineData("Url", "8070", "which is no address")]
    [InlineData("Url", "http://127.0.0.1:eighty", "whose port is not a number")]
    [InlineData("Url", "http://127.0.0.1:70000", "whose port is not from 0 to 65535")]
    [InlineData("Url", "http://127.0.0.1:8070/admin", "which names a path")]
    [InlineData("Url", "http://localhost:0", "for an address only")]
    [InlineData("Urls", "http://127.0.0.1:8070", "ActorLlm:Admin:Urls is not a setting; known are Url and Keys.")]
    [InlineData("Url:0", "x", "ActorLlm:Admin:Url is one value with nothing below it")]
    [InlineData("Keys", "sk-al-x", "ActorLlm:Admin:Keys has a value of its own; expected are ActorLlm:Admin:Keys:0:Hash")]
    [InlineData("Keys:0:Key", "sk-al-x", "ActorLlm:Admin:Keys:0:Key is not a setting; known are Name and Hash.")]
    [InlineData("Keys:0:Name", "anna", "ActorLlm:Admin:Keys:0:Hash is missing; expected is sha256: and 64 hexadecimal digits, as 'actorllm key new' prints them.")]
    [InlineData("Keys:0:Hash", "sk-al-pasted-instead-of-its-hash", "is a key ('sk-al-...', 32 characters)")]
    public async Task A_setting_that_is_not_valid_is_named_with_what_is_allowed(string key, string value, string words)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AdminHost.StartAsync([(key, value)]));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-al-pasted-i", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", "is 'a b'; allowed are 1 to 64 visible ASCII characters without a space.")]
    [InlineData("anna", "is 'anna', as that of an earlier key")]
    [InlineData("loopback", "is 'loopback', as the audit log calls whoever gives orders without a key")]
    [InlineData("PBM", "is 'PBM', as the audit log calls whoever gives orders without a key")]
    public async Task Names_tell_keys_apart(string name, string words)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AdminHost.StartAsync(
            [("Keys:0:Hash", Hash), ("Keys:0:Name", "anna"), ("Keys:1:Hash", AccessTests.HashOf("another")), ("Keys:1:Name", name)]));

        Assert.Contains($"ActorLlm:Admin:Keys:1:Name {words}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_stands_once()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AdminHost.StartAsync([("Keys:0:Hash", Hash), ("Keys:1:Hash", Hash)]));

        Assert.Contains("ActorLlm:Admin:Keys:1:Hash is that of an earlier key", error.Message, StringComparison.Ordinal);
    }

    private static TcpListener Taken(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    // Another program of this machine may hold it already, which serves as well.
    private static TcpListener? TakenByDefault()
    {
        try
        {
            return Taken(new Uri(AdminOptions.DefaultUrl).Port);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return null;
        }
    }
}
