using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Who speaks in a message. The numbers are stored and never change.</summary>
public enum Role
{
    /// <summary>Instructions for the model.</summary>
    System = 1,

    /// <summary>Instructions for the model, in the newer OpenAI word.</summary>
    Developer = 2,

    /// <summary>The user.</summary>
    User = 3,

    /// <summary>The model.</summary>
    Assistant = 4,

    /// <summary>A tool, with the result of a call that the model asked for.</summary>
    Tool = 5,
}

/// <summary>An image within a message.</summary>
/// <param name="At">Where in the message's text it stands, in UTF-16 code units; images at the same place follow in their order.</param>
/// <param name="Url">Its address, or the image itself as a <c>data:</c> URL.</param>
/// <param name="Detail">How closely the model is to look: <c>auto</c>, <c>low</c> or <c>high</c>; empty where nothing was said.</param>
public sealed record ImagePart(int At, string Url, string Detail)
{
    /// <summary>Without the image.</summary>
    public override string ToString() => $"ImagePart {{ At = {At}, Length = {Url.Length} }}";
}

/// <summary>A call that the model asks its client to make.</summary>
/// <param name="Id">The model's name for the call, which the tool's message repeats.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, as the model wrote them: JSON, unless the model erred or was cut off.</param>
public sealed record ToolCall(string Id, string Name, string Arguments)
{
    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public int ByteCount() => Encoding.UTF8.GetByteCount(Id) + Encoding.UTF8.GetByteCount(Name) + Encoding.UTF8.GetByteCount(Arguments);

    /// <summary>Without the arguments.</summary>
    public override string ToString() => $"ToolCall {{ Name = {Name}, Bytes = {ByteCount()} }}";
}

/// <summary>One message of a turn.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">All of its text; empty where there is none.</param>
/// <remarks>An array that was never set, here and elsewhere in a turn's content, is the same as an empty one.</remarks>
public sealed record Message(Role Role, string Text)
{
    /// <summary>Images, in the order in which they stand in the text.</summary>
    public ImmutableArray<ImagePart> Images { get; init; } = [];

    /// <summary>Calls that the model asked for; only the assistant has any.</summary>
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>Which call a tool's message answers; empty for other roles.</summary>
    public string ToolCallId { get; init; } = "";

    /// <summary>The speaker's name, where several share a role; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether there is nothing beside the role and the text.</summary>
    public bool IsPlain => Images.IsDefaultOrEmpty && ToolCalls.IsDefaultOrEmpty && ToolCallId.Length == 0 && Name.Length == 0;

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount()
    {
        long bytes = Encoding.UTF8.GetByteCount(Text);
        if (IsPlain) return bytes;
        foreach (var image in Images.AsSpan()) bytes += Encoding.UTF8.GetByteCount(image.Url) + Encoding.UTF8.GetByteCount(image.Detail);
        foreach (var call in ToolCalls.AsSpan()) bytes += call.ByteCount();
        return bytes + Encoding.UTF8.GetByteCount(ToolCallId) + Encoding.UTF8.GetByteCount(Name);
    }

    /// <summary>Without any text: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"Message {{ Role = {Role}, Bytes = {ByteCount()} }}";

    /// <inheritdoc/>
    public bool Equals(Message? other) =>
        other is not null
        && (Role, Text, ToolCallId, Name) == (other.Role, other.Text, other.ToolCallId, other.Name)
        && Images.AsSpan().SequenceEqual(other.Images.AsSpan())
        && ToolCalls.AsSpan().SequenceEqual(other.ToolCalls.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Text, ToolCallId, Name, Images.AsSpan().Length, ToolCalls.AsSpan().Length);
}
