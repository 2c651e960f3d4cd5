using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;

namespace ActorLlm.Cluster.Workers;

/// <summary>A module that this node's worker runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">How it is run.</param>
/// <param name="Handler">The module.</param>
internal sealed record ServedModule(string Name, ModuleOptions Options, IModule Handler)
{
    /// <summary>How it is called where backends stand.</summary>
    public string Source { get; } = $"module:{Name}";

    /// <summary>The modules that a node of these roles runs.</summary>
    public static IReadOnlyDictionary<string, ServedModule> Of(ModuleCatalog modules, IReadOnlyCollection<string> roles) => modules.Modules
        .Where(module => module.Options.Role.Length == 0 || roles.Contains(module.Options.Role))
        .ToDictionary(module => module.Name, module => new ServedModule(module.Name, module.Options, module.Handler()), StringComparer.Ordinal);

    /// <summary>How an attempt ended whose module has returned.</summary>
    public AttemptEnd Finish(ReplyBuilder reply, string text, in ResolvedBackend source)
    {
        if (source.Client is ModuleClient { Usage: { } used }) reply.Count(used);
        if (text.Length == 0 && reply.OtherLength == 0) return Failed("answered with nothing.");
        return reply.Finish(text, source) is { } whole
            ? new AttemptEnd.Succeeded(whole)
            : Failed("ended without a finish reason: its reply may be cut short.");
    }

    public AttemptEnd Failed(string what) => new AttemptEnd.Failed(FailureKind.Module, $"The module '{Name}' {what}", null);

    /// <summary>What an exception that came out of the module is to the turn.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="unforeseen">Whether its trace is worth a look.</param>
    public AttemptEnd Failed(Exception error, out bool unforeseen)
    {
        unforeseen = false;
        switch (error)
        {
            case ContentRefusedException refused:
                return new AttemptEnd.Failed(FailureKind.Content, $"The module '{Name}' refused the request: {refused.Message}", null) { Final = true };
            case BackendException { Failure: var failure }:
                var kind = failure.AnswerUnusable ? FailureKind.AnswerUnusable
                    : failure.Kind == BackendFailureKind.Provider ? FailureKind.Provider
                    : FailureKind.Content;
                return new AttemptEnd.Failed(kind, $"In the module '{Name}': {failure.Message}", failure.RetryAfter);
            case StepException step:
                return Failed($"went wrong: {step.Message}");
            default:
                unforeseen = true;
                return Failed($"threw {error.GetType().Name}; the log of the worker's node has the details.");
        }
    }
}
