namespace ActorLlm.Backends;

/// <summary>How a backend is asked to go on from the beginning of an answer (<c>ActorLlm:Backends:{name}:Continuation</c>, case does not matter).</summary>
public static class ContinuationMode
{
    /// <summary>It cannot; the answer is made anew.</summary>
    public const string None = "None";

    /// <summary>The beginning is the last message, of the role assistant: Ollama, llama.cpp, LM Studio, Claude's OpenAI-compatible endpoint.</summary>
    public const string AssistantMessage = "AssistantMessage";

    /// <summary>The same, with the fields <c>continue_final_message</c> and <c>add_generation_prompt</c>: vLLM, SGLang.</summary>
    public const string Vllm = "Vllm";

    /// <summary>What configuration may say, in the order shown to users.</summary>
    public static IReadOnlyList<string> All { get; } = [None, AssistantMessage, Vllm];

    internal static string? Canonical(string? mode) =>
        All.FirstOrDefault(known => string.Equals(known, mode?.Trim(), StringComparison.OrdinalIgnoreCase));
}
