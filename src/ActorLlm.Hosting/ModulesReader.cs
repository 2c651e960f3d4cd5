using System.Globalization;
using ActorLlm.Modules;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Hosting;

/// <summary>Reads <c>ActorLlm:Modules</c>; what it cannot read is kept for the validator, which reports everything at once.</summary>
internal static class ModulesReader
{
    private static readonly string[] Settings =
        [nameof(ModuleOptions.Model), nameof(ModuleOptions.Concurrency), nameof(ModuleOptions.Timeout), nameof(ModuleOptions.Role)];

    public static void Read(IConfiguration root, IEnumerable<ModuleRegistration> registered, ModulesOptions into)
    {
        var section = root.GetSection(ModuleOptions.Section);
        foreach (var registration in registered)
        {
            var options = new ModuleOptions();
            registration.Configure?.Invoke(options);
            Read(section.GetSection(registration.Name), options, into.Problems);
            into.Modules.Add((registration.Name, options));
        }

        if (!string.IsNullOrWhiteSpace(section.Value))
            into.Problems.Add($"{section.Path} is '{section.Value}' but is no setting itself; expected modules below it, such as {section.Path}:support:Concurrency.");
        var known = into.Modules.Count > 0
            ? $"known are {string.Join(", ", into.Modules.Select(module => module.Name))}"
            : "this host adds no modules (services.AddModule<T>(\"name\"))";
        foreach (var child in section.GetChildren())
        {
            if (!into.Modules.Any(module => module.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
                into.Problems.Add($"{child.Path} is no module of this host; {known}.");
        }
    }

    private static void Read(IConfigurationSection section, ModuleOptions options, List<string> problems)
    {
        if (!string.IsNullOrWhiteSpace(section.Value))
            problems.Add($"{section.Path} is '{section.Value}' but is no setting itself; expected keys below it: {string.Join(", ", Settings)}.");
        foreach (var child in section.GetChildren())
        {
            if (!Settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                problems.Add($"{child.Path} is not a setting; expected one of {string.Join(", ", Settings)}.");
            else if (child.Value is null)
                problems.Add($"{child.Path} is one value with nothing below it.");
        }

        options.Model = Text(section, nameof(options.Model)) ?? options.Model;
        options.Role = Text(section, nameof(options.Role)) ?? options.Role;
        if (Text(section, nameof(options.Concurrency)) is { } concurrency)
        {
            if (int.TryParse(concurrency, NumberStyles.Integer, CultureInfo.InvariantCulture, out var read)) options.Concurrency = read;
            else problems.Add($"{section.Path}:{nameof(options.Concurrency)} is '{concurrency}'; allowed is a whole number from 1 to 100000.");
        }

        if (Text(section, nameof(options.Timeout)) is { } timeout)
        {
            if (TimeSpan.TryParse(timeout, CultureInfo.InvariantCulture, out var read)) options.Timeout = read;
            else problems.Add($"{section.Path}:{nameof(options.Timeout)} is '{timeout}'; allowed is 00:00:00.100 to 1.00:00:00 (days.hours:minutes:seconds).");
        }
    }

    // An empty text is a setting all the same: it takes back what code has set.
    private static string? Text(IConfigurationSection section, string key) => section[key]?.Trim();
}
