using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
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
}

/// <summary>One message of a turn.</summary>
public sealed record Message(Role Role, string Text);

/// <summary>How the model is asked to generate; null means the backend's default.</summary>
/// <remarks>An array that was never set, here and in <see cref="TurnContent"/>, is the same as an empty one.</remarks>
public sealed record GenerationSettings(
    double? Temperature,
    double? TopP,
    int? MaxOutputTokens,
    long? Seed,
    double? FrequencyPenalty,
    double? PresencePenalty,
    ImmutableArray<string> Stop)
{
    /// <summary>Everything left to the backend.</summary>
    public static GenerationSettings Default { get; } = new(null, null, null, null, null, null, []);

    /// <inheritdoc/>
    public bool Equals(GenerationSettings? other) =>
        other is not null
        && (Temperature, TopP, MaxOutputTokens, Seed, FrequencyPenalty, PresencePenalty)
            == (other.Temperature, other.TopP, other.MaxOutputTokens, other.Seed, other.FrequencyPenalty, other.PresencePenalty)
        && Stop.AsSpan().SequenceEqual(other.Stop.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Temperature, TopP, MaxOutputTokens, Seed, Stop.AsSpan().Length);
}

/// <summary>What a client asks in one turn: the messages it adds, the model, and how to generate.</summary>
/// <param name="Model">A configured model's name; empty means the default model.</param>
/// <param name="Messages">1 to <see cref="Limits.MaxContentMessages"/> messages, at most <see cref="Limits.MaxContentBytes"/> in all.</param>
/// <param name="Settings">How to generate.</param>
public sealed record TurnContent(string Model, ImmutableArray<Message> Messages, GenerationSettings Settings)
{
    /// <summary>A single user message for the default model.</summary>
    public static TurnContent Of(string text) => new("", [new Message(Role.User, text)], GenerationSettings.Default);

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount()
    {
        long bytes = Encoding.UTF8.GetByteCount(Model);
        foreach (var message in Messages.AsSpan()) bytes += Encoding.UTF8.GetByteCount(message.Text);
        foreach (var stop in Settings.Stop.AsSpan()) bytes += Encoding.UTF8.GetByteCount(stop);
        return bytes;
    }

    /// <summary>
    /// The first 128 bits of SHA-256 over every field, each with its length before it. Two contents are the same exactly when
    /// their fingerprints are: it stands in for the content when a turn id is used again.
    /// </summary>
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
        return hash.Finish();
    }

    /// <summary>The low half of the fingerprint: what an answer carries to say which content it is about.</summary>
    public ulong Check() => (ulong)Fingerprint();

    /// <inheritdoc/>
    public bool Equals(TurnContent? other) =>
        other is not null && Model == other.Model && Settings == other.Settings
        && Messages.AsSpan().SequenceEqual(other.Messages.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Model, Messages.AsSpan().Length, Settings);
}

/// <summary>Length-prefixed fields into SHA-256, through one growing buffer.</summary>
internal sealed class FingerprintWriter : IDisposable
{
    private readonly MemoryStream _fields = new(512);

    public void Add(string text)
    {
        Add(Encoding.UTF8.GetByteCount(text));
        _fields.Write(Encoding.UTF8.GetBytes(text));
    }

    public void Add(long? value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = value is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value ?? 0);
        _fields.Write(bytes);
    }

    public void Add(double? value) => Add(value is { } number ? BitConverter.DoubleToInt64Bits(number) : null);

    public UInt128 Finish()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_fields.GetBuffer().AsSpan(0, (int)_fields.Length), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    public void Dispose() => _fields.Dispose();
}
