using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>A tool that a client declared and calls itself: nobody here does. Backends that speak OpenAI's HTTP API get it in the client's own words.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does; empty where nothing was said.</param>
/// <param name="parameters">The text of the JSON schema of its arguments; empty where there is none.</param>
/// <param name="strict">Whether a call must fit the schema; null where nothing was said.</param>
public sealed class DeclaredTool(string name, string description, string parameters, bool? strict) : AIFunctionDeclaration
{
    /// <summary>Where OpenAI's chat client looks for strictness, of a tool and of the reply's form.</summary>
    public const string StrictProperty = "strict";

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    private readonly string _parameters = parameters;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; } = parameters.Length > 0 ? JsonElement.Parse(parameters) : NoParameters;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } =
        strict is { } said ? new Dictionary<string, object?> { [StrictProperty] = said } : [];

    /// <summary>The text of the JSON schema of a tool's arguments, as it was given; empty where there is none.</summary>
    internal static string SchemaOf(AIFunctionDeclaration tool) => tool is DeclaredTool declared ? declared._parameters : tool.JsonSchema.GetRawText();
}
