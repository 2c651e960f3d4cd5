using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>A tool that the model may ask its client to call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, for the model; empty for none.</param>
/// <param name="Parameters">The JSON schema of its arguments; empty where it takes none.</param>
/// <param name="Strict">Whether the arguments must follow the schema exactly; null for the backend's default.</param>
public sealed record ToolDefinition(string Name, string Description, string Parameters, bool? Strict);

/// <summary>Whether the model calls tools. The numbers are stored and never change.</summary>
public enum ToolChoiceKind
{
    /// <summary>As the model sees fit.</summary>
    Auto = 1,

    /// <summary>Never.</summary>
    None = 2,

    /// <summary>At least one.</summary>
    Required = 3,

    /// <summary>The one that is named.</summary>
    Named = 4,
}

/// <summary>Whether the model calls tools, and which.</summary>
/// <param name="Kind">Whether.</param>
/// <param name="Name">The tool of <see cref="ToolChoiceKind.Named"/>; empty for other kinds.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string Name);

/// <summary>The form of a reply. The numbers are stored and never change.</summary>
public enum ReplyFormatKind
{
    /// <summary>Any text.</summary>
    Text = 1,

    /// <summary>A JSON object.</summary>
    JsonObject = 2,

    /// <summary>JSON that follows a schema.</summary>
    JsonSchema = 3,
}

/// <summary>The form that a reply is asked to have.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Name">The schema's name; empty for other kinds.</param>
/// <param name="Description">What the schema is for; empty for none.</param>
/// <param name="Schema">The JSON schema; empty for other kinds.</param>
/// <param name="Strict">Whether the reply must follow the schema exactly; null for the backend's default.</param>
public sealed record ReplyFormat(ReplyFormatKind Kind, string Name, string Description, string Schema, bool? Strict);

/// <summary>How the model is asked to generate; null means the backend's default.</summary>
public sealed record GenerationSettings(
    double? Temperature,
    double? TopP,
    int? MaxOutputTokens,
    long? Seed,
    double? FrequencyPenalty,
    double? PresencePenalty,
    ImmutableArray<string> Stop)
{
    /// <summary>Everything left to the backend.</summary>
    public static GenerationSettings Default { get; } = new(null, null, null, null, null, null, []);

    /// <summary>Tools that the model may ask for.</summary>
    public ImmutableArray<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Whether it asks for any.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may ask for several calls at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The form of the reply.</summary>
    public ReplyFormat? Format { get; init; }

    /// <summary>
    /// Further fields of OpenAI's API as the text of a JSON object, handed on as they are to backends that speak it and left out elsewhere;
    /// empty for none.
    /// </summary>
    public string PassOn { get; init; } = "";

    /// <summary>
    /// Whether the client named the most tokens by their older name, <c>max_tokens</c>, which some servers know alone. It is no part of what is asked: with
    /// either name the same turn is meant.
    /// </summary>
    public bool MaxTokensByOldName { get; init; }

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount()
    {
        long bytes = Encoding.UTF8.GetByteCount(PassOn);
        foreach (var stop in Stop.AsSpan()) bytes += Encoding.UTF8.GetByteCount(stop);
        foreach (var tool in Tools.AsSpan())
            bytes += Encoding.UTF8.GetByteCount(tool.Name) + Encoding.UTF8.GetByteCount(tool.Description) + Encoding.UTF8.GetByteCount(tool.Parameters);
        if (ToolChoice is { } choice) bytes += Encoding.UTF8.GetByteCount(choice.Name);
        if (Format is { } format)
            bytes += Encoding.UTF8.GetByteCount(format.Name) + Encoding.UTF8.GetByteCount(format.Description) + Encoding.UTF8.GetByteCount(format.Schema);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(GenerationSettings? other) =>
        other is not null
        && (Temperature, TopP, MaxOutputTokens, Seed, FrequencyPenalty, PresencePenalty)
            == (other.Temperature, other.TopP, other.MaxOutputTokens, other.Seed, other.FrequencyPenalty, other.PresencePenalty)
        && (ToolChoice, ParallelToolCalls, Format, PassOn, MaxTokensByOldName)
            == (other.ToolChoice, other.ParallelToolCalls, other.Format, other.PassOn, other.MaxTokensByOldName)
        && Stop.AsSpan().SequenceEqual(other.Stop.AsSpan())
        && Tools.AsSpan().SequenceEqual(other.Tools.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Temperature, TopP, MaxOutputTokens, Seed, Stop.AsSpan().Length, Tools.AsSpan().Length, Format, PassOn);
}
