using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a client asks in one turn: the messages it adds, the model, and how to generate.</summary>
/// <param name="Model">A configured model's name; empty means the default model.</param>
/// <param name="Messages">1 to <see cref="Limits.MaxContentMessages"/> messages, at most <see cref="Limits.MaxContentBytes"/> in all.</param>
/// <param name="Settings">How to generate.</param>
public sealed record TurnContent(string Model, ImmutableArray<Message> Messages, GenerationSettings Settings)
{
    /// <summary>Said to the model before all messages, in this turn only: it is no part of the history. Empty for nothing.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>What the client has back with the turn, as the text of a JSON object; the model never sees it. Empty for nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>The modules that a chain of messages has gone through to this turn, the first one first; empty where a client sent it.</summary>
    public ImmutableArray<string> Lineage { get; init; } = [];

    /// <summary>The step that this turn is the work of; null where a client sent it.</summary>
    public ParentStep? Parent { get; init; }

    /// <summary>A single user message for the default model.</summary>
    public static TurnContent Of(string text) => new("", [new Message(Role.User, text)], GenerationSettings.Default);

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount()
    {
        var bytes = Encoding.UTF8.GetByteCount(Model) + Settings.ByteCount() + Encoding.UTF8.GetByteCount(Instructions) + Encoding.UTF8.GetByteCount(Note);
        foreach (var message in Messages.AsSpan()) bytes += message.ByteCount();
        return bytes;
    }

    /// <summary>
    /// The first 128 bits of SHA-256 over every field, each with its length before it. Two contents are the same exactly when
    /// their fingerprints are: it stands in for the content when a turn id is used again.
    /// </summary>
    /// <remarks>It is stored. What a content may have beside texts and numbers comes last, and only where it has any, so that older ones keep theirs.</remarks>
    public UInt128 Fingerprint()
    {
        using var hash = new FingerprintWriter();
        hash.Add(Model);
        hash.Add(Messages.AsSpan().Length);
        foreach (var message in Messages.AsSpan())
        {
            hash.Add((int)message.Role);
            hash.Add(message.Text);
        }

        hash.Add(Settings.Temperature);
        hash.Add(Settings.TopP);
        hash.Add(Settings.MaxOutputTokens);
        hash.Add(Settings.Seed);
        hash.Add(Settings.FrequencyPenalty);
        hash.Add(Settings.PresencePenalty);
        hash.Add(Settings.Stop.AsSpan().Length);
        foreach (var stop in Settings.Stop.AsSpan()) hash.Add(stop);
        for (var index = 0; index < Messages.AsSpan().Length; index++)
        {
            if (!Messages[index].IsPlain) AddParts(hash, index, Messages[index]);
        }

        if (HasToolsOrFormat(Settings)) AddToolsAndFormat(hash, Settings);
        if (Instructions.Length > 0 || Note.Length > 0)
        {
            hash.Add(-2);
            hash.Add(Instructions);
            hash.Add(Note);
        }

        if (Parent is not null || !Lineage.AsSpan().IsEmpty) AddOrigin(hash);
        return hash.Finish();
    }

    /// <summary>The low half of the fingerprint: what an answer carries to say which content it is about.</summary>
    public ulong Check() => (ulong)Fingerprint();

    /// <summary>Without any text: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"TurnContent {{ Model = {Model}, Messages = {Messages.AsSpan().Length}, Bytes = {ByteCount()} }}";

    /// <inheritdoc/>
    public bool Equals(TurnContent? other) =>
        other is not null && (Model, Settings, Instructions, Note, Parent) == (other.Model, other.Settings, other.Instructions, other.Note, other.Parent)
        && Lineage.AsSpan().SequenceEqual(other.Lineage.AsSpan()) && Messages.AsSpan().SequenceEqual(other.Messages.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Model, Messages.AsSpan().Length, Settings, Instructions, Note);

    private void AddOrigin(FingerprintWriter hash)
    {
        hash.Add(-3);
        hash.Add(Lineage.AsSpan().Length);
        foreach (var module in Lineage.AsSpan()) hash.Add(module);
        hash.Add(Parent?.Conversation.Value ?? "");
        hash.Add(Parent?.Turn.Value ?? "");
        hash.Add(Parent?.Key ?? "");
    }

    private static void AddParts(FingerprintWriter hash, int index, Message message)
    {
        hash.Add(index);
        hash.Add(message.ToolCallId);
        hash.Add(message.Name);
        hash.Add(message.Images.AsSpan().Length);
        foreach (var image in message.Images.AsSpan())
        {
            hash.Add(image.At);
            hash.Add(image.Url);
            hash.Add(image.Detail);
        }

        hash.Add(message.ToolCalls.AsSpan().Length);
        foreach (var call in message.ToolCalls.AsSpan())
        {
            hash.Add(call.Id);
            hash.Add(call.Name);
            hash.Add(call.Arguments);
        }
    }

    private static bool HasToolsOrFormat(GenerationSettings settings) =>
        !settings.Tools.IsDefaultOrEmpty || settings.ToolChoice is not null || settings.ParallelToolCalls is not null
        || settings.Format is not null || settings.PassOn.Length > 0;

    private static void AddToolsAndFormat(FingerprintWriter hash, GenerationSettings settings)
    {
        // No message has this place: what follows is not one's parts.
        hash.Add(-1);
        hash.Add(settings.Tools.AsSpan().Length);
        foreach (var tool in settings.Tools.AsSpan())
        {
            hash.Add(tool.Name);
            hash.Add(tool.Description);
            hash.Add(tool.Parameters);
            hash.Add(Number(tool.Strict));
        }

        hash.Add((int?)settings.ToolChoice?.Kind);
        hash.Add(settings.ToolChoice?.Name ?? "");
        hash.Add(Number(settings.ParallelToolCalls));
        hash.Add((int?)settings.Format?.Kind);
        hash.Add(settings.Format?.Name ?? "");
        hash.Add(settings.Format?.Description ?? "");
        hash.Add(settings.Format?.Schema ?? "");
        hash.Add(Number(settings.Format?.Strict));
        hash.Add(settings.PassOn);
    }

    private static int? Number(bool? flag) => flag is null ? null : flag.Value ? 1 : 0;
}
