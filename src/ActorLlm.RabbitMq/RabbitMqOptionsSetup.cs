using System.Globalization;
using System.Text;
using ActorLlm.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.RabbitMq;

/// <summary>Reads the section by hand, as the stock binder ignores a misspelt key, and checks it. No message shows the URL, which has a password.</summary>
internal sealed class RabbitMqOptionsSetup(IConfiguration? configuration = null) : IConfigureOptions<RabbitMqOptions>, IValidateOptions<RabbitMqOptions>
{
    private const string Known = "Url, Queue, ReplyQueue, DeadLetterQueue, Durable, MaxPending, ReplyAttempts, Tenant, Tenants and Types";
    private const string ExpectedUrl = "expected is an address such as amqp://user:password@127.0.0.1:5672, or amqps:// for TLS";

    public void Configure(RabbitMqOptions options)
    {
        foreach (var setting in configuration?.GetSection(RabbitMqOptions.Section).GetChildren() ?? [])
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "URL": options.Url = Text(setting); break;
                case "QUEUE": options.Queue = Text(setting); break;
                case "REPLYQUEUE": options.ReplyQueue = Text(setting); break;
                case "DEADLETTERQUEUE": options.DeadLetterQueue = Text(setting); break;
                case "DURABLE": options.Durable = Flag(setting); break;
                case "MAXPENDING": options.MaxPending = Whole(setting, $"1 to {RabbitMqOptions.PendingLimit}"); break;
                case "REPLYATTEMPTS": options.ReplyAttempts = Whole(setting, "1 to 1000"); break;
                case "TENANT": options.Tenant = Text(setting); break;
                case "TENANTS": options.Tenants = List(setting); break;
                case "TYPES": options.Types = Types(setting); break;
                default: throw Invalid($"{setting.Path} is not a setting; known are {Known}.");
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, RabbitMqOptions options)
    {
        string[] errors = [.. Errors(options)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(RabbitMqOptions options)
    {
        if (options.On && !IsBroker(options.Url)) yield return $"{RabbitMqOptions.Section}:Url is no broker's address; {ExpectedUrl}.";
        foreach (var (key, queue) in new[]
        {
            (nameof(options.Queue), options.Queue), (nameof(options.ReplyQueue), options.ReplyQueue), (nameof(options.DeadLetterQueue), options.DeadLetters),
        })
        {
            if (queue.Length == 0 || Encoding.UTF8.GetByteCount(queue) > RabbitMqOptions.MaxQueueNameBytes || queue.StartsWith("amq.", StringComparison.Ordinal))
                yield return $"{RabbitMqOptions.Section}:{key} is '{queue}'; expected is a queue's name of 1 to {RabbitMqOptions.MaxQueueNameBytes} bytes that does not begin with 'amq.'.";
        }

        if (options.Queue == options.DeadLetters || options.Queue == options.ReplyQueue)
            yield return $"{RabbitMqOptions.Section}:Queue is '{options.Queue}', as the reply queue or the dead-letter queue; what the bridge writes must not be what it reads.";
        if (options.MaxPending is < 1 or > RabbitMqOptions.PendingLimit)
            yield return Say(nameof(options.MaxPending), $"{options.MaxPending}", $"1 to {RabbitMqOptions.PendingLimit}");
        if (options.ReplyAttempts is < 1 or > 1000) yield return Say(nameof(options.ReplyAttempts), $"{options.ReplyAttempts}", "1 to 1000");
        foreach (var tenant in options.Tenants.Prepend(options.Tenant).Where(tenant => tenant.Contains('/', StringComparison.Ordinal)
            || !ConversationId.TryParse($"{tenant}/x", out _, out _)))
            yield return $"{RabbitMqOptions.Section} names the tenant '{tenant}'; expected are 1 to {Limits.MaxTenantLength} visible ASCII characters without a slash.";
        foreach (var (type, model) in options.Types.Where(type => type.Key.Length == 0 || type.Value.Length > Limits.MaxModelLength))
            yield return $"{RabbitMqOptions.Section}:Types:{type} is '{model}'; expected are a type and a model's name of at most {Limits.MaxModelLength} characters.";
    }

    private static bool IsBroker(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "amqp" or "amqps" && parsed.Host.Length > 0 && parsed.AbsolutePath.Count(c => c == '/') <= 1;

    private static string Text(IConfigurationSection setting) =>
        setting.GetChildren().Any() ? throw Invalid($"{setting.Path} is one value with nothing below it.") : setting.Value ?? "";

    private static bool Flag(IConfigurationSection setting) =>
        bool.TryParse(setting.Value, out var value) ? value : throw Invalid(Say(setting.Key, $"'{setting.Value}'", "true and false"));

    private static int Whole(IConfigurationSection setting, string range) =>
        int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid(Say(setting.Key, $"'{setting.Value}'", range));

    // As an array, or as one text with commas, which is easier in an environment variable.
    private static string[] List(IConfigurationSection setting) => setting.GetChildren().Any()
        ? [.. setting.GetChildren().Select(Text)]
        : (setting.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Dictionary<string, string> Types(IConfigurationSection setting)
    {
        if (!string.IsNullOrEmpty(setting.Value)) throw Invalid($"{setting.Path} has a value of its own; expected are types below it, such as {setting.Path}:chat.");
        var types = new Dictionary<string, string>(new RabbitMqOptions().Types, StringComparer.OrdinalIgnoreCase);
        foreach (var type in setting.GetChildren()) types[type.Key] = Text(type);
        return types;
    }

    private static string Say(string key, string value, string allowed) => $"{RabbitMqOptions.Section}:{key} is {value}; allowed is {allowed}.";

    private static OptionsValidationException Invalid(string message) => new(Options.DefaultName, typeof(RabbitMqOptions), [message]);
}
