namespace ActorLlm.Backends.Tests.Support;

/// <summary>A catalog with one backend, as production builds it.</summary>
public static class OneBackend
{
    public static BackendCatalog Of(string type, Uri? address = null, Action<BackendOptions>? configure = null, TimeProvider? time = null)
    {
        var backend = new BackendOptions
        {
            Name = "main",
            Type = type,
            Endpoint = address?.ToString(),
            ApiKey = "test-key",
            Models = ["simulator"],
        };
        configure?.Invoke(backend);
        var options = new BackendsOptions();
        options.Backends.Add(backend);
        return BackendCatalog.Create(options, new Random(1), time);
    }

    public static ResolvedBackend Resolve(this BackendCatalog catalog, string? model = null) =>
        catalog.TryResolve(model, out ResolvedBackend resolved) ? resolved : throw new InvalidOperationException($"No backend serves '{model}'.");
}
