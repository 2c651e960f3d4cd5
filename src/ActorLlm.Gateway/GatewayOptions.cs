using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway;

/// <summary>What an operator may set about the HTTP face: configuration section <c>ActorLlm:Gateway</c>, checked at start.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ActorLlm:Gateway";

    /// <summary>
    /// How long a request that is not streamed waits for its reply: 1 s to 1 day, default 10 min. The turn itself goes on after that.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Silence after which a stream is shown to be alive: 1 s to 5 min, default 15 s. Until then a stream that has no text yet
    /// keeps its status open, so that a failure can still be one.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Largest request body in bytes: 65,536 to 67,108,864, default 8 MiB. Its text is bounded to 1 MiB besides; JSON escapes make
    /// the body up to six times as large. It takes the place of the server's own limit for these requests.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 8 * 1024 * 1024;
}

/// <summary>Reads the section by hand: the stock binder ignores a misspelt key and names .NET types where a value cannot be read.</summary>
internal sealed class GatewayOptionsSetup(IConfiguration? configuration = null)
    : IConfigureOptions<GatewayOptions>, IValidateOptions<GatewayOptions>
{
    private const string WaitRange = "00:00:01 to 1.00:00:00 (days.hours:minutes:seconds)";
    private const string HeartbeatRange = "00:00:01 to 00:05:00 (hours:minutes:seconds)";
    private const string BytesRange = "65536 to 67108864";

    public void Configure(GatewayOptions options)
    {
        foreach (var setting in configuration?.GetSection(GatewayOptions.Section).GetChildren() ?? [])
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "MAXWAIT": options.MaxWait = Time(setting, WaitRange); break;
                case "HEARTBEATINTERVAL": options.HeartbeatInterval = Time(setting, HeartbeatRange); break;
                case "MAXREQUESTBYTES": options.MaxRequestBytes = Bytes(setting); break;
                default:
                    throw Invalid($"{setting.Path} is not a setting; known are MaxWait, HeartbeatInterval and MaxRequestBytes.");
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var errors = new List<string>();
        if (options.MaxWait < TimeSpan.FromSeconds(1) || options.MaxWait > TimeSpan.FromDays(1))
            errors.Add(Say(nameof(options.MaxWait), options.MaxWait.ToString(), WaitRange));
        if (options.HeartbeatInterval < TimeSpan.FromSeconds(1) || options.HeartbeatInterval > TimeSpan.FromMinutes(5))
            errors.Add(Say(nameof(options.HeartbeatInterval), options.HeartbeatInterval.ToString(), HeartbeatRange));
        if (options.MaxRequestBytes is < 64 * 1024 or > 64 * 1024 * 1024)
            errors.Add(Say(nameof(options.MaxRequestBytes), $"{options.MaxRequestBytes}", BytesRange));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static TimeSpan Time(IConfigurationSection setting, string range) =>
        TimeSpan.TryParse(setting.Value, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid(Say(setting.Key, $"'{setting.Value}'", range));

    private static int Bytes(IConfigurationSection setting) =>
        int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid(Say(setting.Key, $"'{setting.Value}'", BytesRange));

    private static string Say(string key, string value, string range) => $"{GatewayOptions.Section}:{key} is {value}; allowed is {range}.";

    private static OptionsValidationException Invalid(string message) => new(Options.DefaultName, typeof(GatewayOptions), [message]);
}
