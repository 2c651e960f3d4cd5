using ActorLlm.Domain;
using ActorLlm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Admin;

/// <summary>Reads the section by hand, as the stock binder ignores a misspelt key, and checks it. No message shows more of a key or of a hash than how it begins.</summary>
internal sealed class AdminOptionsSetup(IConfiguration? configuration = null) : IConfigureOptions<AdminOptions>, IValidateOptions<AdminOptions>
{
    private const string Known = "Url and Keys";
    private const string KeysPath = $"{AdminOptions.Section}:{nameof(AdminOptions.Keys)}";
    private const string ExpectedKeys = $"expected are {KeysPath}:0:Hash and {KeysPath}:0:Name, and so on from 0";
    private const string ExpectedHash = "expected is sha256: and 64 hexadecimal digits, as 'actorllm key new' prints them";

    public void Configure(AdminOptions options)
    {
        if (configuration?.GetSection(AdminOptions.Section) is not { } section) return;
        if (!string.IsNullOrEmpty(section.Value)) throw Invalid($"{section.Path} has a value of its own; expected are keys below it: {Known}.");
        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "URL" when !setting.GetChildren().Any(): options.Url = setting.Value; break;
                case "URL": throw Invalid($"{setting.Path} is one value with nothing below it; {AdminAddress.Expected}.");
                case "KEYS": options.Keys = ReadKeys(setting); break;
                default: throw Invalid($"{setting.Path} is not a setting; known are {Known}.");
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        string[] errors = [.. UrlErrors(options), .. KeyErrors(options)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> UrlErrors(AdminOptions options)
    {
        if (options.Url is not { Length: > 0 } url) yield break;
        if (AdminAddress.TryParse(url, out var problem) is not { } address)
        {
            yield return $"{AdminOptions.Section}:{nameof(options.Url)} is '{url}', {problem}; {AdminAddress.Expected}.";
        }
        else if (!address.IsLoopback && options.Keys.Count == 0)
        {
            yield return $"{AdminOptions.Section}:{nameof(options.Url)} is '{url}', which other machines may reach, and {KeysPath} has no key. Make one with "
                + $"'actorllm key new' and set {KeysPath}:0:Hash to the hash it prints, or listen on loopback ({AdminOptions.DefaultUrl}).";
        }
    }

    private static IEnumerable<string> KeyErrors(AdminOptions options)
    {
        var (hashes, names) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var index = 0; index < options.Keys.Count; index++)
        {
            var key = options.Keys[index];
            var path = $"{AdminOptions.Section}:{key.PlaceAt(index)}";
            if (ApiKeyHash.TryParse(key.Hash, out var wrong) is not { } hash)
                yield return $"{path}:{nameof(key.Hash)} {wrong}; {ExpectedHash}.";
            else if (!hashes.Add(Convert.ToHexString(hash)))
                yield return $"{path}:{nameof(key.Hash)} is that of an earlier key; a key has one name and stands once.";
            if (key.Name.Length > Limits.MaxTenantLength || key.Name.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
                yield return $"{path}:{nameof(key.Name)} is '{key.Name}'; allowed are 1 to {Limits.MaxTenantLength} visible ASCII characters without a space.";
            else if (OrderAudit.Reserved.Contains(key.Name, StringComparer.OrdinalIgnoreCase))
                yield return $"{path}:{nameof(key.Name)} is '{key.Name}', as the audit log calls whoever gives orders without a key; expected is another name.";
            else if (key.Name.Length > 0 && !names.Add(key.Name))
                yield return $"{path}:{nameof(key.Name)} is '{key.Name}', as that of an earlier key; the audit log could not tell them apart.";
        }
    }

    private static IReadOnlyList<AdminKeyOptions> ReadKeys(IConfigurationSection section)
    {
        RefuseValue(section);
        return [.. section.GetChildren().Select(ReadKey)];
    }

    private static AdminKeyOptions ReadKey(IConfigurationSection section)
    {
        RefuseValue(section);
        var key = new AdminKeyOptions { Place = $"{nameof(AdminOptions.Keys)}:{section.Key}" };
        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "NAME": key.Name = setting.Value ?? ""; break;
                case "HASH": key.Hash = setting.Value ?? ""; break;
                default: throw Invalid($"{setting.Path} is not a setting; known are Name and Hash.");
            }
        }

        return key;
    }

    // An empty value is what an empty array in JSON is read as. The value is not shown: it may be a key.
    private static void RefuseValue(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value)) throw Invalid($"{section.Path} has a value of its own; {ExpectedKeys}.");
    }

    private static OptionsValidationException Invalid(string message) => new(Options.DefaultName, typeof(AdminOptions), [message]);
}
