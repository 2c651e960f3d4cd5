using System.Collections.Frozen;
using System.Runtime.Serialization;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.AtRest;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace ActorLlm.Serialization;

/// <summary>The one serializer of everything that is stored or travels between nodes: protobuf, by the flat table in <see cref="WireTypes"/>.</summary>
public sealed class ActorLlmSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The serializer's number in stored rows and frames; it never changes.</summary>
    public const int Id = 711;

    private static readonly FrozenDictionary<Type, WireType> ByType = WireTypes.All.ToFrozenDictionary(type => type.Type);
    private static readonly FrozenDictionary<string, WireType> ByManifest = WireTypes.All.ToFrozenDictionary(type => type.Manifest);

    private readonly ContentCipher _cipher = EncryptionSetup.Of(system);

    /// <summary>The types that are bound to this serializer.</summary>
    public static IEnumerable<Type> Types => ByType.Keys;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => Of(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var type = Of(obj);
        var bytes = type.Write(obj).ToByteArray();
        return obj is ConversationEvent or ConversationState ? _cipher.Seal(bytes, type.Manifest) : bytes;
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The manifest is unknown or the bytes are damaged.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!ByManifest.TryGetValue(manifest, out var type))
        {
            throw new SerializationException(
                $"Unknown manifest '{manifest}' for serializer {Id}. It was written by a newer version; upgrade this node before it reads.");
        }

        try
        {
            return type.Read(_cipher.Open(bytes, manifest));
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or FormatException or ArgumentException or OverflowException)
        {
            throw new SerializationException($"The bytes under manifest '{manifest}' are damaged: {error.Message}", error);
        }
    }

    private static WireType Of(object message) =>
        ByType.TryGetValue(message.GetType(), out var type)
            ? type
            : throw new SerializationException($"{message.GetType()} has no manifest; add it to {nameof(WireTypes)}.");
}
