using ActorLlm.Backends;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>
/// Refuses what the section <c>ActorLlm</c> holds and nobody reads: the configuration binder passes over a misspelt key, and a node with
/// a misspelt <c>Postgres</c> would store its conversations in a local file.
/// </summary>
internal static class UnknownSettings
{
    // Read, and checked to their last key, by others: the backends and the modules by their own readers, the HTTP face by the gateway, the admin endpoint by its room, pbm's port by
    // the palette and the bridge's section by its room, where there are such.
    private static readonly string[] ReadElsewhere = ["Backends", "Modules", "Gateway", "Admin", "PetabridgeCmd", "RabbitMq"];

    private static readonly string DefaultModel = BackendsOptions.DefaultModelKey.Split(':')[^1];

    /// <summary>Call it before the binder, whose words for a key below a plain value name .NET types.</summary>
    /// <exception cref="OptionsValidationException">There are such keys; each has a message that names it and what is allowed.</exception>
    public static void Refuse(IConfigurationSection section)
    {
        string[] errors = [.. Errors(section, typeof(ActorLlmOptions), [.. ReadElsewhere, DefaultModel])];
        if (errors.Length > 0) throw new OptionsValidationException(Options.DefaultName, typeof(ActorLlmOptions), errors);
    }

    private static IEnumerable<string> Errors(IConfigurationSection section, Type type, string[] others)
    {
        // The binder's own rule: a setting is a property that can be set.
        var settings = type.GetProperties().Where(property => property.CanWrite).ToDictionary(
            property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        var allowed = string.Join(", ", settings.Keys.Concat(others));
        if (!string.IsNullOrEmpty(section.Value))
            yield return $"{section.Path} is '{section.Value}' but is no setting itself; expected keys below it: {allowed}.";
        foreach (var child in section.GetChildren())
        {
            if (settings.TryGetValue(child.Key, out var setting))
            {
                foreach (var error in ErrorsBelow(child, setting)) yield return error;
            }
            else if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{child.Path} is not a setting; expected one of {allowed}.";
            }
        }
    }

    private static IEnumerable<string> ErrorsBelow(IConfigurationSection section, Type type)
    {
        if (type == typeof(IReadOnlyList<string>)) return [];
        if (type.IsEnum) return WordErrors(section, Enum.GetNames(type));
        if (type.Assembly.GetName().Name!.StartsWith("ActorLlm.", StringComparison.Ordinal)) return Errors(section, type, []);
        return section.GetChildren().Select(child => $"{child.Path} is not a setting; {section.Path} is one value with nothing below it.");
    }

    // The binder would name the .NET type, and not what is allowed.
    private static IEnumerable<string> WordErrors(IConfigurationSection section, string[] words)
    {
        if (!words.Contains(section.Value, StringComparer.OrdinalIgnoreCase))
            yield return $"{section.Path} is '{section.Value}'; allowed are {string.Join(", ", words)}.";
    }
}
