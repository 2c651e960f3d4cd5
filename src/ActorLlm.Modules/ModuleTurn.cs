using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Modules;

/// <summary>One attempt at a turn, as its module sees it.</summary>
public sealed record ModuleTurn
{
    /// <summary>The module's name.</summary>
    public required string Module { get; init; }

    /// <summary>The conversation.</summary>
    public required ConversationId Conversation { get; init; }

    /// <summary>The turn.</summary>
    public required TurnId Turn { get; init; }

    /// <summary>The attempt, from 1 on; each is numbered, also one that goes on after a step.</summary>
    public required int Attempt { get; init; }

    /// <summary>What is asked: the turn's own messages with their parts, and how to generate.</summary>
    public required TurnContent Content { get; init; }

    /// <summary>Earlier turns of the conversation with their replies, oldest first.</summary>
    public required IReadOnlyCollection<Exchange> History { get; init; }

    /// <summary>The history and the turn's messages, its instructions first: what <see cref="Client"/> is asked where a module adds nothing.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>How to generate, as the turn says; made for this attempt, so it may be changed.</summary>
    public required ChatOptions Options { get; init; }

    /// <summary>A chat client for the module's configured model. Where several backends serve it, each call may go to another one.</summary>
    public required IChatClient Client { get; init; }

    /// <summary>What must not be done twice, and what another module or a human does.</summary>
    public required ISteps Steps { get; init; }

    /// <summary>Modules that a chain of messages has gone through to this turn, the first one first; empty where a client sent it.</summary>
    public ImmutableArray<string> Lineage { get; init; } = [];

    /// <summary>Without any text: what prints a turn, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"ModuleTurn {{ {Module}, {Conversation}, Turn = {Turn}, Attempt = {Attempt} }}";
}
