using Microsoft.Extensions.AI;

namespace ActorLlm.Modules;

/// <summary>
/// A named handler that turns a turn into a reply. A turn names it as its model; a host adds it with <c>AddModule&lt;T&gt;("name")</c>. One object serves every
/// attempt on its node, any number of them at once.
/// </summary>
public interface IModule
{
    /// <summary>
    /// Answers a turn: yields pieces of the reply as they come, the last with a <see cref="ChatResponseUpdate.FinishReason"/>, as the updates of a chat client have
    /// and <see cref="ModuleReply.End"/> is. A reply without text, calls of tools and refusal counts as none.
    /// </summary>
    /// <remarks>
    /// It may be called several times for one turn: after a failure, and from its beginning again when a step that it waited for has ended. What must not
    /// be done twice is done through <see cref="ModuleTurn.Steps"/>, before the text that depends on it is yielded.
    /// </remarks>
    /// <param name="turn">What is asked, and what there is to answer it with.</param>
    /// <param name="cancellationToken">Cancelled when the attempt is no longer wanted or has used up its time. A module that does not heed it keeps its place among those that run at once.</param>
    IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, CancellationToken cancellationToken);
}

/// <summary>The pieces of a module's reply, for modules that do not pass on those of a chat client.</summary>
public static class ModuleReply
{
    /// <summary>A piece of text.</summary>
    public static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    /// <summary>The end of a reply; without it the reply counts as cut short.</summary>
    public static ChatResponseUpdate End() => new() { Role = ChatRole.Assistant, FinishReason = ChatFinishReason.Stop };
}

/// <summary>
/// Thrown by a module that cannot answer for what it was asked: the turn fails at once, without another attempt. Any other exception is the module's own
/// fault, of which clients are told its type alone.
/// </summary>
/// <param name="reason">Why, for people; the client reads it.</param>
public sealed class ContentRefusedException(string reason) : Exception(reason);
