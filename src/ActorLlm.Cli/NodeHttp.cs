namespace ActorLlm.Cli;

/// <summary>What all HTTP requests to nodes have in common.</summary>
internal static class NodeHttp
{
    /// <summary>A handler that follows no redirect, as a key goes with the request, and asks no proxy for this machine itself.</summary>
    public static SocketsHttpHandler Handler(IReadOnlyList<Uri> urls, TimeSpan connectTimeout) => new()
    {
        ConnectTimeout = connectTimeout,
        AllowAutoRedirect = false,
        UseProxy = !urls.All(url => url.IsLoopback),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>Why a request failed, in the words of what failed innermost.</summary>
    public static string Reason(Exception problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        while (problem.InnerException is { } inner) problem = inner;
        return problem.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
