using ActorLlm.Domain;
using ActorLlm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Keys;

/// <summary>Reads and checks <see cref="GatewayOptions.ApiKeys"/>. No message shows more of a key or of a hash than how it begins.</summary>
internal static class ApiKeySettings
{
    private const string Section = $"{GatewayOptions.Section}:{nameof(GatewayOptions.ApiKeys)}";
    private const string Expected = "expected is sha256: and 64 hexadecimal digits, as 'actorllm key new' prints them";

    /// <exception cref="OptionsValidationException">There is something that is no setting.</exception>
    public static IReadOnlyList<ApiKeyOptions> Read(IConfigurationSection section)
    {
        RefuseValue(section);
        return [.. section.GetChildren().Select(ReadKey)];
    }

    /// <summary>What is wrong with the keys, a line each.</summary>
    public static IEnumerable<string> Errors(GatewayOptions options)
    {
        if (options.AllowAnonymous && options.ApiKeys.Count > 0)
        {
            yield return $"{GatewayOptions.Section}:{nameof(options.AllowAnonymous)} is true, and {Section} has keys, which would then protect nothing; "
                + "leave one of them out.";
        }

        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < options.ApiKeys.Count; index++)
        {
            var key = options.ApiKeys[index];
            var path = key.Path ?? $"{Section}:{index}";
            if (WrongTenant(key.Tenant) is { } tenant) yield return $"{path}:{nameof(key.Tenant)} is not valid. {tenant}";
            if (ApiKeyHash.TryParse(key.Hash, out var wrong) is not { } hash)
                yield return $"{path}:{nameof(key.Hash)} {wrong}; {Expected}.";
            else if (!seen.TryAdd(Convert.ToHexString(hash), path))
                yield return $"{path}:{nameof(key.Hash)} is the same as {seen[Convert.ToHexString(hash)]}:{nameof(key.Hash)}; a key has one tenant and stands once.";
        }
    }

    private static ApiKeyOptions ReadKey(IConfigurationSection section)
    {
        RefuseValue(section);
        var key = new ApiKeyOptions { Path = section.Path };
        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "TENANT": key.Tenant = setting.Value ?? ""; break;
                case "HASH": key.Hash = setting.Value ?? ""; break;
                default: throw GatewayOptionsSetup.Invalid($"{setting.Path} is not a setting; known are Tenant and Hash.");
            }
        }

        return key;
    }

    // An empty value is what an empty array in JSON is read as.
    private static void RefuseValue(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
            throw GatewayOptionsSetup.Invalid($"{section.Path} has a value of its own; expected are {Section}:0:Tenant and {Section}:0:Hash, and so on from 0.");
    }

    private static string? WrongTenant(string tenant)
    {
        if (tenant.Contains('/', StringComparison.Ordinal)) return "The tenant has a slash; only visible ASCII characters without a slash are allowed.";
        return ConversationId.TryParse($"{tenant}/any", out _, out var error) ? null : error;
    }
}
