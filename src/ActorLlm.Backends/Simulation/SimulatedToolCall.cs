using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>A call of a tool that the simulator asks for, with arguments that satisfy the tool's schema.</summary>
/// <param name="Id">The call's name.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record SimulatedToolCall(string Id, string Name, string Arguments)
{
    /// <summary>The calls that a request gets: those the directive asks for, or the one that the request demands; none after a tool's result.</summary>
    /// <exception cref="BackendException">A tool that is asked for does not exist (as status 400).</exception>
    internal static IReadOnlyList<SimulatedToolCall> Of(ChatOptions? options, IReadOnlyList<string> asked, SimulatorPrompt prompt, string text)
    {
        if (prompt.LastRole == ChatRole.Tool || options?.ToolMode is NoneChatToolMode)
            return [];
        AIFunctionDeclaration[] tools = ToolsOf(options);
        if (options?.ToolMode is RequiredChatToolMode required && asked.Count == 0)
            asked = required.RequiredFunctionName is { } name ? [name] : [.. tools.Take(1).Select(tool => tool.Name)];
        return [.. asked.Select((name, index) => Call(name, index))];

        SimulatedToolCall Call(string name, int index) => new(IdOf(prompt, index), name, ArgumentsFor(Tool(tools, name).JsonSchema, text));
    }

    /// <summary>The calls that a script has in store.</summary>
    /// <exception cref="BackendException">A tool that is asked for does not exist (as status 400).</exception>
    internal static IReadOnlyList<SimulatedToolCall> Of(ChatOptions? options, IReadOnlyList<ScriptedCall> scripted, SimulatorPrompt prompt)
    {
        AIFunctionDeclaration[] tools = ToolsOf(options);
        return [.. scripted.Select((call, index) => new SimulatedToolCall(IdOf(prompt, index), Tool(tools, call.Name).Name, call.Arguments))];
    }

    private static AIFunctionDeclaration[] ToolsOf(ChatOptions? options) => [.. options?.Tools?.OfType<AIFunctionDeclaration>() ?? []];

    private static AIFunctionDeclaration Tool(AIFunctionDeclaration[] tools, string name) => tools.FirstOrDefault(tool => tool.Name == name)
        ?? throw new BackendException(BackendFailures.FromStatus(400, detail: $"the tool '{name}' is not among the request's tools."));

    private static string IdOf(SimulatorPrompt prompt, int index) => $"call_{SimulatorEngine.KeyText(prompt.Key)}_{index}";

    private static string ArgumentsFor(JsonElement schema, string text) =>
        SchemaSample.Of(schema, text) is var sample && sample.StartsWith('{') ? sample : "{}";
}
