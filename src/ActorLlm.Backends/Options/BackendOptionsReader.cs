using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Backends;

/// <summary>Reads <c>ActorLlm:Backends</c>; what it cannot read is kept for the validator, which reports everything at once.</summary>
internal static class BackendOptionsReader
{
    public static void Read(IConfiguration root, BackendsOptions into)
    {
        string? model = root[BackendsOptions.DefaultModelKey];
        into.DefaultModel = string.IsNullOrWhiteSpace(model) ? null : model.Trim();
        IConfigurationSection section = root.GetSection(BackendOptions.Section);
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            into.Problems.Add(
                $"{BackendOptions.Section} is '{section.Value}': expected named backends below it, such as "
                + $"{BackendOptions.Section}:main:Type.");
        }
        foreach (IConfigurationSection child in section.GetChildren())
            into.Backends.Add(ReadBackend(child, into.Problems));
    }

    private static BackendOptions ReadBackend(IConfigurationSection section, List<string> problems)
    {
        var options = new BackendOptions { Name = section.Key };
        var reader = new SettingReader(section, $"{BackendOptions.Section}:{section.Key}", problems);
        string? type = reader.Text(nameof(options.Type));
        options.Type = BackendType.Canonical(type) ?? type ?? "";
        options.Endpoint = reader.Text(nameof(options.Endpoint));
        options.ApiKey = reader.Text(nameof(options.ApiKey));
        options.Models = reader.List(nameof(options.Models));
        options.Weight = reader.Whole(nameof(options.Weight), options.Weight, Allowed.Weight);
        options.Concurrency = reader.Whole(nameof(options.Concurrency), options.Concurrency, Allowed.Concurrency);
        options.InactivityTimeoutSeconds = reader.Number(
            nameof(options.InactivityTimeoutSeconds), options.InactivityTimeoutSeconds, Allowed.InactivitySeconds);
        options.ResponseTimeoutSeconds = reader.Number(
            nameof(options.ResponseTimeoutSeconds), options.ResponseTimeoutSeconds, Allowed.ResponseSeconds);
        string? continuation = reader.Text(nameof(options.Continuation));
        options.Continuation = ContinuationMode.Canonical(continuation) ?? continuation
            ?? (options.Type == BackendType.Simulator ? ContinuationMode.AssistantMessage : ContinuationMode.None);
        options.Images = reader.Flag(nameof(options.Images)) ?? options.Images;
        options.ImageUrls = reader.Flag(nameof(options.ImageUrls));
        options.Simulator = ReadSimulator(reader.Section(nameof(options.Simulator)));
        reader.RejectUnknown();
        if (options.Type == BackendType.Simulator && options.Models.Count == 0)
            options.Models = [SimulatorOptions.DefaultModel];
        return options;
    }

    public static SimulatorOptions ReadSimulator(SettingReader reader)
    {
        var options = new SimulatorOptions();
        options.TimeToFirstTokenMs = reader.Number(nameof(options.TimeToFirstTokenMs), options.TimeToFirstTokenMs, Allowed.Milliseconds);
        options.TimeToFirstTokenDeviationMs = reader.Number(
            nameof(options.TimeToFirstTokenDeviationMs), options.TimeToFirstTokenDeviationMs, Allowed.Milliseconds);
        options.InterTokenMs = reader.Number(nameof(options.InterTokenMs), options.InterTokenMs, Allowed.Milliseconds);
        options.InterTokenDeviationMs = reader.Number(
            nameof(options.InterTokenDeviationMs), options.InterTokenDeviationMs, Allowed.Milliseconds);
        options.TotalMs = reader.OptionalNumber(nameof(options.TotalMs), Allowed.Milliseconds);
        options.TotalDeviationMs = reader.Number(nameof(options.TotalDeviationMs), options.TotalDeviationMs, Allowed.Milliseconds);
        options.ReplyTokens = reader.Whole(nameof(options.ReplyTokens), options.ReplyTokens, Allowed.ReplyTokens);
        options.TokensPerChunk = reader.Whole(nameof(options.TokensPerChunk), options.TokensPerChunk, Allowed.ReplyTokens);
        options.Fault = reader.Text(nameof(options.Fault));
        options.Replies = reader.Text(nameof(options.Replies));
        options.Seed = reader.Whole(nameof(options.Seed), options.Seed, Allowed.Seed);
        reader.RejectUnknown();
        return options;
    }
}
