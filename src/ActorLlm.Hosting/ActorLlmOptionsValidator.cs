using ActorLlm.Cluster;
using ActorLlm.Cluster.Streams;
using ActorLlm.Domain;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ActorLlm.Hosting;

/// <summary>Checks the options at start; every message names the key, its value and what is allowed.</summary>
internal sealed class ActorLlmOptionsValidator(IOptions<ModulesOptions> modules, TimeProvider time) : IValidateOptions<ActorLlmOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorLlmOptions options)
    {
        string[] errors = [.. Errors(options, time.GetUtcNow())];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> Errors(ActorLlmOptions options, DateTimeOffset now)
    {
        string[] roles = [.. Roles.All.Concat(modules.Value.Roles).Distinct()];
        foreach (var role in options.Roles.Where(role => !roles.Contains(role)))
            yield return $"ActorLlm:Roles has '{role}'; allowed are {string.Join(", ", roles)}.";
        if (options.Roles.Count == 0)
            yield return $"ActorLlm:Roles is empty; name at least one of {string.Join(", ", Roles.All)}, or leave the key out for all.";
        foreach (var error in options.Cluster.Errors(now)) yield return error;
        if (options.Worker.Concurrency is < 1 or > 100_000)
            yield return $"ActorLlm:Worker:Concurrency is {options.Worker.Concurrency}; allowed is 1 to 100000.";
        if (options.Worker.TargetWait < Limits.MinTargetWait || options.Worker.TargetWait > Limits.MaxTargetWait)
            yield return $"ActorLlm:Worker:TargetWait is {options.Worker.TargetWait}; allowed is {Limits.MinTargetWait} to {Limits.MaxTargetWait}.";
        if (!Enum.IsDefined(options.Worker.StreamDurability))
            yield return $"ActorLlm:Worker:StreamDurability is {options.Worker.StreamDurability}; allowed are {string.Join(", ", Enum.GetNames<StreamDurability>())}.";
        if (options.Worker.DrainTimeout < TimeSpan.Zero || options.Worker.DrainTimeout > TimeSpan.FromSeconds(100))
            yield return $"ActorLlm:Worker:DrainTimeout is {options.Worker.DrainTimeout}; allowed is 00:00:00 to 00:01:40.";
        if (options.AcceptTimeout < TimeSpan.FromSeconds(1) || options.AcceptTimeout > TimeSpan.FromMinutes(5))
            yield return $"ActorLlm:AcceptTimeout is {options.AcceptTimeout}; allowed is 00:00:01 to 00:05:00.";
        foreach (var error in options.Conversations.Errors()) yield return error;
        foreach (var error in options.Encryption.Errors()) yield return error;
        foreach (var error in options.Images.Errors()) yield return error;
        foreach (var error in options.Webhooks.Errors()) yield return error;
        if (options.Telemetry.Prometheus.Url is { } url && !IsListenAddress(url))
            yield return $"ActorLlm:Telemetry:Prometheus:Url is '{url}'; expected is an address to listen on without a path, such as http://127.0.0.1:9464, or leave the key out for none.";
        if (DatabaseError(options) is { } database) yield return database;
    }

    // The HTTP server also takes * and + for any address, which are no URI.
    private static bool IsListenAddress(string url) =>
        Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed)
        && parsed.Scheme == Uri.UriSchemeHttp && parsed.PathAndQuery == "/" && parsed.Fragment.Length == 0 && parsed.UserInfo.Length == 0;

    private static string? DatabaseError(ActorLlmOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Postgres))
            return string.IsNullOrWhiteSpace(options.Sqlite) ? "ActorLlm:Sqlite is empty; expected the path of a file." : null;
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(options.Postgres).Host)
                ? "ActorLlm:Postgres names no Host; expected a connection string such as Host=127.0.0.1;Database=actorllm;Username=actorllm;Password=..."
                : null;
        }
        catch (ArgumentException error)
        {
            return $"ActorLlm:Postgres is not a connection string ({error.Message}); expected one such as Host=127.0.0.1;Database=actorllm;Username=actorllm;Password=...";
        }
    }
}
