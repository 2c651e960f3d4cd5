using ActorLlm.Clients.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Clients.Tests.Clients;

/// <summary>A .NET client, as far as all of them can do the same.</summary>
internal interface IClient
{
    /// <summary>In all its prompts, keys and conversations.</summary>
    string Name { get; }

    /// <summary>Asks for a plain reply.</summary>
    Task<ChatReply> AskAsync(ChatAsk ask, CancellationToken cancellationToken = default);

    /// <summary>Asks for a streamed reply.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="onPiece">Called with each piece of text, and waited for.</param>
    /// <param name="cancellationToken">Aborts the stream.</param>
    Task<ChatReply> StreamAsync(ChatAsk ask, Func<string, Task> onPiece, CancellationToken cancellationToken = default);

    /// <summary>Asks, and runs the tools that the model calls, until it calls none.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="streamed">Whether replies are streamed.</param>
    /// <returns>The text of the last reply.</returns>
    Task<string> UseToolsAsync(ChatAsk ask, IReadOnlyList<AIFunction> tools, bool streamed);

    /// <summary>Asks for a reply of the form of <see cref="Forecast"/>.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="streamed">Whether the reply is streamed.</param>
    Task<Forecast> ShapedAsync(ChatAsk ask, bool streamed);

    /// <summary>Asks for a vector for each text.</summary>
    /// <param name="ask">The request, of which the node, the model and the wire count.</param>
    /// <param name="texts">The texts.</param>
    Task<float[][]> EmbedAsync(ChatAsk ask, IEnumerable<string> texts);
}

/// <summary>A form that replies are asked for.</summary>
internal sealed record Forecast(string City, bool Hourly, Hour[] Hours);

/// <summary>A part of a <see cref="Forecast"/>.</summary>
internal sealed record Hour(int Degrees);

/// <summary>A request that every client can make.</summary>
/// <param name="Node">The base address to send it to.</param>
/// <param name="Text">The user message.</param>
internal sealed record ChatAsk(Uri Node, string Text)
{
    /// <summary>A system message before it.</summary>
    public string? Instructions { get; init; }

    /// <summary>A picture after the text, in PNG.</summary>
    public byte[]? Image { get; init; }

    public string Model { get; init; } = ClientsCluster.Model;

    public int? MaxTokens { get; init; }

    public float? Temperature { get; init; }

    /// <summary>Whether the turn is to be stored; null says nothing about it.</summary>
    public bool? Store { get; init; }

    /// <summary>How often the client may send it again by itself.</summary>
    public int Retries { get; init; }

    /// <summary>What the client sends it through; it adds headers and sees the answers.</summary>
    public Wire? Through { get; init; }
}

/// <summary>What a client made of the reply.</summary>
/// <param name="Id">The completion's id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Finish">Its reason to end, in small letters.</param>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="OutputTokens">Tokens of the reply.</param>
internal sealed record ChatReply(string Id, string Text, string Finish, long InputTokens, long OutputTokens);
