using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>Calls of the backends, where they are made.</summary>
internal static class ModelMetrics
{
    private static readonly Histogram<double> Duration = Sources.Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Time of a call to a backend, to its last token.", tags: null, Buckets.Operation);

    private static readonly Histogram<long> Tokens = Sources.Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of a call, as the backend counted them.", tags: null, Buckets.Tokens);

    /// <summary>Whether anybody listens.</summary>
    public static bool Wanted => Duration.Enabled || Tokens.Enabled;

    public static void Called(string operation, string provider, string backend, string model, TimeSpan took, string? error)
    {
        if (!Duration.Enabled) return;
        var tags = Tags(operation, provider, backend, model);
        if (error is not null) tags.Add(Names.ErrorType, error);
        Duration.Record(took.TotalSeconds, tags);
    }

    public static void Used(string operation, string provider, string backend, string model, long? input, long? output)
    {
        if (!Tokens.Enabled) return;
        if (input is { } read) Record(read, Names.Input);
        if (output is { } written) Record(written, Names.Output);

        void Record(long tokens, string type)
        {
            var tags = Tags(operation, provider, backend, model);
            tags.Add(Names.TokenType, type);
            Tokens.Record(tokens, tags);
        }
    }

    private static TagList Tags(string operation, string provider, string backend, string model) => new()
    {
        { Names.Operation, operation },
        { Names.Provider, provider },
        { Names.Backend, backend },
        { Names.RequestModel, model },
    };
}
