using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Tests.Images;

/// <summary>What the worker reads at an address that a client names, and what it does not. The DNS is the test's, and every connection ends at a server of the test's.</summary>
public sealed class ImageFetcherTests : IAsyncDisposable
{
    private static readonly IPAddress Public = IPAddress.Parse("93.184.216.34");
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4];

    private readonly ImageOptions _options = new() { AllowedHosts = ["images.test", "*.cdn.test", "odd.test:8080"], MaxBytes = 4096 };
    private readonly Dictionary<string, IPAddress[]> _names = new() { ["images.test"] = [Public], ["a.cdn.test"] = [Public], ["odd.test"] = [Public], ["other.test"] = [Public] };
    private readonly List<IPEndPoint> _connected = [];
    private readonly TinyServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("http://images.test/cat")]
    [InlineData("http://IMAGES.TEST./cat")]
    [InlineData("http://a.cdn.test/cat")]
    [InlineData("http://odd.test:8080/cat")]
    public async Task An_image_at_an_allowed_host_is_read_and_called_what_it_is(string url)
    {
        _server.Answers["/cat"] = TinyServer.Ok(Png, "text/html");

        var image = await ReadAsync(url);

        Assert.Equal(("image/png", Convert.ToHexString(Png)), (image.MediaType, Convert.ToHexString(image.Data.Span)));
        Assert.Equal(Public, Assert.Single(_connected).Address);
    }

    [Theory]
    [InlineData("http://other.test/cat")]
    [InlineData("http://cdn.test/cat")]
    [InlineData("http://evil-images.test/cat")]
    [InlineData("http://images.test:8080/cat")]
    [InlineData("http://odd.test/cat")]
    public async Task A_host_that_is_not_allowed_is_not_even_resolved(string url)
    {
        Assert.Contains("are not allowed here", await RefusalAsync(url));
        Assert.Empty(_connected);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:192.168.0.1")]
    public async Task A_name_that_stands_for_a_private_address_is_refused_though_it_is_allowed(string address)
    {
        _names["images.test"] = [Public, IPAddress.Parse(address)];

        Assert.Contains("not an address of the public internet", await RefusalAsync("http://images.test/cat"));
        Assert.Empty(_connected);
    }

    [Fact]
    public async Task The_connection_goes_to_the_address_that_was_looked_at_and_the_next_one_is_looked_at_again()
    {
        _server.Answers["/cat"] = TinyServer.Ok(Png);
        await ReadAsync("http://images.test/cat");
        _names["images.test"] = [IPAddress.Loopback];

        Assert.Contains("not an address of the public internet", await RefusalAsync("http://images.test/cat"));
        Assert.Single(_connected);
    }

    [Fact]
    public async Task A_redirect_within_the_rules_is_followed()
    {
        _server.Answers["/old"] = TinyServer.Redirect("http://a.cdn.test/cat");
        _server.Answers["/cat"] = TinyServer.Ok(Png);

        Assert.Equal("image/png", (await ReadAsync("http://images.test/old")).MediaType);
    }

    [Theory]
    [InlineData("http://other.test/cat", "are not allowed here")]
    [InlineData("http://127.0.0.1/cat", "not an address of the public internet")]
    [InlineData("http://[::ffff:10.0.0.1]/cat", "not an address of the public internet")]
    [InlineData("http://a.cdn.test/cat", "not an address of the public internet")]
    [InlineData("file:///etc/passwd", "neither https: nor http:")]
    public async Task A_redirect_that_leads_out_of_the_rules_is_not(string to, string why)
    {
        _names["a.cdn.test"] = [IPAddress.Parse("10.0.0.1")];
        _server.Answers["/old"] = TinyServer.Redirect(to);

        Assert.Contains(why, await RefusalAsync("http://images.test/old"));
        Assert.Single(_connected);
    }

    [Fact]
    public async Task Redirects_without_end_are_given_up()
    {
        _server.Answers["/old"] = TinyServer.Redirect("/old");

        Assert.Contains("more than 3 redirects", await RefusalAsync("http://images.test/old"));
        Assert.Equal(4, _connected.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_too_large_is_refused_whether_the_server_says_so_or_not(bool says)
    {
        _server.Answers["/cat"] = TinyServer.Ok([.. Png, .. new byte[5000]], withLength: says);

        Assert.Contains("more than 4096 bytes", await RefusalAsync("http://images.test/cat"));
    }

    [Fact]
    public async Task The_images_of_one_call_share_the_bound()
    {
        _server.Answers["/cat"] = TinyServer.Ok([.. Png, .. new byte[3000]]);
        using var fetcher = Fetcher();
        using var reading = fetcher.Begin(CancellationToken.None);

        await reading.ReadAsync(new Uri("http://images.test/cat"));
        var refused = await Assert.ThrowsAsync<BackendException>(() => reading.ReadAsync(new Uri("http://images.test/cat")));

        Assert.Contains("more than 4096 bytes", refused.Message);
    }

    [Theory]
    [InlineData("<html>no</html>", "is no image")]
    [InlineData("", "is no image")]
    public async Task What_is_no_image_is_refused(string body, string why)
    {
        _server.Answers["/cat"] = TinyServer.Ok(Encoding.ASCII.GetBytes(body), "image/png");

        Assert.Contains(why, await RefusalAsync("http://images.test/cat"));
    }

    [Fact]
    public async Task A_server_that_has_none_and_one_that_answers_nothing_sensible_are_told_of()
    {
        Assert.Contains("its server answered 404", await RefusalAsync("http://images.test/nowhere"));
        _server.Answers["/cat"] = "nonsense\r\n\r\n"u8.ToArray();

        Assert.Contains("cannot be read: the connection failed", await RefusalAsync("http://images.test/cat"));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        _options.Timeout = TimeSpan.FromSeconds(1);

        Assert.Contains("were not read within 00:00:01", await RefusalAsync("http://images.test/hang"));
    }

    [Fact]
    public async Task Who_gives_up_first_is_not_told_that_it_took_too_long()
    {
        using var fetcher = Fetcher();
        using var stop = new CancellationTokenSource();
        using var reading = fetcher.Begin(stop.Token);

        var read = reading.ReadAsync(new Uri("http://images.test/hang"));
        await _server.Asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    private ImageFetcher Fetcher() => new(
        _options, TimeProvider.System,
        (name, _) => _names.TryGetValue(name.TrimEnd('.').ToLowerInvariant(), out var addresses) ? Task.FromResult(addresses) : throw new SocketException((int)SocketError.HostNotFound),
        async (endpoint, stop) =>
        {
            _connected.Add(endpoint);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_server.Address, stop);
            return new NetworkStream(socket, ownsSocket: true);
        });

    private async Task<DataContent> ReadAsync(string url)
    {
        using var fetcher = Fetcher();
        using var reading = fetcher.Begin(CancellationToken.None);
        return await reading.ReadAsync(new Uri(url));
    }

    private async Task<string> RefusalAsync(string url)
    {
        var failure = (await Assert.ThrowsAsync<BackendException>(() => ReadAsync(url))).Failure;
        Assert.Equal(BackendFailureKind.Content, failure.Kind);
        return failure.Message;
    }
}
