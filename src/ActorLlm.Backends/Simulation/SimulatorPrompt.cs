using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>What the simulator needs to know of a prompt: a stable hash of messages and tools, the last user message, who spoke last, the size.</summary>
internal readonly record struct SimulatorPrompt(ulong Key, string Message, ChatRole LastRole, int MessageCount, int InputTokens)
{
    private const ulong Start = 0xCBF29CE484222325;

    public static SimulatorPrompt Of(IEnumerable<ChatMessage> messages, IEnumerable<AITool>? tools)
    {
        ulong hash = Start;
        string last = "";
        ChatRole lastRole = ChatRole.User;
        int count = 0;
        int characters = 0;
        foreach (ChatMessage message in messages)
        {
            string text = message.Text;
            hash = Fnv(Fnv(hash, message.Role.Value), text);
            foreach (AIContent content in message.Contents)
            {
                if (content is DataContent data)
                    hash = Fnv(hash, data.Uri);
                else if (content is UriContent uri)
                    hash = Fnv(hash, uri.Uri.OriginalString);
                else if (content is FunctionCallContent call)
                    hash = Fnv(Fnv(Fnv(hash, call.CallId), call.Name), ToolCallText.ArgumentsOf(call));
                else if (content is FunctionResultContent result)
                    hash = Fnv(Fnv(hash, result.CallId), result.Result?.ToString() ?? "");
            }
            if (message.Role == ChatRole.User)
                last = text;
            lastRole = message.Role;
            characters += text.Length;
            count++;
        }
        foreach (AITool tool in tools ?? [])
            hash = tool is AIFunctionDeclaration function ? Fnv(hash, function) : hash;
        return new(hash, last, lastRole, count, (characters + 3) / 4);
    }

    /// <summary>A stable hash of one text.</summary>
    public static ulong Hash(string text) => Fnv(Start, text);

    private static ulong Fnv(ulong hash, AIFunctionDeclaration tool)
    {
        object? strict = tool.AdditionalProperties.GetValueOrDefault(DeclaredTool.StrictProperty);
        return Fnv(Fnv(Fnv(Fnv(hash, tool.Name), tool.Description), DeclaredTool.SchemaOf(tool)), strict?.ToString() ?? "");
    }

    /// <summary>FNV-1a, 64 bits, over UTF-16 units; an end mark keeps ("ab", "c") and ("a", "bc") apart.</summary>
    private static ulong Fnv(ulong hash, string text)
    {
        foreach (char unit in text)
            hash = (hash ^ unit) * 0x100000001B3;
        return (hash ^ 0x1F) * 0x100000001B3;
    }
}
