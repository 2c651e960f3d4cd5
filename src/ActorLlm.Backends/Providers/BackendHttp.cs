namespace ActorLlm.Backends;

/// <summary>The HTTP client under a provider's own: no limit to a whole call, since the decorators know what silence is.</summary>
internal static class BackendHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>New connections now and then, so that a change of DNS is seen.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler Handler() => new()
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        // A redirect would carry the prompt, and maybe the key, to somewhere nobody configured.
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    public static HttpClient Client(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };
}
