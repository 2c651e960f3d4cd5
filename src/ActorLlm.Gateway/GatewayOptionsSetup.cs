using System.Globalization;
using ActorLlm.Gateway.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway;

/// <summary>Reads the section by hand: the stock binder ignores a misspelt key and names .NET types where a value cannot be read.</summary>
internal sealed class GatewayOptionsSetup(IConfiguration? configuration = null)
    : IConfigureOptions<GatewayOptions>, IValidateOptions<GatewayOptions>
{
    private const string WaitRange = "00:00:01 to 1.00:00:00 (days.hours:minutes:seconds)";
    private const string HeartbeatRange = "00:00:01 to 00:05:00 (hours:minutes:seconds)";
    private const string BytesRange = "65536 to 67108864";
    private const string DirectCallsRange = "1 to 100000";
    private const string Known = "MaxWait, HeartbeatInterval, MaxRequestBytes, MaxDirectCalls, ApiKeys and AllowAnonymous";

    /// <summary>A configuration that the host must not start with.</summary>
    public static OptionsValidationException Invalid(string message) => new(Options.DefaultName, typeof(GatewayOptions), [message]);

    public void Configure(GatewayOptions options)
    {
        foreach (var setting in configuration?.GetSection(GatewayOptions.Section).GetChildren() ?? [])
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "MAXWAIT": options.MaxWait = Time(setting, WaitRange); break;
                case "HEARTBEATINTERVAL": options.HeartbeatInterval = Time(setting, HeartbeatRange); break;
                case "MAXREQUESTBYTES": options.MaxRequestBytes = Whole(setting, BytesRange); break;
                case "MAXDIRECTCALLS": options.MaxDirectCalls = Whole(setting, DirectCallsRange); break;
                case "APIKEYS": options.ApiKeys = ApiKeySettings.Read(setting); break;
                case "ALLOWANONYMOUS": options.AllowAnonymous = Flag(setting); break;
                default: throw Invalid($"{setting.Path} is not a setting; known are {Known}.");
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
        if (options.MaxDirectCalls is < 1 or > 100_000)
            errors.Add(Say(nameof(options.MaxDirectCalls), $"{options.MaxDirectCalls}", DirectCallsRange));
        errors.AddRange(ApiKeySettings.Errors(options));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static TimeSpan Time(IConfigurationSection setting, string range) =>
        TimeSpan.TryParse(setting.Value, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid(Say(setting.Key, $"'{setting.Value}'", range));

    private static int Whole(IConfigurationSection setting, string range) =>
        int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid(Say(setting.Key, $"'{setting.Value}'", range));

    private static bool Flag(IConfigurationSection setting) =>
        bool.TryParse(setting.Value, out var value) ? value : throw Invalid(Say(setting.Key, $"'{setting.Value}'", "true or false"));

    private static string Say(string key, string value, string range) => $"{GatewayOptions.Section}:{key} is {value}; allowed is {range}.";
}
