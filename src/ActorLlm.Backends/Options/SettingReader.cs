using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Backends;

/// <summary>
/// Reads one configuration section setting by setting. Written out rather than left to the configuration binder because the binder
/// stops at the first value it cannot convert, does not know the allowed range, and passes over misspelt keys.
/// </summary>
internal sealed class SettingReader(IConfiguration section, string path, List<string> problems)
{
    private readonly List<string> _known = [];

    public string? Text(string key)
    {
        _known.Add(key);
        string? value = section[key]?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }

    public double Number(string key, double fallback, Allowed allowed)
    {
        if (Text(key) is not { } text)
            return fallback;
        NumberStyles style = allowed.Whole ? NumberStyles.Integer : NumberStyles.Float;
        if (double.TryParse(text, style, CultureInfo.InvariantCulture, out double value) && allowed.Contains(value))
            return value;
        problems.Add(allowed.Problem($"{path}:{key}", text));
        return fallback;
    }

    public int Whole(string key, int fallback, Allowed allowed) => (int)Number(key, fallback, allowed);

    public double? OptionalNumber(string key, Allowed allowed) => Text(key) is null ? null : Number(key, 0, allowed);

    public bool? Flag(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (bool.TryParse(text, out bool value))
            return value;
        problems.Add($"{path}:{key} is '{text}': expected true or false.");
        return null;
    }

    public IList<string> List(string key)
    {
        _known.Add(key);
        return [.. SettingList.Read(section.GetSection(key)) ?? []];
    }

    public SettingReader Section(string key)
    {
        _known.Add(key);
        return new SettingReader(section.GetSection(key), $"{path}:{key}", problems);
    }

    public void RejectUnknown()
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                problems.Add($"{path}:{child.Key} is not a setting: expected one of {string.Join(", ", _known.Distinct())}.");
        }
    }
}
