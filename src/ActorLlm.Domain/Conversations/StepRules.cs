using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a step must be.</summary>
public static class StepRules
{
    /// <summary>What is wrong with a step, or null.</summary>
    /// <param name="turn">The turn that it is of.</param>
    /// <param name="step">The step.</param>
    public static string? Error(PendingTurn turn, StepRequest step)
    {
        if (!Enum.IsDefined(step.Kind)) return "The step is of an unknown kind; expected a tool, a child or an approval.";
        if (IdText.Check(step.Key, "step's key", Limits.MaxIdLength) is { } key) return key;
        if (step.Kind != StepKind.Approval && step.Name.Length is 0 or > Limits.MaxModelLength)
            return $"The step '{step.Key}' names a tool or module of {step.Name.Length} characters; 1 to {Limits.MaxModelLength} are allowed.";
        if (UnicodeText.IndexOfLoneSurrogate(step.Name) >= 0 || UnicodeText.IndexOfLoneSurrogate(step.Detail) >= 0)
            return $"The step '{step.Key}' has half of a UTF-16 surrogate pair, which is not a character; give valid Unicode text.";
        if (step.Kind == StepKind.Approval && step.Detail.Length is 0 or > Limits.MaxQuestionLength)
            return $"The step '{step.Key}' asks for approval in {step.Detail.Length} characters; 1 to {Limits.MaxQuestionLength} are allowed.";
        if (step.Kind == StepKind.Child != step.Content is not null) return $"The step '{step.Key}' has a content and is no child, or is one and has none.";
        if (step.Content is { } content && ContentRules.Error(content) is { } wrong) return $"The step '{step.Key}': {wrong.Reason}";
        return SizeError(turn, step);
    }

    /// <summary>Why a turn cannot have a child of this module: one that is its own ancestor would go on for ever. Null where it can.</summary>
    public static string? LineageError(TurnContent parent, string module)
    {
        string[] chain = [.. parent.Lineage.AsSpan(), parent.Model];
        if (chain.Contains(module, StringComparer.Ordinal))
            return $"The module '{module}' would be asked by itself: {string.Join(" -> ", chain)} -> {module}. A module may occur once in a chain.";
        return chain.Length < Limits.MaxModuleDepth
            ? null
            : $"The chain {string.Join(" -> ", chain)} has {chain.Length} modules, the most allowed; '{module}' would be one more.";
    }

    /// <summary>The same for every call of a step and for no other step: 64 hexadecimal digits, from its conversation, turn and key.</summary>
    public static string IdempotencyKey(ConversationId conversation, TurnId turn, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{conversation}\n{turn}\n{key}")));

    private static string? SizeError(PendingTurn turn, StepRequest step)
    {
        if (turn.Steps.Length >= Limits.MaxStepsPerTurn) return $"The turn has {turn.Steps.Length} steps, the most allowed.";
        var bytes = step.ByteCount();
        if (bytes > Limits.MaxStepBytes) return $"The step '{step.Key}' has {bytes} bytes; at most {Limits.MaxStepBytes} are allowed.";
        var all = turn.Steps.Sum(known => known.ByteCount());
        return all + bytes <= Limits.MaxStepsBytes
            ? null
            : $"The turn's steps and their results have {all} bytes and would have {all + bytes} with '{step.Key}'; at most {Limits.MaxStepsBytes} are allowed.";
    }
}
